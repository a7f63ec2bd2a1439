//! Reserved addresses: nothing is behind them until memory is placed there, and nothing again once it is taken away.
//!
//! # Safety
//! Replaces mappings at fixed addresses, always within a range that this file mapped itself and nobody else owns. No
//! Rust reference into such a range is ever made.
#![allow(unsafe_code)]

use core::ffi::c_void;
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};

use super::arena;
use super::segment::Segment;

/// Reserved ranges begin on a multiple of this.
const ALIGNMENT: usize = 2 << 20;

/// A reserved range; given back when neither it nor anything placed in it has an owner.
pub(crate) struct Reservation {
    /// What was mapped, which is larger than what counts, to be able to align it.
    raw: NonNull<c_void>,
    raw_length: usize,
    base: usize,
    length: usize,
    placed: Mutex<Placements>,
}

#[derive(Default)]
struct Placements {
    /// Address → length and number.
    at: BTreeMap<usize, (usize, u64)>,
    count: u64,
}

/// Memory placed in a reservation; taken away when dropped.
pub(crate) struct Placed {
    reservation: Arc<Reservation>,
    address: usize,
    number: u64,
}

// SAFETY: the range is plain address space that belongs to no thread; it is unmapped once, by the last owner.
unsafe impl Send for Reservation {}
// SAFETY: through a shared reference it gives out addresses only, and changes mappings under a lock.
unsafe impl Sync for Reservation {}

impl Reservation {
    /// Reserves `length` bytes, at `wish` if that is free.
    pub(crate) fn new(length: usize, wish: usize) -> Result<Self, Errno> {
        let length = length.checked_next_multiple_of(ALIGNMENT).ok_or(Errno::NOMEM)?;
        let raw_length = length.checked_add(ALIGNMENT).ok_or(Errno::NOMEM)?;
        let wish = core::ptr::without_provenance_mut(wish);
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a wish without FIXED never replaces existing memory; nothing can be accessed in what is mapped.
        let raw = unsafe { rustix::mm::mmap_anonymous(wish, raw_length, ProtFlags::empty(), flags) }?;
        let raw = NonNull::new(raw).ok_or(Errno::NOMEM)?;
        let base = raw.as_ptr().addr().next_multiple_of(ALIGNMENT);
        Ok(Self { raw, raw_length, base, length, placed: Mutex::default() })
    }

    /// Its first address.
    pub(crate) const fn address(&self) -> usize {
        self.base
    }

    /// Its length: what was asked for, rounded up.
    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// Places `length` bytes of a segment at an address on a page; `None` unless they lie in the reservation.
    ///
    /// What else was placed there is replaced: whoever has it knows that it was to be taken away.
    pub(crate) fn place(
        self: &Arc<Self>,
        address: usize,
        length: usize,
        (segment, offset): (&Segment, u64),
    ) -> Result<Option<Placed>, Errno> {
        let page = arena::page() as usize;
        let Some(span) = length.checked_next_multiple_of(page) else { return Ok(None) };
        if span == 0 || !address.is_multiple_of(page) || !self.holds(address, span) {
            return Ok(None);
        }
        let mut placed = self.lock();
        let read_write = ProtFlags::READ | ProtFlags::WRITE;
        let flags = MapFlags::SHARED | MapFlags::NORESERVE | MapFlags::FIXED;
        let at = self.at(address);
        // SAFETY: `address` and `span` lie in this reservation, as checked, so what is replaced is its own.
        unsafe { rustix::mm::mmap(at, span, read_write, flags, segment.file(), offset) }?;
        placed.at.retain(|other, (length, _)| *other + *length <= address || address + span <= *other);
        placed.count += 1;
        let number = placed.count;
        placed.at.insert(address, (span, number));
        drop(placed);
        Ok(Some(Placed { reservation: Arc::clone(self), address, number }))
    }

    /// Whether a range lies in it.
    pub(crate) fn holds(&self, address: usize, length: usize) -> bool {
        address >= self.base && address.checked_add(length).is_some_and(|end| end <= self.base + self.length)
    }

    fn at(&self, address: usize) -> *mut c_void {
        self.raw.as_ptr().with_addr(address)
    }

    fn lock(&self) -> MutexGuard<'_, Placements> {
        self.placed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        let mut placed = self.reservation.lock();
        let Some((length, number)) = placed.at.get(&self.address).copied() else { return };
        if number != self.number {
            return; // something else is there now
        }
        placed.at.remove(&self.address);
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
        let at = self.reservation.at(self.address);
        // SAFETY: the range lies in the reservation and holds what this placed there, as the number says.
        let cleared = unsafe { rustix::mm::mmap_anonymous(at, length, ProtFlags::empty(), flags) };
        debug_assert!(cleared.is_ok(), "clearing an own range: {cleared:?}");
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the range is that of the `mmap_anonymous` above; whatever was placed in it holds the reservation.
        let unmapped = unsafe { rustix::mm::munmap(self.raw.as_ptr(), self.raw_length) };
        debug_assert!(unmapped.is_ok(), "munmap of an own range: {unmapped:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment() -> Segment {
        Segment::create("ascend-sim-test", 4 * arena::page()).unwrap()
    }

    #[test]
    fn a_reservation_is_aligned_and_holds_its_length() {
        let reservation = Reservation::new(5, 0).unwrap();
        assert!(reservation.address().is_multiple_of(ALIGNMENT) && reservation.length() == ALIGNMENT);
        assert!(reservation.holds(reservation.address(), ALIGNMENT));
        assert!(!reservation.holds(reservation.address() + 1, ALIGNMENT));
        assert!(!reservation.holds(usize::MAX, 2));
    }

    #[test]
    fn only_what_lies_in_the_reservation_is_placed() {
        let (reservation, segment) = (Arc::new(Reservation::new(1, 0).unwrap()), segment());
        let base = reservation.address();
        for (address, length) in [(base + 1, 1), (base + ALIGNMENT, 1), (base, ALIGNMENT + 1), (base, 0), (0, 1)] {
            assert!(reservation.place(address, length, (&segment, 0)).unwrap().is_none(), "{address:x} {length}");
        }
    }

    #[test]
    fn taking_away_what_was_replaced_leaves_the_replacement() {
        let (reservation, segment) = (Arc::new(Reservation::new(1, 0).unwrap()), segment());
        let base = reservation.address();
        let first = reservation.place(base, 1, (&segment, 0)).unwrap();
        let second = reservation.place(base, 1, (&segment, arena::page())).unwrap();
        drop(first);
        assert_eq!(reservation.lock().at.len(), 1);
        drop(second);
        assert!(reservation.lock().at.is_empty());
    }

    #[test]
    fn absurd_lengths_are_refused() {
        for length in [usize::MAX, usize::MAX - ALIGNMENT, 1 << 60] {
            assert!(Reservation::new(length, 0).is_err(), "{length}");
        }
    }
}
