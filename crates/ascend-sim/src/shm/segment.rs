//! A sealed memfd: of fixed size, backed by real memory, named so that other processes can find it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{FallocateFlags, MemfdFlags, SealFlags};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit};

use super::mapping::Mapping;

/// What every segment's name begins with; `/proc/PID/fd` shows it.
pub(crate) const PREFIX: &str = "ascend-sim";

/// An open segment.
#[derive(Debug)]
pub(crate) struct Segment {
    file: OwnedFd,
    size: u64,
}

impl Segment {
    /// Creates a segment of `size` bytes under `name`; its pages are allocated when [`commit`](Self::commit)ted or touched.
    pub(crate) fn create(name: &str, size: u64) -> Result<Self, Errno> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = match rustix::fs::memfd_create(name, flags) {
            Err(Errno::MFILE) if raise_descriptor_limit() => rustix::fs::memfd_create(name, flags),
            other => other,
        }?;
        rustix::fs::ftruncate(&file, size)?;
        // Sealed: no peer can shrink it under us, which would be a SIGBUS at the next access.
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok(Self { file, size })
    }

    /// Takes over a descriptor that was found in another process, if it is a sealed segment of at least `least` bytes.
    pub(crate) fn adopt(file: OwnedFd, least: u64) -> Result<Self, Errno> {
        let size = u64::try_from(rustix::fs::fstat(&file)?.st_size).map_err(|_| Errno::INVAL)?;
        let seals = rustix::fs::fcntl_get_seals(&file)?;
        if size < least || !seals.contains(SealFlags::SHRINK | SealFlags::SEAL) {
            return Err(Errno::INVAL);
        }
        Ok(Self { file, size })
    }

    /// Allocates the pages of a range now, so that running out is an error here and not a signal later.
    pub(crate) fn commit(&self, offset: u64, length: u64) -> Result<(), Errno> {
        loop {
            match rustix::fs::fallocate(&self.file, FallocateFlags::empty(), offset, length) {
                Err(Errno::INTR) => {}
                outcome => return outcome,
            }
        }
    }

    /// Gives the pages of a range back; it reads as zeroes from now on.
    pub(crate) fn discard(&self, offset: u64, length: u64) -> Result<(), Errno> {
        rustix::fs::fallocate(&self.file, FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, offset, length)
    }

    /// Maps a range; `offset` is a multiple of the page size.
    pub(crate) fn map(&self, offset: u64, length: usize) -> Result<Mapping, Errno> {
        match offset.checked_add(length as u64) {
            Some(end) if end <= self.size => Mapping::new(self.file.as_fd(), offset, length),
            _ => Err(Errno::INVAL),
        }
    }

    /// Its size in bytes, which never changes.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// The descriptor, for locks.
    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Raises this process's soft limit of descriptors to its hard limit; whether that gained anything.
pub(super) fn raise_descriptor_limit() -> bool {
    let Rlimit { current, maximum } = rustix::process::getrlimit(Resource::Nofile);
    current < maximum && rustix::process::setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok()
}
