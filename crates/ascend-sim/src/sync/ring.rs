//! The slot ring of an IPC event: one slot a record, claimed and completed with atomics and a generation.
//!
//! A record claims the lowest free slot and makes it current; a wait binds to the current slot at the host call. A slot
//! is held by processes, one bit each, so that a death can be repaired by clearing one process's bits, as often as anyone
//! likes. No lock is ever taken here: a process that is killed or stopped anywhere stalls nobody.
//!
//! Safety net: the generation. Whoever waits does so for `(slot, generation)`, and passes when that record has completed
//! *or the slot has moved on*, so a late or repaired bit can cost a slot for a while, never a wrong or lost wake-up.

use super::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use super::futex;

/// Slots of one event; the vendor's runtime has as many.
pub(crate) const SLOTS: usize = 8192;
/// Processes (more exactly: openings) that can hold slots of one event at a time.
pub(crate) const PARTICIPANTS: usize = 128;

/// What the low bits of a slot's word say of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Submitted; the device has not executed it.
    Pending,
    /// Executed.
    Signalled,
    /// Discarded by an abort: it will never be executed.
    Abandoned,
}

const PROGRESS_BITS: u32 = 2;
const PROGRESS_MASK: u32 = (1 << PROGRESS_BITS) - 1;

/// One record: a slot, and which use of that slot it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    slot: u32,
    generation: u32,
}

impl Ticket {
    /// The slot's index.
    pub(crate) const fn slot(self) -> u32 {
        self.slot
    }

    const fn word(self, progress: Progress) -> u32 {
        (self.generation << PROGRESS_BITS) | progress as u32
    }

    /// Packed for `current`: index + 1 in the low half, so that 0 means "never recorded".
    const fn pack(self) -> u64 {
        ((self.generation as u64) << 32) | (self.slot as u64 + 1)
    }
}

/// A slot in shared memory; a cache line of its own.
#[repr(C, align(64))]
#[derive(Default)]
pub(crate) struct Slot {
    /// Generation and progress; the futex word.
    word: AtomicU32,
    /// Threads that are parked on `word`, so that a signal to nobody costs no system call.
    parked: AtomicU32,
    /// One bit for each participant that holds the slot; free when all are clear.
    holders: [AtomicU64; PARTICIPANTS / 64],
    /// The participant that recorded, plus one.
    recorder: AtomicU32,
}

/// The ring of one event, wherever it is mapped.
#[derive(Clone, Copy)]
pub(crate) struct Ring<'a> {
    /// The latest record.
    pub(crate) current: &'a AtomicU64,
    /// One more than the highest slot ever used: bounds every sweep.
    pub(crate) high_water: &'a AtomicU32,
    /// The slots; as many as were mapped.
    pub(crate) slots: &'a [Slot],
}

/// Why the ring cannot answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RingFault {
    /// Every slot is held.
    Exhausted,
    /// The shared words hold what no correct process writes.
    Corrupted,
}

impl Ring<'_> {
    /// Claims the lowest free slot for `me` and makes it current.
    ///
    /// The caller serialises its own process's claims and releases (a lock that dies with the process).
    pub(crate) fn claim(&self, me: usize) -> Result<Ticket, RingFault> {
        for (index, slot) in self.slots.iter().enumerate() {
            // The word is read before the holders: whoever sees a generation also sees that its claimer holds the slot
            // (Acquire here pairs with the AcqRel exchange below, before which the claimer set its bit).
            let seen = slot.word.load(Ordering::Acquire);
            if !slot.is_free() {
                continue;
            }
            slot.hold(me);
            let ticket = Ticket {
                slot: index as u32,
                generation: (seen >> PROGRESS_BITS).wrapping_add(1) & (u32::MAX >> PROGRESS_BITS),
            };
            let pending = ticket.word(Progress::Pending);
            if slot.word.compare_exchange(seen, pending, Ordering::AcqRel, Ordering::Relaxed).is_err() {
                slot.release(me); // another process claimed it in between
                continue;
            }
            slot.recorder.store(me as u32 + 1, Ordering::Release);
            self.high_water.fetch_max(index as u32 + 1, Ordering::AcqRel);
            if slot.parked.load(Ordering::SeqCst) != 0 {
                // Somebody still waits for the slot's former use: it has moved on, which is an answer.
                futex::unpark_all(&slot.word);
            }
            // Release: whoever reads this record as current sees its slot pending, not its former use.
            self.current.store(ticket.pack(), Ordering::Release);
            return Ok(ticket);
        }
        Err(RingFault::Exhausted)
    }

    /// Binds `me` to the latest record, unless there is none or it has been recycled by everybody.
    pub(crate) fn bind(&self, me: usize) -> Result<Option<Ticket>, RingFault> {
        loop {
            let Some(ticket) = self.latest()? else { return Ok(None) };
            let slot = self.slot(ticket)?;
            let held = !slot.is_free();
            if !held {
                return Ok(None);
            }
            slot.hold(me);
            // SeqCst pairs with the claimer's exchange: either it sees our bit, or we see its generation.
            fence(Ordering::SeqCst);
            if slot.word.load(Ordering::Acquire) >> PROGRESS_BITS == ticket.generation {
                return Ok(Some(ticket));
            }
            slot.release(me); // recycled and used again in between: a newer record is current by now, or soon
        }
    }

    /// The latest record, if there ever was one.
    pub(crate) fn latest(&self) -> Result<Option<Ticket>, RingFault> {
        let packed = self.current.load(Ordering::Acquire);
        let (slot, generation) = (packed as u32, (packed >> 32) as u32);
        match slot.checked_sub(1) {
            None => Ok(None),
            Some(slot) if (slot as usize) < self.slots.len() => Ok(Some(Ticket { slot, generation })),
            Some(_) => Err(RingFault::Corrupted),
        }
    }

    /// How far a record has come; `Signalled` also when its slot has moved on.
    pub(crate) fn progress(&self, ticket: Ticket) -> Result<Progress, RingFault> {
        let word = self.slot(ticket)?.word.load(Ordering::Acquire);
        if word >> PROGRESS_BITS != ticket.generation {
            return Ok(Progress::Signalled);
        }
        match word & PROGRESS_MASK {
            0 => Ok(Progress::Pending),
            1 => Ok(Progress::Signalled),
            2 => Ok(Progress::Abandoned),
            _ => Err(RingFault::Corrupted),
        }
    }

    /// Whether anybody still holds a record's slot for that record.
    pub(crate) fn is_held(&self, ticket: Ticket) -> Result<bool, RingFault> {
        let slot = self.slot(ticket)?;
        Ok(!slot.is_free() && slot.word.load(Ordering::Acquire) >> PROGRESS_BITS == ticket.generation)
    }

    /// Ends a pending record and wakes whoever waits for it.
    pub(crate) fn finish(&self, ticket: Ticket, progress: Progress) -> Result<(), RingFault> {
        let slot = self.slot(ticket)?;
        let pending = ticket.word(Progress::Pending);
        // SeqCst, as the load of `parked`: a waiter counts itself before it looks at the word a last time, so either it
        // sees the signal or we see that it is parked. Release is included: the waiter sees all that preceded the record.
        if slot.word.compare_exchange(pending, ticket.word(progress), Ordering::SeqCst, Ordering::Relaxed).is_ok()
            && slot.parked.load(Ordering::SeqCst) != 0
        {
            futex::unpark_all(&slot.word);
        }
        Ok(())
    }

    /// Parks until the record is no longer pending, at most for `limit`; may return early.
    pub(crate) fn park(&self, ticket: Ticket, limit: core::time::Duration) -> Result<(), RingFault> {
        let slot = self.slot(ticket)?;
        let pending = ticket.word(Progress::Pending);
        slot.parked.fetch_add(1, Ordering::SeqCst);
        if slot.word.load(Ordering::SeqCst) == pending {
            futex::park(&slot.word, pending, limit);
        }
        slot.parked.fetch_sub(1, Ordering::Relaxed); // a count that is too high only costs a wake-up call
        Ok(())
    }

    /// The participant that made this record; `None` once its slot has moved on.
    pub(crate) fn recorder(&self, ticket: Ticket) -> Result<Option<usize>, RingFault> {
        let slot = self.slot(ticket)?;
        let recorder = slot.recorder.load(Ordering::Acquire);
        if slot.word.load(Ordering::Acquire) >> PROGRESS_BITS != ticket.generation {
            return Ok(None);
        }
        Ok((recorder as usize).checked_sub(1).filter(|index| *index < PARTICIPANTS))
    }

    /// Takes another hold of a slot that `me` already holds, or gives one back; the caller counts.
    pub(crate) fn release(&self, me: usize, slot: u32) {
        if let Some(slot) = self.slots.get(slot as usize) {
            slot.release(me);
        }
    }

    /// Clears every hold of a participant that is gone. Idempotent; only for one that cannot hold anything meanwhile.
    pub(crate) fn sweep(&self, gone: usize) {
        let used = (self.high_water.load(Ordering::Acquire) as usize).min(self.slots.len());
        for slot in &self.slots[..used] {
            if slot.holds(gone) {
                slot.release(gone);
            }
        }
    }

    /// Slots that somebody holds.
    pub(crate) fn held(&self) -> usize {
        let used = (self.high_water.load(Ordering::Acquire) as usize).min(self.slots.len());
        self.slots[..used].iter().filter(|slot| !slot.is_free()).count()
    }

    fn slot(&self, ticket: Ticket) -> Result<&Slot, RingFault> {
        self.slots.get(ticket.slot as usize).ok_or(RingFault::Corrupted)
    }
}

impl Slot {
    const fn bit(participant: usize) -> (usize, u64) {
        ((participant / 64) % (PARTICIPANTS / 64), 1 << (participant % 64))
    }

    fn hold(&self, me: usize) {
        let (word, bit) = Self::bit(me);
        self.holders[word].fetch_or(bit, Ordering::SeqCst);
    }

    fn release(&self, me: usize) {
        let (word, bit) = Self::bit(me);
        // Release pairs with the Acquire in `is_free`: the next claimer sees all that was done under the hold.
        self.holders[word].fetch_and(!bit, Ordering::Release);
    }

    fn holds(&self, participant: usize) -> bool {
        let (word, bit) = Self::bit(participant);
        self.holders[word].load(Ordering::Acquire) & bit != 0
    }

    fn is_free(&self) -> bool {
        // SeqCst: see `bind` and `claim`, whose correctness is an argument over one order of all holds.
        self.holders.iter().all(|word| word.load(Ordering::SeqCst) == 0)
    }
}
