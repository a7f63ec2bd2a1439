//! The importer's side: says that it has opened, and that it is done.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::net::SendFlags;

use super::{OPENED, RETURNED};
use crate::ffi::fork;

/// A lease that this process holds; returned when dropped.
pub(crate) struct Borrowed {
    far: OwnedFd,
    opened: AtomicBool,
}

impl Borrowed {
    pub(crate) fn new(far: OwnedFd) -> Self {
        Self { far, opened: AtomicBool::new(false) }
    }

    /// Tells the exporter that the object is open here.
    pub(crate) fn open(&self) {
        if !self.opened.swap(true, Ordering::Relaxed) {
            let [p0, p1, p2, p3] = std::process::id().to_le_bytes();
            self.say(&[OPENED, p0, p1, p2, p3]);
        }
    }

    fn say(&self, word: &[u8]) {
        // A socket that nobody has written to has room. If the exporter is gone, nobody is left to be told.
        let _ = rustix::net::send(&self.far, word, SendFlags::NOSIGNAL | SendFlags::DONTWAIT);
    }

    /// Ends as a process does that is killed.
    #[cfg(test)]
    pub(super) fn open_and_die(self) {
        self.open();
        rustix::net::shutdown(&self.far, rustix::net::Shutdown::Both).unwrap(); // so that nothing is said at the end
    }
}

impl AsFd for Borrowed {
    /// Readable once the exporter is gone.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.far.as_fd()
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if !fork::is_child() {
            self.say(&[RETURNED]);
        }
    }
}
