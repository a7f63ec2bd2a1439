//! The slot ring of an IPC event: one slot a record, claimed and completed with atomics and a generation.
//!
//! A record claims the lowest free slot and makes it current; a wait binds to the current slot at the host call. A slot
//! is held by participants, one bit each, so that a death can be repaired by clearing one participant's bits, as often as
//! anyone likes. No lock is ever taken here: a process that is killed or stopped anywhere stalls nobody.
//!
//! A slot's word says everything about its use in one atomic: generation, recorder, progress, and whether the use before
//! it was never executed. So whoever waits for `(slot, generation)` has an answer also when the slot has moved on.

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

/// A slot's word: progress (2 bits), "the use before was never executed" (1), recorder (7), generation (22).
///
/// 22 bits are enough: whoever relies on a generation holds the slot, so that it is not used again meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word(u32);

const FAILED_BEFORE: u32 = 1 << 2;
const RECORDER_SHIFT: u32 = 3;
const GENERATION_SHIFT: u32 = RECORDER_SHIFT + 7;
const GENERATIONS: u32 = 1 << (u32::BITS - GENERATION_SHIFT);
const _: () = assert!(PARTICIPANTS <= 1 << 7);

/// The generation after this one; 0 is for slots that were never used.
const fn successor(generation: u32) -> u32 {
    if generation + 1 == GENERATIONS { 1 } else { generation + 1 }
}

impl Word {
    const fn generation(self) -> u32 {
        self.0 >> GENERATION_SHIFT
    }

    const fn recorder(self) -> usize {
        ((self.0 >> RECORDER_SHIFT) & 0x7f) as usize
    }

    const fn progress(self) -> Option<Progress> {
        match self.0 & 3 {
            0 => Some(Progress::Pending),
            1 => Some(Progress::Signalled),
            2 => Some(Progress::Abandoned),
            _ => None,
        }
    }

    /// The same use of the slot, ended.
    const fn ended(self, progress: Progress) -> Self {
        Self(self.0 & !3 | progress as u32)
    }

    /// The next use of the slot, by `recorder`.
    fn next(self, recorder: usize) -> Self {
        let generation = successor(self.generation());
        // The very first use follows a word of zeroes, which is no record that anybody could have bound to.
        let failed = self.0 != 0 && self.progress() != Some(Progress::Signalled);
        let failed = if failed { FAILED_BEFORE } else { 0 };
        Self(generation << GENERATION_SHIFT | (recorder as u32) << RECORDER_SHIFT | failed)
    }

    /// How far the record of `generation` has come, as far as this word knows.
    fn about(self, generation: u32) -> Result<Progress, RingFault> {
        if self.generation() == generation {
            return self.progress().ok_or(RingFault::Corrupted);
        }
        let next = self.generation() == successor(generation);
        Ok(if next && self.0 & FAILED_BEFORE != 0 { Progress::Abandoned } else { Progress::Signalled })
    }
}

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

    /// Which use of the slot it is.
    pub(crate) const fn generation(self) -> u32 {
        self.generation
    }

    /// Packed for `current`: index + 1 in the low half, so that 0 means "never recorded".
    pub(crate) const fn pack(self) -> u64 {
        ((self.generation as u64) << 32) | (self.slot as u64 + 1)
    }
}

/// A slot in shared memory; a cache line of its own.
#[repr(C, align(64))]
#[derive(Default)]
pub(crate) struct Slot {
    /// See [`Word`]; the futex word.
    word: AtomicU32,
    /// Threads that are parked on `word`, so that a signal to nobody costs no system call.
    parked: AtomicU32,
    /// One bit for each participant that holds the slot; free when all are clear.
    holders: [AtomicU64; PARTICIPANTS / 64],
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
        // Two claimers of one slot step back from each other, so a scan that met somebody is no proof of exhaustion.
        for _ in 0..ATTEMPTS {
            let mut met = false;
            for (index, slot) in self.slots.iter().enumerate() {
                match self.try_claim(me, index, slot) {
                    Claim::Mine(ticket) => return Ok(ticket),
                    Claim::Held => {}
                    Claim::Met => met = true,
                }
            }
            if !met {
                break;
            }
            std::thread::yield_now();
        }
        Err(RingFault::Exhausted)
    }

    fn try_claim(&self, me: usize, index: usize, slot: &Slot) -> Claim {
        if !slot.is_free() {
            return Claim::Held;
        }
        // Before the hold: whatever is held lies below the mark, so that a sweep finds it.
        self.high_water.fetch_max(index as u32 + 1, Ordering::AcqRel);
        slot.hold(me);
        // After the hold, so that no other use of the slot can begin and end between this and the exchange. The holds of
        // two claimers and their looks at each other's are SeqCst: at least one of them sees the other.
        let seen = Word(slot.word.load(Ordering::SeqCst));
        if slot.is_held_besides(me) {
            slot.release(me);
            return Claim::Met;
        }
        let claimed = seen.next(me);
        // Whoever sees this use also sees that we hold the slot, and we see all that was done in its former use. SeqCst, as
        // in `Slot::end`: either a waiter of the former use sees this one, or the load of `parked` below sees the waiter.
        if slot.word.compare_exchange(seen.0, claimed.0, Ordering::SeqCst, Ordering::Relaxed).is_err() {
            slot.release(me); // a signal that came late
            return Claim::Met;
        }
        if slot.parked.load(Ordering::SeqCst) != 0 {
            // Somebody still waits for the slot's former use: it has moved on, which is an answer.
            futex::unpark_all(&slot.word);
        }
        let ticket = Ticket { slot: index as u32, generation: claimed.generation() };
        // Release: whoever reads this record as current sees its slot claimed, not its former use.
        self.current.store(ticket.pack(), Ordering::Release);
        Claim::Mine(ticket)
    }

    /// Binds `me` to the latest record, unless there is none, or it was executed and has been recycled by everybody.
    pub(crate) fn bind(&self, me: usize) -> Result<Option<Ticket>, RingFault> {
        loop {
            let Some(ticket) = self.latest()? else { return Ok(None) };
            let slot = self.slot(ticket)?;
            let was_free = slot.is_free();
            slot.hold(me);
            fence(Ordering::SeqCst);
            let word = Word(slot.word.load(Ordering::SeqCst));
            let executed = word.about(ticket.generation)? == Progress::Signalled;
            let moved = word.generation() != ticket.generation;
            // A record that is pending or abandoned binds also when nobody holds it: it must not pass for executed. Once
            // we hold its slot, at most one more use of it can begin, and that one remembers.
            if !(executed && (was_free || moved)) {
                return Ok(Some(ticket));
            }
            slot.release(me); // free, or in another use: either way this is our only hold of it
            if !moved || self.latest()? == Some(ticket) {
                return Ok(None);
            }
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

    /// How far a record has come. A slot that has moved on says `Signalled`, unless the record was never executed.
    pub(crate) fn progress(&self, ticket: Ticket) -> Result<Progress, RingFault> {
        Word(self.slot(ticket)?.word.load(Ordering::Acquire)).about(ticket.generation)
    }

    /// Whether anybody still holds a record's slot for that record.
    pub(crate) fn is_held(&self, ticket: Ticket) -> Result<bool, RingFault> {
        let slot = self.slot(ticket)?;
        Ok(!slot.is_free() && Word(slot.word.load(Ordering::Acquire)).generation() == ticket.generation)
    }

    /// Ends a pending record and wakes whoever waits for it.
    pub(crate) fn finish(&self, ticket: Ticket, progress: Progress) -> Result<(), RingFault> {
        let slot = self.slot(ticket)?;
        let word = Word(slot.word.load(Ordering::Acquire));
        if word.generation() == ticket.generation {
            slot.end(word, progress);
        }
        Ok(())
    }

    /// Parks until the record is no longer pending, at most for `limit`; may return early.
    pub(crate) fn park(&self, ticket: Ticket, limit: core::time::Duration) -> Result<(), RingFault> {
        let slot = self.slot(ticket)?;
        slot.parked.fetch_add(1, Ordering::SeqCst);
        let word = Word(slot.word.load(Ordering::SeqCst));
        if word.about(ticket.generation) == Ok(Progress::Pending) {
            futex::park(&slot.word, word.0, limit);
        }
        slot.parked.fetch_sub(1, Ordering::Relaxed); // a count that is too high only costs a wake-up call
        Ok(())
    }

    /// The participant that made this record; `None` once its slot has moved on.
    pub(crate) fn recorder(&self, ticket: Ticket) -> Result<Option<usize>, RingFault> {
        let word = Word(self.slot(ticket)?.word.load(Ordering::Acquire));
        Ok((word.generation() == ticket.generation).then(|| word.recorder()))
    }

    /// Gives `me`'s hold of a slot back; the caller counts its tasks, and calls this for the last one.
    pub(crate) fn release(&self, me: usize, slot: u32) {
        if let Some(slot) = self.slots.get(slot as usize) {
            slot.release(me);
        }
    }

    /// Ends what a participant that is gone recorded and will never execute, and clears its holds. Idempotent; only for
    /// one that cannot do anything meanwhile.
    pub(crate) fn sweep(&self, gone: usize) {
        let used = (self.high_water.load(Ordering::Acquire) as usize).min(self.slots.len());
        for slot in &self.slots[..used] {
            let word = Word(slot.word.load(Ordering::Acquire));
            if slot.holds(gone) {
                if word.recorder() == gone {
                    slot.end(word, Progress::Abandoned);
                }
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

/// What came of trying one slot.
enum Claim {
    Mine(Ticket),
    Held,
    Met,
}

/// Scans for a free slot in which somebody else was met every time; then the ring counts as full.
const ATTEMPTS: u32 = 64;

impl Slot {
    /// Ends a use that is pending, and wakes whoever waits for it.
    fn end(&self, word: Word, progress: Progress) {
        if word.progress() != Some(Progress::Pending) || word.0 == 0 {
            return;
        }
        // SeqCst, as the load of `parked`: a waiter counts itself before it looks at the word a last time, so either it
        // sees the end or we see that it is parked. Release is included: the waiter sees all that preceded the record.
        let ended = self.word.compare_exchange(word.0, word.ended(progress).0, Ordering::SeqCst, Ordering::Relaxed);
        if ended.is_ok() && self.parked.load(Ordering::SeqCst) != 0 {
            futex::unpark_all(&self.word);
        }
    }

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

    fn is_held_besides(&self, me: usize) -> bool {
        let (own, bit) = Self::bit(me);
        let others = |(index, word): (usize, &AtomicU64)| {
            let holders = word.load(Ordering::SeqCst);
            if index == own { holders & !bit } else { holders }
        };
        self.holders.iter().enumerate().map(others).any(|others| others != 0)
    }

    fn is_free(&self) -> bool {
        // SeqCst: see `bind` and `claim`, whose correctness is an argument over one order of all holds.
        self.holders.iter().all(|word| word.load(Ordering::SeqCst) == 0)
    }
}
