//! Hands a ticket over in a file, for scripts and processes that share no socket.
//!
//! Three traps of the plain way are closed: a reader that sees half a file (it appears under its name whole, by a rename),
//! a file that is left from an earlier run (both sides name the run by a nonce), and a file that somebody else wrote or can
//! read (it must be this user's, a regular file, and closed to others).

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::envelope::LONGEST;
use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Result};

/// First word of the file.
const MARK: &str = "ascend-ipc-ticket";
/// Longest nonce.
const NONCE: usize = 64;

/// Writes a ticket's text under a path, whole or not at all; only this user can read it.
pub(super) fn write(path: &Path, nonce: &str, hex: &str) -> Result<()> {
    check(nonce)?;
    let at = |error: std::io::Error| Error::from(error).while_(format!("writing {}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| Error::misuse(format!("{} names no file", path.display())))?;
    let random = getrandom::u64().map_err(|error| Error::new(ErrorKind::Io, format!("no random number: {error}")))?;
    let hidden = folder.join(format!(".{}.{random:016x}", name.to_string_lossy()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&hidden)?;
        file.write_all(format!("{MARK} {nonce} {hex}\n").as_bytes())?;
        file.sync_data()?;
        std::fs::rename(&hidden, path)
    };
    write().inspect_err(|_| drop(std::fs::remove_file(&hidden))).map_err(at)
}

/// Waits for the file of this nonce, takes it away, and gives the ticket's text.
pub(super) fn take(path: &Path, nonce: &str, deadline: Deadline) -> Result<String> {
    check(nonce)?;
    let mut found = None;
    let mut other = None;
    let look = || {
        match read(path)? {
            Some((theirs, hex)) if theirs == nonce => found = Some(hex),
            Some((theirs, _)) => other = Some(theirs),
            None => {}
        }
        Ok(found.is_some())
    };
    let outcome = crate::poll::until(look, deadline, None, "the ticket's file appeared");
    match (found, outcome) {
        (Some(hex), _) => {
            let _ = std::fs::remove_file(path); // it opens something: the less it lies about the better
            Ok(hex)
        }
        (None, Err(error)) if error.kind() == ErrorKind::Timeout => {
            let why = match other {
                Some(theirs) => format!("holds the ticket of another run ({theirs:?}, not {nonce:?})"),
                None => "did not appear before the deadline".to_owned(),
            };
            Err(error.while_(format!("{} {why}", path.display())))
        }
        (None, outcome) => Err(outcome.err().unwrap_or_else(|| Error::new(ErrorKind::Io, "no ticket was read"))),
    }
}

/// The nonce and text in the file, if it is there.
fn read(path: &Path) -> Result<Option<(String, String)>> {
    let refused = |why: String| Error::new(ErrorKind::Ticket, format!("{}: {why}", path.display()));
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC; // neither a link nor a pipe that blocks
    let file = match OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::from(error).while_(format!("opening {}", path.display()))),
    };
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(refused("not a regular file".to_owned()));
    }
    if about.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused(format!("it belongs to user {}, not to this one", about.uid())));
    }
    if about.mode() & 0o077 != 0 {
        return Err(refused(format!(
            "others may open it (mode {:o}); a ticket's file has mode 600",
            about.mode() & 0o777
        )));
    }
    let text = text(file).map_err(refused)?;
    let mut words = text.split_ascii_whitespace();
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(MARK), Some(nonce), Some(hex), None) => Ok(Some((nonce.to_owned(), hex.to_owned()))),
        _ => Err(refused("what is in it is no ticket".to_owned())),
    }
}

fn text(file: File) -> Result<String, String> {
    let most = MARK.len() + NONCE + 2 * LONGEST + 16;
    let mut text = String::new();
    let count = file.take(most as u64 + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if count > most { Err("it is too long for a ticket's file".to_owned()) } else { Ok(text) }
}

fn check(nonce: &str) -> Result<()> {
    let fits = !nonce.is_empty() && nonce.len() <= NONCE && nonce.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        return Ok(());
    }
    Err(Error::misuse(format!("{nonce:?} is no nonce: it has 1 to {NONCE} visible ASCII characters without blanks")))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::*;

    fn soon() -> Deadline {
        Deadline::after(Duration::from_millis(10))
    }

    #[test]
    fn a_file_is_taken_once_by_who_knows_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ticket");
        write(&path, "run-1", "00ff").unwrap();
        let error = take(&path, "run-2", soon()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("another run"), "{error}");
        assert_eq!(take(&path, "run-1", soon()).unwrap(), "00ff");
        assert_eq!(take(&path, "run-1", soon()).unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
    }

    #[test]
    fn a_reader_that_comes_first_waits_and_never_sees_half_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ticket");
        std::thread::scope(|threads| {
            let taking = threads.spawn(|| take(&path, "n", Deadline::after(Duration::from_secs(10))).unwrap());
            write(&path, "old", "11").unwrap();
            write(&path, "n", &"ab".repeat(1000)).unwrap();
            assert_eq!(taking.join().unwrap(), "ab".repeat(1000));
        });
    }

    #[test]
    fn links_open_files_pipes_and_rubbish_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("ticket"), folder.path().join("link"));
        write(&path, "n", "00").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(take(&link, "n", soon()).unwrap_err().kind(), ErrorKind::Io);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = take(&path, "n", soon()).unwrap_err();
        assert!(error.to_string().contains("644"), "{error}");
        std::fs::write(&path, "something else").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(take(&path, "n", soon()).unwrap_err().kind(), ErrorKind::Ticket);
        std::fs::write(&path, vec![b'a'; 1 << 16]).unwrap();
        assert!(take(&path, "n", soon()).unwrap_err().to_string().contains("too long"));
        assert_eq!(take(folder.path(), "n", soon()).unwrap_err().kind(), ErrorKind::Ticket);
    }

    #[test]
    fn a_nonce_is_one_visible_word() {
        for wrong in ["", "two words", "line\n", &"x".repeat(65)] {
            assert_eq!(write(Path::new("/nowhere/x"), wrong, "00").unwrap_err().kind(), ErrorKind::Misuse, "{wrong:?}");
        }
    }
}
