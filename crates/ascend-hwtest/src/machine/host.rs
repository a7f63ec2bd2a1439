//! Numbers of the host: pages, limits, what the kernel can do, and the folder of runs.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::process::{Resource, getrlimit};
use serde::{Deserialize, Serialize};

/// What is measured, and not read from a file; `None` where it could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Release of the kernel.
    pub kernel: String,
    /// `aarch64`, `x86_64`.
    pub architecture: String,
    /// Bytes of a page.
    pub page_size: u64,
    /// How many files a process may have open; `None` is "no limit".
    pub open_files: Option<u64>,
    /// Whether cores are written without a limit.
    pub endless_cores: bool,
    /// Bytes of `/dev/shm`.
    pub shm: Option<u64>,
    /// Whether programs in `/dev/shm` may not be executed.
    pub shm_noexec: bool,
    /// Whether the kernel has descriptors for processes.
    pub pidfd: bool,
    /// Whether memory can be had as a file.
    pub memfd: bool,
    /// Free bytes where runs put their files.
    pub disk: Option<u64>,
    /// Why nothing can be written there.
    pub unwritable: Option<String>,
    /// By how many seconds the clock of that file system is ahead of ours.
    pub skew: Option<i64>,
    /// Whether our own clock cannot be right.
    pub clock_lost: bool,
}

/// 2026-01-01: no program of this version ran earlier.
const BEGINNING: u64 = 1_767_225_600;

impl Host {
    pub(super) fn look(root: &Path, folder: &Path) -> Self {
        let shm = rustix::fs::statvfs(root.join("dev/shm")).ok();
        let folder = folder.ancestors().find(|path| path.is_dir()).unwrap_or(root);
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let (unwritable, skew) = match written(folder) {
            Ok(skew) => (None, skew),
            Err(error) => (Some(error.to_string()), None),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let release = std::fs::read_to_string(root.join("proc/sys/kernel/osrelease"));
        let us = rustix::process::getpid();
        Self {
            kernel: release.map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned()),
            architecture: std::env::consts::ARCH.to_owned(),
            page_size: rustix::param::page_size() as u64,
            open_files: getrlimit(Resource::Nofile).current,
            endless_cores: getrlimit(Resource::Core).current.is_none(),
            shm: shm.as_ref().map(|shm| shm.f_frsize * shm.f_blocks),
            shm_noexec: shm.is_some_and(|shm| shm.f_flag.contains(rustix::fs::StatVfsMountFlags::NOEXEC)),
            pidfd: rustix::process::pidfd_open(us, rustix::process::PidfdFlags::empty()).is_ok(),
            memfd: rustix::fs::memfd_create("hwtest", rustix::fs::MemfdFlags::CLOEXEC).is_ok(),
            disk: rustix::fs::statvfs(folder).ok().map(|disk| disk.f_frsize * disk.f_bavail),
            unwritable,
            skew,
            clock_lost: now < BEGINNING,
        }
    }

    /// A host without troubles, for made-up machines.
    #[must_use]
    pub fn sound() -> Self {
        Self {
            kernel: "5.10.0".to_owned(),
            architecture: "aarch64".to_owned(),
            page_size: 4096,
            open_files: Some(65536),
            endless_cores: false,
            shm: Some(64 << 30),
            shm_noexec: false,
            pidfd: true,
            memfd: true,
            disk: Some(100 << 30),
            unwritable: None,
            skew: Some(0),
            clock_lost: false,
        }
    }
}

/// Writes a file and deletes it; how many seconds its time is ahead of ours.
fn written(folder: &Path) -> std::io::Result<Option<i64>> {
    let file = tempfile::Builder::new().prefix(".hwtest-").tempfile_in(folder)?;
    std::fs::write(file.path(), "x")?;
    let theirs = file.as_file().metadata()?.modified()?;
    Ok(seconds(theirs).zip(seconds(SystemTime::now())).map(|(theirs, ours)| theirs - ours))
}

fn seconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_can_be_measured_and_nothing_stays_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::look(Path::new("/"), &folder.path().join("not/yet/there"));
        assert_eq!(host.unwritable, None);
        assert!(host.skew.is_some_and(|skew| skew.abs() < 60) && !host.clock_lost, "{host:?}");
        assert!(host.page_size >= 4096 && host.disk.is_some() && !host.kernel.is_empty(), "{host:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told() {
        let host = Host::look(Path::new("/"), Path::new("/proc/sys/run"));
        assert!(host.unwritable.is_some());
    }
}
