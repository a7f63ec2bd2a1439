//! Finds out whether this process is a forked child of one that had begun to use a device.
//!
//! The child has none of the parent's threads, and a lock may have been held when it was forked. The real driver refuses
//! such a child too.
//!
//! # Safety
//! Maps one page, for ever, that the kernel zeroes in a forked child; it holds one atomic.
#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::sync::OnceLock;

use rustix::mm::{Advice, MapFlags, ProtFlags};

use crate::sync::atomic::{AtomicU32, Ordering};

/// `None` where the kernel cannot zero pages in a child: then every process counts as no child.
static MARK: OnceLock<Option<&'static AtomicU32>> = OnceLock::new();

/// From now on, children that are forked are told apart.
pub(crate) fn mark() {
    MARK.get_or_init(|| {
        let mark = page()?;
        mark.store(1, Ordering::Relaxed); // a child is forked by a thread that has seen it, or never uses it
        Some(mark)
    });
}

/// Whether a process from which this one was forked had been marked.
pub(crate) fn is_child() -> bool {
    MARK.get().is_some_and(|mark| mark.is_some_and(|mark| mark.load(Ordering::Relaxed) == 0))
}

fn page() -> Option<&'static AtomicU32> {
    let length = rustix::param::page_size();
    // SAFETY: a null hint lets the kernel choose unused addresses, so no existing memory is replaced.
    let base = unsafe {
        rustix::mm::mmap_anonymous(core::ptr::null_mut(), length, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)
    };
    let base = NonNull::new(base.ok()?)?;
    // SAFETY: the page was just mapped, and nothing refers to it yet.
    unsafe { rustix::mm::madvise(base.as_ptr(), length, Advice::LinuxWipeOnFork) }.ok()?;
    // SAFETY: zeroed, aligned to a page, never unmapped, and only ever used through this reference.
    Some(unsafe { base.cast::<AtomicU32>().as_ref() })
}
