//! A 64-bit value in memory that programs name by address, written and read as one.
//!
//! # Safety
//! A [`Word`] can only be made where its address is vouched for; using it needs no further promise.
#![allow(unsafe_code)]

use crate::sync::atomic::{AtomicU64, Ordering};

/// A value that somebody vouched for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word(usize);

impl Word {
    /// The value at an address.
    ///
    /// # Safety
    /// As long as the word is used, `address` is a multiple of 8 and readable and writable for 8 bytes. Other processes may
    /// change them meanwhile, as device memory is.
    pub(crate) const unsafe fn at(address: usize) -> Self {
        Self(address)
    }

    /// Where it is.
    pub(crate) const fn address(self) -> usize {
        self.0
    }

    /// Reads it.
    pub(crate) fn load(self) -> u64 {
        // Acquire pairs with the Release of `store`: who sees the value sees all that preceded its write.
        self.atomic().load(Ordering::Acquire)
    }

    /// Writes it.
    pub(crate) fn store(self, value: u64) {
        self.atomic().store(value, Ordering::Release);
    }

    fn atomic(&self) -> &AtomicU64 {
        let pointer = core::ptr::with_exposed_provenance_mut(self.0);
        // SAFETY: aligned and valid while the word is used, as whoever made it vouched; it is accessed by copies of
        // foreign code besides, as device memory is, and no other Rust reference to it exists.
        unsafe { AtomicU64::from_ptr(pointer) }
    }
}
