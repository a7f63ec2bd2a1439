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

/// Takes over the descriptor with a number that the parent process told; refuses one that is not open.
pub(crate) fn adopt(number: i32) -> std::io::Result<OwnedFd> {
    if number < 3 {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "standard streams are no channel"));
    }
    // SAFETY: borrowed for one call, which refuses a number that is not open.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    // A duplicate, and the original closed below: nothing else in this process knows the number.
    let own = rustix::io::fcntl_dupfd_cloexec(descriptor, 3)?;
    // SAFETY: it was open just now, was inherited for this very purpose, and is taken over once: the
    // caller remembers that it has been.
    drop(unsafe { <OwnedFd as std::os::fd::FromRawFd>::from_raw_fd(number) });
    Ok(own)
}
