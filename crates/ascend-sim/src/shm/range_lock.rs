//! Open-file-description locks on single bytes: owned by whoever opened the file, released by the kernel at death.
//!
//! They are how a participant of an event proves that it is alive: no heartbeat, no pid that could be reused, and a
//! stopped process still counts as alive.
//!
//! # Safety
//! The only file that calls `fcntl` itself, since rustix has no open-file-description locks.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use rustix::io::Errno;

fn range(byte: u64) -> libc::flock {
    range_of(byte, libc::F_WRLCK)
}

fn range_of(byte: u64, kind: libc::c_int) -> libc::flock {
    libc::flock {
        l_type: kind as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: byte as libc::off_t,
        l_len: 1,
        l_pid: 0, // required for open-file-description locks
    }
}

fn apply(file: BorrowedFd<'_>, command: libc::c_int, lock: &mut libc::flock) -> Result<(), Errno> {
    loop {
        // SAFETY: the descriptor is open for the whole call, and `lock` is a valid, exclusively borrowed `flock`, which
        // is what these commands take.
        let result = unsafe { libc::fcntl(file.as_raw_fd(), command, core::ptr::from_mut(lock)) };
        if result != -1 {
            return Ok(());
        }
        let error = std::io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            Some(code) => return Err(Errno::from_raw_os_error(code)),
            None => return Err(Errno::IO),
        }
    }
}

/// Takes the lock on `byte` for this open file, without waiting; `false` if another open file has it.
pub(crate) fn try_lock(file: BorrowedFd<'_>, byte: u64) -> Result<bool, Errno> {
    match apply(file, libc::F_OFD_SETLK, &mut range(byte)) {
        Ok(()) => Ok(true),
        Err(Errno::AGAIN | Errno::ACCESS) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes a lock on `byte` that any number of open files can have together; it ends with the open file.
pub(crate) fn share(file: BorrowedFd<'_>, byte: u64) -> Result<(), Errno> {
    apply(file, libc::F_OFD_SETLK, &mut range_of(byte, libc::F_RDLCK))
}

/// Gives the lock on `byte` back.
pub(crate) fn unlock(file: BorrowedFd<'_>, byte: u64) -> Result<(), Errno> {
    let mut lock = range(byte);
    lock.l_type = libc::F_UNLCK as libc::c_short;
    apply(file, libc::F_OFD_SETLK, &mut lock)
}

/// Whether another open file has the lock on `byte`.
pub(crate) fn is_locked_elsewhere(file: BorrowedFd<'_>, byte: u64) -> Result<bool, Errno> {
    let mut lock = range(byte);
    apply(file, libc::F_OFD_GETLK, &mut lock)?;
    Ok(lock.l_type != libc::F_UNLCK as libc::c_short)
}
