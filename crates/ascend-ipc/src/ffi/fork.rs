//! Tells a forked child from the process that initialised the runtime, and revokes what the child inherited.
//!
//! The runtime's threads and mappings do not survive a fork: a call on an inherited handle crashes. So every handle that is
//! used on the hot path carries a [`Permit`], a number that the kernel zeroes in a forked child, at no cost in the parent.
//!
//! # Safety
//! Permits live in pages that are mapped once, never unmapped, and hold nothing but atomics, for which any bytes are valid.
#![allow(unsafe_code)]

use core::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::mm::{Advice, MapFlags, ProtFlags};

use crate::error::{Error, ErrorKind, Result};

/// Bytes of a page of permits.
const PAGE: usize = 4096;

/// Permits that nobody uses. Not touched in a forked child: another thread of the parent may have held the lock.
static FREE: Mutex<Vec<&'static AtomicUsize>> = Mutex::new(Vec::new());

/// Not zero in the process that initialised the runtime.
static HOME: OnceLock<&'static AtomicUsize> = OnceLock::new();

/// A number that says whether a handle may be used: 0 once it was revoked, or in a forked child.
pub(crate) struct Permit(&'static AtomicUsize);

impl Permit {
    /// A permit with this number, which is not 0.
    pub(crate) fn new(number: usize) -> Result<Self> {
        let permit = Self(take()?);
        permit.0.store(number, Ordering::Relaxed);
        Ok(permit)
    }

    /// The number; 0 when it was revoked.
    #[inline]
    pub(crate) fn number(&self) -> usize {
        // Relaxed: it guards no data. A revocation that comes in the middle of a call comes too late in any case.
        self.0.load(Ordering::Relaxed)
    }

    /// Forbids the use of the handle, for ever.
    pub(crate) fn revoke(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !is_child() {
            FREE.lock().unwrap_or_else(PoisonError::into_inner).push(self.0);
        }
    }
}

/// A free number, from a new page if there is none.
fn take() -> Result<&'static AtomicUsize> {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    if free.is_empty() {
        free.extend(page()?);
    }
    free.pop().ok_or_else(|| Error::new(ErrorKind::ResourceExhausted, "no memory for a handle's permit"))
}

/// A page of numbers that the kernel zeroes in a forked child.
fn page() -> Result<impl Iterator<Item = &'static AtomicUsize>> {
    // SAFETY: a new private mapping, wherever the kernel puts it.
    let page =
        unsafe { rustix::mm::mmap_anonymous(null_mut(), PAGE, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE) }?;
    // SAFETY: the page was just mapped; in this process the advice changes nothing.
    unsafe { rustix::mm::madvise(page, PAGE, Advice::LinuxWipeOnFork) }.map_err(|error| {
        Error::from(error).while_("fork cannot be noticed on this kernel (MADV_WIPEONFORK, Linux 4.14)")
    })?;
    let numbers: *const AtomicUsize = page.cast_const().cast();
    Ok((0..PAGE / size_of::<AtomicUsize>()).map(move |index| {
        // SAFETY: within the page.
        let number = unsafe { numbers.add(index) };
        // SAFETY: the page is aligned, zeroed, made of atomics only from now on, and never unmapped.
        unsafe { &*number }
    }))
}

/// Says that this process initialises the runtime; refuses in a forked child of one that did.
pub(crate) fn settle() -> Result<()> {
    if HOME.get().is_none() {
        let home = take()?;
        home.store(1, Ordering::Relaxed);
        let _ = HOME.set(home); // another thread was faster: a number is lost
    }
    refuse()
}

/// Whether this process was forked from the one that initialised the runtime.
#[inline]
pub(crate) fn is_child() -> bool {
    HOME.get().is_some_and(|home| home.load(Ordering::Relaxed) == 0)
}

/// Refuses in a forked child.
pub(crate) fn refuse() -> Result<()> {
    if !is_child() {
        return Ok(());
    }
    let what = "this process was forked from one that uses AscendCL, whose threads and mappings it does not have; start \
                another program instead (std::process::Command, or Python's spawn), or fork before the first call";
    Err(Error::new(ErrorKind::Forked, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_holds_its_number_until_it_is_revoked() {
        let permits: Vec<_> = (1..2000).map(|number| Permit::new(number).unwrap()).collect();
        assert!(permits.iter().zip(1..).all(|(permit, number)| permit.number() == number));
        permits[7].revoke();
        assert_eq!((permits[7].number(), permits[8].number()), (0, 9));
    }
}
