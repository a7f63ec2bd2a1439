//! Who may use a device: a lock on a file that is named after its bus id, and that the kernel gives back at death.

mod holders;

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

pub use holders::{Held, who};

/// Where the locks of a server are.
pub const FOLDER: &str = "/run/lock/ascend-hwtest";

/// Who holds a lease.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The run's id.
    pub run: String,
    /// The runner's process.
    pub pid: u32,
    /// Since when, RFC 3339.
    pub since: String,
    /// Its command line.
    pub argv: Vec<String>,
}

/// A device that is ours until this is dropped, or until this process dies.
#[derive(Debug)]
pub struct Lease {
    /// Its bus id.
    pub bus: String,
    _lock: File,
}

/// Why a device could not be leased.
#[derive(Debug)]
pub enum Refusal {
    /// Somebody has it.
    Busy {
        /// Its bus id.
        bus: String,
        /// Who, if that is known.
        holder: Option<Holder>,
    },
    /// The lock cannot be used.
    Broken(String),
}

/// Leases all of these devices or none, and waits for them until `patience` is used up. `waiting` is told about whoever has
/// one, about once a second; it answers whether to go on.
///
/// # Errors
/// The first device that is not to be had.
pub fn take(
    folder: &Path,
    buses: &[String],
    holder: &Holder,
    patience: Duration,
    waiting: &mut dyn FnMut(&str, Option<&Holder>) -> bool,
) -> Result<Vec<Lease>, Refusal> {
    let broken = |error: io::Error| Refusal::Broken(format!("cannot lock devices in {}: {error}", folder.display()));
    prepare(folder).map_err(broken)?;
    let mut buses = buses.to_vec();
    buses.sort(); // everybody in this order, so that two runs never wait for each other
    let end = Instant::now() + patience;
    let mut leases = Vec::new();
    for bus in buses {
        let path = folder.join(file_name(&bus));
        let mut rounds = 0_u32;
        loop {
            let mut file = open(&path).map_err(broken)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    sign(&mut file, holder);
                    leases.push(Lease { bus, _lock: file });
                    break;
                }
                Err(Errno::WOULDBLOCK) => {}
                Err(error) => return Err(broken(error.into())),
            }
            let present = read(&mut file);
            let goes_on = !rounds.is_multiple_of(10) || waiting(&bus, present.as_ref());
            if Instant::now() >= end || !goes_on {
                return Err(Refusal::Busy { bus, holder: present });
            }
            rounds += 1;
            // sleep: a lock that is awaited with a deadline cannot be waited for in the kernel
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    Ok(leases)
}

/// Makes the folder, for everybody; somebody else may have.
fn prepare(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if !folder.is_dir() {
        std::fs::create_dir_all(folder)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o1777))?;
    }
    Ok(())
}

/// A bus id as the name of a file.
fn file_name(bus: &str) -> String {
    bus.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || ".:-".contains(letter) { letter } else { '_' })
        .collect()
}

/// Another user's file can only be read, which is enough to lock it; it is never made anew, which a sticky folder forbids.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(0o666);
    let tries = [OFlags::RDWR, OFlags::RDONLY, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL, OFlags::RDONLY];
    let mut last = Errno::NOENT;
    for how in tries {
        match rustix::fs::open(path, how | flags, mode) {
            Ok(file) => return Ok(file.into()),
            Err(error) => last = error,
        }
    }
    Err(last.into())
}

/// Says who we are, if we may; the lock counts without it.
fn sign(file: &mut File, holder: &Holder) {
    let text = serde_json::to_vec(holder).unwrap_or_default();
    let _ = file.set_len(0).and_then(|()| file.write_all(&text));
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = Vec::new();
    file.rewind().and_then(|()| file.take(1 << 16).read_to_end(&mut text)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// The lock folder of a run: the server's, or for a simulator, whose devices are nobody else's, one in the run.
#[must_use]
pub fn folder(asked: Option<&Path>, simulated: bool, run: &Path) -> PathBuf {
    match asked {
        Some(folder) => folder.to_owned(),
        None if simulated => run.join("locks"),
        None => FOLDER.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder() -> Holder {
        Holder { run: "7f3a".into(), pid: std::process::id(), since: "now".into(), argv: vec!["hwrun".into()] }
    }

    fn try_take(folder: &Path, buses: &[&str]) -> Result<Vec<Lease>, Refusal> {
        let buses: Vec<String> = buses.iter().map(|bus| (*bus).to_owned()).collect();
        take(folder, &buses, &holder(), Duration::ZERO, &mut |_, _| true)
    }

    #[test]
    fn a_leased_device_is_busy_names_its_holder_and_is_free_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let lease = try_take(folder.path(), &["0000:85:00.0"]).unwrap();
        match try_take(folder.path(), &["0000:81:00.0", "0000:85:00.0"]) {
            Err(Refusal::Busy { bus, holder: Some(present) }) => {
                assert_eq!((bus.as_str(), present), ("0000:85:00.0", holder()))
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(who(folder.path(), Path::new("/")).unwrap().len(), 1);
        drop(lease);
        assert!(who(folder.path(), Path::new("/")).unwrap().is_empty());
        assert_eq!(try_take(folder.path(), &["0000:81:00.0", "0000:85:00.0"]).unwrap().len(), 2);
    }

    #[test]
    fn whoever_waits_gets_the_device_when_it_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let mut lease = try_take(folder.path(), &["a"]).unwrap();
        let mut seen = 0;
        let got = take(folder.path(), &["a".to_owned()], &holder(), Duration::from_secs(30), &mut |_, _| {
            seen += 1;
            lease.clear();
            true
        });
        assert!(got.is_ok() && seen == 1);
    }

    #[test]
    fn a_link_in_the_folder_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("precious");
        std::fs::write(&target, "data").unwrap();
        std::os::unix::fs::symlink(&target, folder.path().join("a")).unwrap();
        assert!(matches!(try_take(folder.path(), &["a"]), Err(Refusal::Broken(_))));
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "data");
    }

    #[test]
    fn a_bus_id_never_leaves_the_folder() {
        assert_eq!(file_name("../x/0000:85:00.0"), ".._x_0000:85:00.0");
    }
}
