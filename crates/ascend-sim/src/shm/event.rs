//! The control block and slot ring of an IPC event, in a segment of its own.
//!
//! # Safety
//! Names the types that live in shared memory; each is made of atomics only.
#![allow(unsafe_code)]

use std::sync::OnceLock;

use rustix::io::Errno;

use super::book::{self, Book, Booked};
use super::find::{self, Id, NotFound, Whose};
use super::lost::Lost;
use super::mapping::{Mapping, Shared};
use super::range_lock;
use super::segment::Segment;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use crate::sync::ring::{PARTICIPANTS, Ring, SLOTS, Slot};

const KIND: &str = "event";
/// Says "this is the control block of an event", and which layout it has.
const MAGIC: u64 = 0x4153_4349_5045_0002;

/// First page of the segment: what the creator says once, and what record changes.
#[repr(C, align(64))]
struct Header {
    magic: AtomicU64,
    /// The block's id: a descriptor's number may come to mean another block while it is being opened.
    id: AtomicU64,
    device: AtomicU32,
    slots: AtomicU32,
    high_water: AtomicU32,
    /// Not 0 once the creator has given its opening up; where the handle is the creator's, nobody can open it then.
    closed: AtomicU32,
    /// 1 once a process that keeps no book takes part.
    lax: AtomicU32,
    /// A cache line of its own: every record writes it, every wait reads it.
    current: Line<AtomicU64>,
    /// Process ids of the participants, for messages only.
    pids: [AtomicU32; PARTICIPANTS],
    /// The latest record that a rule has dropped.
    lost: Lost,
}

#[repr(C, align(64))]
struct Line<T>(T);

// SAFETY: `repr(C)`, atomics only, every bit pattern valid.
unsafe impl Shared for Header {}
// SAFETY: as above.
unsafe impl Shared for Slot {}

const SLOTS_OFFSET: usize = 4096;
const BOOK_OFFSET: usize = (SLOTS_OFFSET + SLOTS * size_of::<Slot>()).next_multiple_of(book::ALIGNMENT);
const SIZE: usize = BOOK_OFFSET + book::SIZE;
const _: () = assert!(size_of::<Header>() <= SLOTS_OFFSET);

/// An opened event block; this process is one of its participants until it is dropped.
pub(crate) struct EventBlock {
    id: Id,
    participant: usize,
    created: bool,
    segment: Segment,
    mapping: Mapping,
    book: OnceLock<Option<Book>>,
}

/// Why a block cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenFault {
    /// There is no such block, or it cannot be reached.
    NotFound(NotFound),
    /// What is there is not an event block of this simulator.
    Foreign,
    /// As many processes as the block has room for have it open.
    Full,
    /// The kernel refused memory, a descriptor or a lock.
    System(Errno),
}

impl From<Errno> for OpenFault {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

impl EventBlock {
    /// Creates the block of a new event on `device`.
    pub(crate) fn create(device: u32) -> Result<Self, OpenFault> {
        let id = Id::fresh();
        let segment = Segment::create(&id.name(KIND), SIZE as u64)?;
        segment.commit(0, (SLOTS_OFFSET + 64 * size_of::<Slot>()) as u64)?;
        let mapping = segment.map(0, SIZE)?;
        let header = header(&mapping)?;
        header.id.store(id.0, Ordering::Relaxed);
        header.device.store(device, Ordering::Relaxed);
        header.slots.store(SLOTS as u32, Ordering::Relaxed);
        // Release pairs with the Acquire of an importer's check.
        header.magic.store(MAGIC, Ordering::Release);
        Self::join(id, segment, mapping, true)
    }

    /// Opens the block that another process created.
    pub(crate) fn open(id: Id, whose: Whose) -> Result<Self, OpenFault> {
        let file = find::open(KIND, id, whose).map_err(OpenFault::NotFound)?;
        let segment = Segment::adopt(file, SIZE as u64).map_err(|_| OpenFault::Foreign)?;
        let mapping = segment.map(0, SIZE)?;
        let header = header(&mapping)?;
        if header.magic.load(Ordering::Acquire) != MAGIC || header.slots.load(Ordering::Relaxed) != SLOTS as u32 {
            return Err(OpenFault::Foreign);
        }
        if header.id.load(Ordering::Relaxed) != id.0 {
            return Err(OpenFault::NotFound(NotFound::Unknown));
        }
        // Acquire pairs with the Release of the creator's end.
        if whose == Whose::Creators && header.closed.load(Ordering::Acquire) != 0 {
            return Err(OpenFault::NotFound(NotFound::Unknown));
        }
        Self::join(id, segment, mapping, false)
    }

    fn join(id: Id, segment: Segment, mapping: Mapping, created: bool) -> Result<Self, OpenFault> {
        for participant in 0..PARTICIPANTS {
            if !range_lock::try_lock(segment.file(), participant as u64)? {
                continue;
            }
            let block = Self { id, participant, created, segment, mapping, book: OnceLock::new() };
            // Whoever had this number is gone, possibly killed: what it held is free again.
            block.ring().sweep(participant);
            block.header().pids[participant].store(std::process::id(), Ordering::Release);
            block.reap();
            return Ok(block);
        }
        Err(OpenFault::Full)
    }

    /// Frees what dead participants still hold.
    pub(crate) fn reap(&self) {
        for other in (0..PARTICIPANTS).filter(|other| *other != self.participant) {
            if self.header().pids[other].load(Ordering::Acquire) == 0 {
                continue;
            }
            // Holding its lock proves that it is gone, and that nobody takes its number while we sweep.
            if range_lock::try_lock(self.segment.file(), other as u64) == Ok(true) {
                self.ring().sweep(other);
                self.header().pids[other].store(0, Ordering::Release);
                let _ = range_lock::unlock(self.segment.file(), other as u64); // also released with the descriptor
            }
        }
    }

    /// Whether a participant still has the block open; a stopped process has.
    pub(crate) fn is_alive(&self, participant: usize) -> bool {
        participant == self.participant
            || range_lock::is_locked_elsewhere(self.segment.file(), participant as u64).unwrap_or(true)
    }

    /// The process id that a participant gave, for messages.
    pub(crate) fn pid(&self, participant: usize) -> u32 {
        self.header().pids.get(participant).map_or(0, |pid| pid.load(Ordering::Acquire))
    }

    /// The block's id.
    pub(crate) const fn id(&self) -> Id {
        self.id
    }

    /// This process's number among the participants.
    pub(crate) const fn participant(&self) -> usize {
        self.participant
    }

    /// The device on which the event was created.
    pub(crate) fn device(&self) -> u32 {
        self.header().device.load(Ordering::Relaxed)
    }

    /// The latest record that a rule has dropped, under its packed ticket.
    pub(crate) fn lost(&self) -> &Lost {
        &self.header().lost
    }

    /// The ring.
    pub(crate) fn ring(&self) -> Ring<'_> {
        let header = self.header();
        let slots = self.mapping.atomics(SLOTS_OFFSET, SLOTS).unwrap_or_default();
        Ring { current: &header.current.0, high_water: &header.high_water, slots }
    }

    #[allow(clippy::expect_used, reason = "the mapping has SIZE bytes from a page boundary, checked when it was made")]
    fn header(&self) -> &Header {
        header(&self.mapping).expect("the header lies within the mapping")
    }
}

impl Booked for EventBlock {
    fn book(&self) -> Option<&Book> {
        self.book.get_or_init(|| Book::attach(&self.segment, BOOK_OFFSET)).as_ref()
    }

    fn lax(&self) -> Option<&AtomicU32> {
        Some(&self.header().lax)
    }
}

impl Drop for EventBlock {
    fn drop(&mut self) {
        // An orderly end leaves no trace; after a kill the next participant, or a reaper, does this for us.
        if self.created {
            self.header().closed.store(1, Ordering::Release);
        }
        self.ring().sweep(self.participant);
        self.header().pids[self.participant].store(0, Ordering::Release);
    }
}

fn header(mapping: &Mapping) -> Result<&Header, OpenFault> {
    mapping.atomics::<Header>(0, 1).and_then(<[Header]>::first).ok_or(OpenFault::Foreign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::ring::Progress;

    impl EventBlock {
        /// Leaves the shared state exactly as a killed process does: descriptor closed, nothing tidied.
        fn abandon(self) {
            let this = std::mem::ManuallyDrop::new(self);
            // SAFETY: `this` is never used again, so each field is moved out once.
            drop(unsafe { std::ptr::read(&raw const this.mapping) });
            // SAFETY: as above.
            drop(unsafe { std::ptr::read(&raw const this.segment) });
        }
    }

    #[test]
    fn an_opened_block_is_the_same_block_with_another_participant() {
        let created = EventBlock::create(3).unwrap();
        let opened = EventBlock::open(created.id(), Whose::Anybodys).unwrap();
        assert_ne!(created.participant(), opened.participant());
        assert_eq!(opened.device(), 3);
        let ticket = created.ring().claim(created.participant()).unwrap();
        assert_eq!(opened.ring().latest(), Ok(Some(ticket)));
    }

    #[test]
    fn what_the_dead_held_is_free_again_for_the_next_and_for_a_reaper() {
        let created = EventBlock::create(0).unwrap();
        let doomed = EventBlock::open(created.id(), Whose::Anybodys).unwrap();
        let number = doomed.participant();
        let ticket = doomed.ring().claim(number).unwrap();
        assert!(created.is_alive(number));
        doomed.abandon();
        assert!(!created.is_alive(number));
        assert_eq!(created.ring().recorder(ticket), Ok(Some(number)));
        assert_eq!(created.ring().progress(ticket), Ok(Progress::Pending));
        assert_eq!(created.ring().held(), 1);
        created.reap();
        assert_eq!(created.ring().held(), 0);

        let doomed = EventBlock::open(created.id(), Whose::Anybodys).unwrap();
        doomed.ring().claim(doomed.participant()).unwrap();
        doomed.abandon();
        let next = EventBlock::open(created.id(), Whose::Anybodys).unwrap();
        assert_eq!((next.participant(), next.ring().held()), (number, 0));
    }

    #[test]
    fn a_living_participant_keeps_what_it_holds() {
        let created = EventBlock::create(0).unwrap();
        let opened = EventBlock::open(created.id(), Whose::Anybodys).unwrap();
        opened.ring().claim(opened.participant()).unwrap();
        created.reap();
        assert_eq!(created.ring().held(), 1);
        drop(opened);
        assert_eq!(created.ring().held(), 0);
    }

    #[test]
    fn one_opening_too_many_is_an_error_until_one_ends() {
        let created = EventBlock::create(0).unwrap();
        let mut opened: Vec<EventBlock> =
            (1..PARTICIPANTS).map(|_| EventBlock::open(created.id(), Whose::Anybodys).unwrap()).collect();
        assert_eq!(EventBlock::open(created.id(), Whose::Anybodys).err(), Some(OpenFault::Full));
        opened.pop();
        assert!(EventBlock::open(created.id(), Whose::Anybodys).is_ok());
    }

    #[test]
    fn a_block_that_nobody_has_open_is_not_found() {
        let created = EventBlock::create(0).unwrap();
        let id = created.id();
        drop(created);
        assert_eq!(EventBlock::open(id, Whose::Anybodys).err(), Some(OpenFault::NotFound(NotFound::Unknown)));
    }

    #[test]
    fn the_block_outlives_its_creator_while_somebody_has_it_open() {
        let created = EventBlock::create(0).unwrap();
        let opened = EventBlock::open(created.id(), Whose::Anybodys).unwrap();
        drop(created);
        assert!(EventBlock::open(opened.id(), Whose::Anybodys).is_ok());
    }

    #[test]
    fn a_creators_handle_ends_with_its_own_opening() {
        let created = EventBlock::create(0).unwrap();
        let opened = EventBlock::open(created.id(), Whose::Creators).unwrap();
        drop(created);
        let unknown = Some(OpenFault::NotFound(NotFound::Unknown));
        assert_eq!(EventBlock::open(opened.id(), Whose::Creators).err(), unknown);
        assert!(EventBlock::open(opened.id(), Whose::Anybodys).is_ok());
    }

    #[test]
    fn a_segment_of_something_else_is_no_block() {
        let id = Id::fresh();
        let _segment = Segment::create(&id.name(KIND), SIZE as u64).unwrap();
        assert_eq!(EventBlock::open(id, Whose::Anybodys).err(), Some(OpenFault::Foreign));
        let id = Id::fresh();
        let _short = Segment::create(&id.name(KIND), 4096).unwrap();
        assert_eq!(EventBlock::open(id, Whose::Anybodys).err(), Some(OpenFault::Foreign));
    }

    #[test]
    fn nobody_can_shrink_a_segment() {
        let segment = Segment::create("ascend-sim-test", 8192).unwrap();
        assert_eq!(rustix::fs::ftruncate(segment.file(), 0), Err(Errno::PERM));
    }
}
