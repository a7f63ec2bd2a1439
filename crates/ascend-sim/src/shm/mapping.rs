//! A range of a segment mapped into this process; unmapped when dropped.
//!
//! # Safety
//! With `reservation.rs` and `fork.rs` the only file that calls `mmap` and `munmap`. Mapped memory is shared with other processes, so Rust references are
//! made to atomics in it only, and only through [`Mapping::atomics`].
#![allow(unsafe_code)]

use core::ffi::c_void;
use std::os::fd::BorrowedFd;
use std::ptr::NonNull;

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};

/// Mapped shared memory.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: NonNull<c_void>,
    length: usize,
}

// SAFETY: the mapping is plain memory that belongs to no thread; it is unmapped once, by the last owner.
unsafe impl Send for Mapping {}
// SAFETY: through a shared reference it gives out addresses, and references to atomics only.
unsafe impl Sync for Mapping {}

/// A type that may be placed in memory which other processes change at any time.
///
/// # Safety
/// `#[repr(C)]`, valid for every bit pattern, and every field is an atomic or an array or struct of them.
pub(crate) unsafe trait Shared {}

impl Mapping {
    /// Maps `length` bytes of `file` from `offset`, a multiple of the page size.
    pub(crate) fn new(file: BorrowedFd<'_>, offset: u64, length: usize) -> Result<Self, Errno> {
        // SAFETY: a null hint lets the kernel choose unused addresses, so no existing memory is replaced.
        let base = unsafe {
            rustix::mm::mmap(
                core::ptr::null_mut(),
                length,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::SHARED | MapFlags::NORESERVE,
                file,
                offset,
            )
        }?;
        let base = NonNull::new(base).ok_or(Errno::NOMEM)?;
        Ok(Self { base, length })
    }

    /// Where the mapping begins in this process.
    pub(crate) fn address(&self) -> usize {
        self.base.as_ptr().addr()
    }

    /// Its length in bytes.
    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// `count` consecutive `T` at `offset`; `None` unless they lie within the mapping and are aligned.
    pub(crate) fn atomics<T: Shared>(&self, offset: usize, count: usize) -> Option<&[T]> {
        let end = offset.checked_add(count.checked_mul(size_of::<T>())?)?;
        if end > self.length || !(self.address() + offset).is_multiple_of(align_of::<T>()) {
            return None;
        }
        // SAFETY: the range was just checked to lie in the mapping.
        let first = unsafe { self.base.as_ptr().cast::<u8>().add(offset) }.cast::<T>();
        // SAFETY: in bounds and aligned, as checked; `Shared` promises that any bytes are a valid `T` and that `T` is made
        // of atomics, so changes by other processes are allowed; the lifetime is the mapping's.
        Some(unsafe { core::slice::from_raw_parts(first, count) })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: base and length are those of the `mmap` above, and no reference outlives `self`.
        let unmapped = unsafe { rustix::mm::munmap(self.base.as_ptr(), self.length) };
        debug_assert!(unmapped.is_ok(), "munmap of an own mapping: {unmapped:?}");
    }
}
