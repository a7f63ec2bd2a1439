//! Physical memory of the VMM calls: a segment of its own, with a page in front that says who may import it.
//!
//! # Safety
//! Names the type that lives in shared memory; it is made of atomics only.
#![allow(unsafe_code)]

use std::sync::OnceLock;

use rustix::io::Errno;

use super::arena;
use super::book::{Book, Booked};
use super::export::ImportFault;
use super::find::{self, Id, NotFound, Whose};
use super::mapping::{Mapping, Shared};
use super::segment::Segment;
use super::whitelist::Whitelist;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const KIND: &str = "physical";
const MAGIC: u64 = 0x4153_4349_5048_0002;
/// Where the memory begins in its segment; the page tables of either side like it aligned.
const CONTENT: u64 = 2 << 20;
/// Where its book begins, behind what the owner says.
const BOOK_OFFSET: usize = 1 << 20;

/// `exported` while an export is under way.
const PREPARING: u32 = 2;

/// What the owner says in front of the memory.
#[repr(C)]
struct Control {
    magic: AtomicU64,
    length: AtomicU64,
    device: AtomicU32,
    attribute: AtomicU32,
    location: AtomicU32,
    /// 1 once it is exported.
    exported: AtomicU32,
    /// 1 once a process that keeps no book takes part.
    lax: AtomicU32,
    importers: Whitelist,
}

// SAFETY: `repr(C)`, atomics only, every bit pattern valid.
unsafe impl Shared for Control {}

/// Where memory is and of which kind; values as programs state them, but `device` is the driver's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nature {
    pub(crate) device: u32,
    pub(crate) attribute: u32,
    pub(crate) location: u32,
}

/// Physical memory, of this process or another; its pages live as long as somebody has it.
pub(crate) struct Pages {
    id: Id,
    segment: Segment,
    control: Mapping,
    length: u64,
    nature: Nature,
    book: OnceLock<Option<Book>>,
}

impl Pages {
    /// Allocates `length` bytes of zeroes, a multiple of the page size.
    pub(crate) fn create(length: u64, nature: Nature) -> Result<Self, Errno> {
        if length > arena::available() {
            return Err(Errno::NOMEM); // the kernel would promise it, and kill somebody later
        }
        let id = Id::fresh();
        let size = CONTENT.checked_add(length).ok_or(Errno::NOMEM)?;
        let segment = Segment::create(&id.name(KIND), size)?;
        segment.commit(0, arena::page())?;
        segment.commit(CONTENT, length)?;
        let mapping = segment.map(0, size_of::<Control>())?;
        let control = control(&mapping).ok_or(Errno::INVAL)?;
        control.length.store(length, Ordering::Relaxed);
        control.device.store(nature.device, Ordering::Relaxed);
        control.attribute.store(nature.attribute, Ordering::Relaxed);
        control.location.store(nature.location, Ordering::Relaxed);
        // Release pairs with the importer's Acquire.
        control.magic.store(MAGIC, Ordering::Release);
        Ok(Self { id, segment, control: mapping, length, nature, book: OnceLock::new() })
    }

    /// Opens what another process exported under this id.
    pub(crate) fn open(id: Id, whose: Whose) -> Result<Self, ImportFault> {
        let pages = Self::look(id, whose)?;
        let control = control(&pages.control).ok_or(ImportFault::Unknown)?;
        if !control.importers.admits(std::process::id()) {
            return Err(ImportFault::Refused);
        }
        Ok(pages)
    }

    /// Whether a process exports memory under this id.
    pub(crate) fn exists(id: Id) -> bool {
        Self::look(id, Whose::Creators).is_ok()
    }

    fn look(id: Id, whose: Whose) -> Result<Self, ImportFault> {
        if !id.is_plausible() {
            return Err(ImportFault::Unknown);
        }
        let file = find::open(KIND, id, whose).map_err(|error| match error {
            NotFound::Unknown => ImportFault::Unknown,
            NotFound::Denied => ImportFault::Refused,
            NotFound::Failed(error) => ImportFault::System(error),
        })?;
        let segment = Segment::adopt(file, CONTENT).map_err(|_| ImportFault::Unknown)?;
        let mapping = segment.map(0, size_of::<Control>()).map_err(ImportFault::System)?;
        let control = control(&mapping).ok_or(ImportFault::Unknown)?;
        if control.magic.load(Ordering::Acquire) != MAGIC || control.exported.load(Ordering::Acquire) != 1 {
            return Err(ImportFault::Unknown);
        }
        let length = control.length.load(Ordering::Relaxed);
        // Beyond the segment's end there are no pages, and an access is a SIGBUS.
        if CONTENT.checked_add(length).is_none_or(|end| end > segment.size()) {
            return Err(ImportFault::Unknown);
        }
        let nature = Nature {
            device: control.device.load(Ordering::Relaxed),
            attribute: control.attribute.load(Ordering::Relaxed),
            location: control.location.load(Ordering::Relaxed),
        };
        Ok(Self { id, segment, control: mapping, length, nature, book: OnceLock::new() })
    }

    /// Exports it; `None` if it was exported before.
    pub(crate) fn export(&self, restricted: bool) -> Option<Id> {
        let control = control(&self.control)?;
        control.exported.compare_exchange(0, PREPARING, Ordering::Relaxed, Ordering::Relaxed).ok()?;
        control.importers.restrict(restricted);
        // Release pairs with the importer's Acquire.
        control.exported.store(1, Ordering::Release);
        Some(self.id)
    }

    /// Whether it is exported.
    pub(crate) fn is_exported(&self) -> bool {
        control(&self.control).is_some_and(|control| control.exported.load(Ordering::Acquire) == 1)
    }

    /// Who may import it.
    pub(crate) fn importers(&self) -> Option<&Whitelist> {
        Some(&control(&self.control)?.importers)
    }

    /// Its id, under which it is exported.
    pub(crate) const fn id(&self) -> Id {
        self.id
    }

    /// Its length in bytes.
    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// Where it is and of which kind.
    pub(crate) const fn nature(&self) -> Nature {
        self.nature
    }

    /// The segment that holds it, and where it begins there.
    pub(crate) const fn content(&self) -> (&Segment, u64) {
        (&self.segment, CONTENT)
    }
}

impl Booked for Pages {
    fn book(&self) -> Option<&Book> {
        self.book.get_or_init(|| Book::attach(&self.segment, BOOK_OFFSET)).as_ref()
    }

    fn lax(&self) -> Option<&AtomicU32> {
        control(&self.control).map(|control| &control.lax)
    }
}

fn control(mapping: &Mapping) -> Option<&Control> {
    mapping.atomics::<Control>(0, 1)?.first()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_owner_says_fits_in_front_of_the_memory() {
        assert!(size_of::<Control>() <= BOOK_OFFSET && ((BOOK_OFFSET + crate::shm::book::SIZE) as u64) < CONTENT);
    }

    #[test]
    fn memory_is_exported_once() {
        let pages = Pages::create(arena::page(), Nature { device: 0, attribute: 4, location: 1 }).unwrap();
        assert!(!pages.is_exported());
        assert_eq!(pages.export(true), Some(pages.id()));
        assert!(pages.export(true).is_none() && pages.is_exported());
    }

    #[test]
    fn memory_that_claims_more_than_its_segment_holds_is_not_imported() {
        let pages = Pages::create(arena::page(), Nature { device: 0, attribute: 4, location: 1 }).unwrap();
        let id = pages.export(false).unwrap();
        assert!(Pages::open(id, Whose::Creators).is_ok());
        for length in [arena::page() + 1, u64::MAX] {
            control(&pages.control).unwrap().length.store(length, Ordering::Relaxed);
            assert!(Pages::open(id, Whose::Creators).is_err(), "{length}");
        }
    }

    #[test]
    fn absurd_lengths_are_refused() {
        let nature = Nature { device: 0, attribute: 4, location: 1 };
        assert!(Pages::create(u64::MAX - arena::page() + 1, nature).is_err());
    }
}
