//! Lets one child process inherit one descriptor, and no other process any.
//!
//! # Safety
//! Runs a closure between fork and exec, where only async-signal-safe calls are allowed.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::io::FdFlags;

/// Makes `command`'s child inherit `descriptor`; its number in the child is the same.
pub(crate) fn inherit(command: &mut Command, descriptor: OwnedFd) {
    let clear = move || {
        let number = descriptor.as_raw_fd();
        // SAFETY: the closure owns the descriptor, so it is open, and the child has a copy of it.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        Ok(rustix::io::fcntl_setfd(descriptor, FdFlags::empty())?)
    };
    // SAFETY: the closure makes one system call and allocates nothing, which is allowed after fork.
    unsafe { command.pre_exec(clear) };
}

/// The number of a socket's inode, which no other open file has.
pub(crate) fn inode(descriptor: BorrowedFd<'_>) -> std::io::Result<u64> {
    Ok(rustix::fs::fstat(descriptor)?.st_ino)
}

/// Takes over the descriptor with a number that the parent process told, if it is the socket that the parent meant.
///
/// The caller does this once for each descriptor.
pub(crate) fn adopt(number: i32, expected: u64) -> std::io::Result<OwnedFd> {
    let wrong = |why| std::io::Error::new(std::io::ErrorKind::InvalidInput, why);
    if number < 3 {
        return Err(wrong("standard streams are no channel"));
    }
    // The kernel's own list says what is open under the number, without a look through a descriptor that may not be.
    if std::fs::read_link(format!("/proc/self/fd/{number}"))?.as_os_str() != format!("socket:[{expected}]").as_str() {
        return Err(wrong("it is not the socket that the parent process passed"));
    }
    // SAFETY: it is open, and it is the socket that was passed to this process for this very purpose, which nothing else
    // in it knows of; it is taken over once.
    let descriptor = unsafe { <OwnedFd as std::os::fd::FromRawFd>::from_raw_fd(number) };
    rustix::io::fcntl_setfd(&descriptor, FdFlags::CLOEXEC)?;
    Ok(descriptor)
}
