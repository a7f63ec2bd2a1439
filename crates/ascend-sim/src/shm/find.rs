//! Finds a segment by its id: first in the process that created it, then in any process that still has it open.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::segment::{PREFIX, raise_descriptor_limit};
use super::sighting;

/// The owner that the vendor's driver writes into the handle of host memory, which an IPC event's always is.
const HOST: u64 = 65;

/// Identifies a segment on this machine: a counter, the host's device id, and the creator's process id.
///
/// The low 40 bits are laid out as the vendor's driver lays out an A2/A3 share id; the driver leaves the rest zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Id(pub(crate) u64);

impl Id {
    /// An id that this process has not used before.
    pub(crate) fn fresh() -> Self {
        // Starting anywhere makes a handle that outlived a process unlikely to fit the next one with the same pid.
        static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(random() as u32));
        let serial = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(u64::from(serial) | HOST << 32 | u64::from(std::process::id()) << 40)
    }

    /// The process that created the segment.
    pub(crate) const fn creator(self) -> u32 {
        (self.0 >> 40) as u32
    }

    /// Whether the owner field says "host", as every id does that was made here.
    pub(crate) const fn is_plausible(self) -> bool {
        (self.0 >> 32) & 0xff == HOST
    }

    /// The segment's name for a kind of content.
    pub(crate) fn name(self, kind: &str) -> String {
        format!("{PREFIX}-{kind}-{:016x}", self.0)
    }
}

/// Why no segment was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotFound {
    /// No process that we may look into has it open.
    Unknown,
    /// The creator is there, but belongs to another user.
    Denied,
    /// It is there, but could not be opened.
    Failed(Errno),
}

/// In whose hands a segment counts as existing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Only in its creator's.
    Creators,
    /// In those of any process that has it open.
    Anybodys,
}

/// Opens the segment of this kind and id, with an open file description of its own.
pub(crate) fn open(kind: &str, id: Id, whose: Whose) -> Result<OwnedFd, NotFound> {
    let name = id.name(kind);
    let creator = Path::new("/proc").join(id.creator().to_string());
    let denied = match in_process(&creator, &name) {
        Ok(Some(file)) => return Ok(file),
        Ok(None) => false,
        // The descriptors of a process that has ended but was not waited for are out of reach, too.
        Err(Errno::ACCESS | Errno::PERM) => !is_zombie(&creator),
        Err(Errno::NOENT | Errno::SRCH) => false,
        Err(error) => return Err(NotFound::Failed(error)),
    };
    if whose == Whose::Creators {
        return Err(if denied { NotFound::Denied } else { NotFound::Unknown });
    }
    // The creator may be gone while importers live on; they have the segment open.
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        if !entry.file_name().as_bytes().iter().all(u8::is_ascii_digit) {
            continue;
        }
        if let Ok(Some(file)) = in_process(&entry.path(), &name) {
            return Ok(file);
        }
    }
    Err(if denied { NotFound::Denied } else { NotFound::Unknown })
}

/// Looks through one process's descriptors: first where the segment was seen, or may be expected, then everywhere.
fn in_process(process: &Path, name: &str) -> Result<Option<OwnedFd>, Errno> {
    let wanted = format!("/memfd:{name} (deleted)");
    let folder = process.join("fd");
    let number = process.file_name().and_then(OsStr::to_str).and_then(|number| number.parse().ok()).unwrap_or(0);
    for guess in sighting::guesses(number, name) {
        if let Some(file) = open_if(&folder.join(guess.to_string()), &wanted)? {
            sighting::note(number, name, guess);
            return Ok(Some(file));
        }
    }
    let entries = match std::fs::read_dir(&folder).map_err(errno) {
        Err(Errno::MFILE) if raise_descriptor_limit() => std::fs::read_dir(&folder).map_err(errno),
        other => other,
    }?;
    sighting::forget(number);
    let mut found = None;
    for entry in entries {
        let path = entry.map_err(errno)?.path();
        // A descriptor may be closed between listing and reading: that is not the one we want, then.
        let Ok(target) = std::fs::read_link(&path) else { continue };
        let descriptor = path.file_name().and_then(OsStr::to_str).and_then(|descriptor| descriptor.parse().ok());
        if let (Some(descriptor), Some(other)) = (descriptor, segment_name(target.as_os_str())) {
            sighting::note(number, other, descriptor);
        }
        if found.is_none() && target.as_os_str() == OsStr::new(&wanted) {
            found = open_if(&path, &wanted)?;
        }
    }
    Ok(found)
}

/// The name of a memory file that a descriptor's link shows.
fn segment_name(target: &OsStr) -> Option<&str> {
    target.to_str()?.strip_prefix("/memfd:")?.strip_suffix(" (deleted)")
}

/// Opens a descriptor of a process, if it is the one we want.
fn open_if(path: &Path, wanted: &str) -> Result<Option<OwnedFd>, Errno> {
    if !std::fs::read_link(path).is_ok_and(|target| target.as_os_str() == OsStr::new(wanted)) {
        return Ok(None);
    }
    let open = || rustix::fs::open(path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty());
    let opened = match open() {
        Err(Errno::MFILE) if raise_descriptor_limit() => open(),
        other => other,
    };
    match opened {
        Err(Errno::NOENT) => Ok(None),
        other => other.map(Some),
    }
}

/// Whether a process has ended; its state is the first field behind the name in parentheses.
pub(super) fn is_zombie(process: &Path) -> bool {
    let stat = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, fields)| fields.starts_with(['Z', 'X']))
}

fn errno(error: std::io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::IO, Errno::from_raw_os_error)
}

/// 64 bits that no other process guesses by accident; not a cryptographic secret.
pub(crate) fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}
