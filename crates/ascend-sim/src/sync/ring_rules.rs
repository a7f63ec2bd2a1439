//! Rules of the slot ring, among threads that stand for processes.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::atomic::{AtomicU32, AtomicU64, Ordering};
use super::ring::{PARTICIPANTS, Progress, Ring, RingFault, Slot, Ticket};

/// A ring in private memory.
struct Memory {
    current: AtomicU64,
    high_water: AtomicU32,
    slots: Vec<Slot>,
}

impl Memory {
    fn new(slots: usize) -> Self {
        let slots = std::iter::repeat_with(Slot::default).take(slots).collect();
        Self { current: AtomicU64::new(0), high_water: AtomicU32::new(0), slots }
    }

    fn ring(&self) -> Ring<'_> {
        Ring { current: &self.current, high_water: &self.high_water, slots: &self.slots }
    }
}

#[test]
fn nothing_is_bound_before_the_first_record() {
    let memory = Memory::new(4);
    assert_eq!(memory.ring().bind(0), Ok(None));
    assert_eq!(memory.ring().latest(), Ok(None));
}

#[test]
fn the_lowest_free_slot_is_claimed_and_used_again_after_release() {
    let memory = Memory::new(4);
    let ring = memory.ring();
    let tickets: Vec<Ticket> = (0..3).map(|_| ring.claim(0).unwrap()).collect();
    assert_eq!(tickets.iter().map(|ticket| ticket.slot()).collect::<Vec<_>>(), [0, 1, 2]);
    ring.release(0, 1);
    let again = ring.claim(0).unwrap();
    assert_eq!(again.slot(), 1);
    assert_ne!(again, tickets[1], "another use of the slot is another record");
    assert_eq!(ring.latest(), Ok(Some(again)));
}

#[test]
fn a_slot_stays_taken_while_a_waiter_holds_it() {
    let memory = Memory::new(2);
    let ring = memory.ring();
    let ticket = ring.claim(0).unwrap();
    assert_eq!(ring.bind(1), Ok(Some(ticket)));
    ring.finish(ticket, Progress::Signalled).unwrap();
    ring.release(0, ticket.slot());
    assert_eq!(ring.claim(0).unwrap().slot(), 1);
    ring.release(1, ticket.slot());
    assert_eq!(ring.claim(0).unwrap().slot(), 0);
}

#[test]
fn a_record_that_everybody_has_recycled_binds_nobody() {
    let memory = Memory::new(2);
    let ring = memory.ring();
    let ticket = ring.claim(0).unwrap();
    ring.finish(ticket, Progress::Signalled).unwrap();
    ring.release(0, ticket.slot());
    assert_eq!(ring.bind(1), Ok(None));
    assert_eq!(ring.held(), 0);
}

#[test]
fn a_full_ring_is_an_error_and_a_sweep_of_the_dead_frees_it() {
    let memory = Memory::new(3);
    let ring = memory.ring();
    for participant in [7, 7, PARTICIPANTS - 1] {
        ring.claim(participant).unwrap();
    }
    assert_eq!(ring.claim(0), Err(RingFault::Exhausted));
    ring.sweep(7);
    ring.sweep(7); // as often as anyone likes
    assert_eq!(ring.held(), 1);
    assert_eq!(ring.claim(0).unwrap().slot(), 0);
}

#[test]
fn whoever_waits_has_an_answer_when_the_slot_has_moved_on() {
    let memory = Memory::new(1);
    let ring = memory.ring();
    let orphaned = ring.claim(0).unwrap();
    ring.sweep(0); // the recorder died before its device executed the record
    let next = ring.claim(1).unwrap();
    assert_eq!(next.slot(), orphaned.slot());
    assert_eq!(ring.progress(orphaned), Ok(Progress::Abandoned), "it was never executed, and the next use remembers");
    assert_eq!(ring.progress(next), Ok(Progress::Pending));
    assert_eq!(ring.recorder(orphaned), Ok(None));
    assert_eq!(ring.recorder(next), Ok(Some(1)));
    ring.finish(orphaned, Progress::Signalled).unwrap(); // a late signal does not touch the next record
    assert_eq!(ring.progress(next), Ok(Progress::Pending));
}

#[test]
fn impossible_values_are_a_fault_and_never_an_access() {
    let memory = Memory::new(4);
    memory.current.store(99 << 32 | 4000, Ordering::Relaxed);
    assert_eq!(memory.ring().latest(), Err(RingFault::Corrupted));
    assert_eq!(memory.ring().bind(0), Err(RingFault::Corrupted));
    memory.high_water.store(u32::MAX, Ordering::Relaxed);
    memory.ring().sweep(3);
    assert_eq!(memory.ring().held(), 0);
}

#[test]
fn a_signal_wakes_every_parked_waiter() {
    let memory = Memory::new(4);
    let ring = memory.ring();
    let far = Duration::from_secs(20);
    for _ in 0..50 {
        let ticket = ring.claim(0).unwrap();
        std::thread::scope(|threads| {
            for waiter in 1..6 {
                threads.spawn(move || {
                    let start = Instant::now();
                    let bound = ring.bind(waiter).unwrap();
                    while bound.is_some_and(|ticket| ring.progress(ticket) == Ok(Progress::Pending)) {
                        ring.park(ticket, far).unwrap(); // a lost wake-up would sleep this long
                    }
                    assert!(start.elapsed() < far);
                    ring.release(waiter, ticket.slot());
                });
            }
            ring.finish(ticket, Progress::Signalled).unwrap();
        });
        ring.release(0, ticket.slot());
        assert_eq!(ring.held(), 0);
    }
}

#[test]
fn concurrent_claims_never_share_a_slot() {
    let memory = Memory::new(64);
    let owned: Vec<AtomicBool> = (0..64).map(|_| AtomicBool::new(false)).collect();
    std::thread::scope(|threads| {
        for me in 0..4 {
            let (ring, owned) = (memory.ring(), &owned);
            threads.spawn(move || {
                for round in 0..20_000 {
                    let ticket = ring.claim(me).unwrap();
                    let slot = ticket.slot() as usize;
                    assert!(!owned[slot].swap(true, Ordering::AcqRel), "slot {slot} has two owners");
                    if round % 3 == 0 {
                        std::thread::yield_now();
                    }
                    ring.finish(ticket, Progress::Signalled).unwrap();
                    owned[slot].store(false, Ordering::Release);
                    ring.release(me, ticket.slot());
                }
            });
        }
    });
    assert_eq!(memory.ring().held(), 0);
}

/// What one of three processes does next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Record(usize),
    Wait(usize),
    /// Signals and recycles a process's oldest record.
    Complete(usize),
    /// Recycles a process's oldest wait.
    Pass(usize),
    Die(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let process = 0..3_usize;
    prop_oneof![
        process.clone().prop_map(Step::Record),
        process.clone().prop_map(Step::Wait),
        process.clone().prop_map(Step::Complete),
        process.clone().prop_map(Step::Pass),
        process.prop_map(Step::Die),
    ]
}

proptest! {
    /// The ring against reference counts, as the real runtime keeps them.
    #[test]
    fn the_ring_behaves_as_reference_counts_do(steps in prop::collection::vec(step(), 0..200)) {
        const SLOTS: usize = 6;
        let memory = Memory::new(SLOTS);
        let ring = memory.ring();
        // For each process: the slots of its records and of its waits, oldest first.
        let mut records: [Vec<Ticket>; 3] = Default::default();
        let mut waits: [Vec<Ticket>; 3] = Default::default();
        // The latest record, and whether it was executed.
        let mut latest: Option<(Ticket, bool)> = None;
        for step in steps {
            let count = |records: &[Vec<Ticket>; 3], waits: &[Vec<Ticket>; 3], slot: u32| {
                records.iter().chain(waits).flatten().filter(|ticket| ticket.slot() == slot).count()
            };
            let last = |records: &[Vec<Ticket>; 3], waits: &[Vec<Ticket>; 3], me: usize, slot: u32| {
                !records[me].iter().chain(&waits[me]).any(|ticket| ticket.slot() == slot)
            };
            match step {
                Step::Record(me) => {
                    let free = (0..SLOTS as u32).find(|slot| count(&records, &waits, *slot) == 0);
                    let claimed = ring.claim(me);
                    prop_assert_eq!(claimed.ok().map(|ticket| ticket.slot()), free);
                    if let Ok(ticket) = claimed {
                        records[me].push(ticket);
                        latest = Some((ticket, false));
                    }
                }
                Step::Wait(me) => {
                    let binds = |(ticket, executed): &(Ticket, bool)| {
                        !executed || count(&records, &waits, ticket.slot()) > 0
                    };
                    let expected = latest.filter(binds).map(|(ticket, _)| ticket);
                    prop_assert_eq!(ring.bind(me), Ok(expected));
                    waits[me].extend(expected);
                }
                Step::Complete(me) if !records[me].is_empty() => {
                    let ticket = records[me].remove(0);
                    ring.finish(ticket, Progress::Signalled).unwrap();
                    prop_assert_eq!(ring.progress(ticket), Ok(Progress::Signalled));
                    latest = latest.map(|(last, executed)| (last, executed || last == ticket));
                    if last(&records, &waits, me, ticket.slot()) {
                        ring.release(me, ticket.slot());
                    }
                }
                Step::Pass(me) if !waits[me].is_empty() => {
                    let ticket = waits[me].remove(0);
                    if last(&records, &waits, me, ticket.slot()) {
                        ring.release(me, ticket.slot());
                    }
                }
                Step::Die(me) => {
                    ring.sweep(me);
                    records[me].clear();
                    waits[me].clear();
                }
                Step::Complete(_) | Step::Pass(_) => {}
            }
            let held = (0..SLOTS as u32).filter(|slot| count(&records, &waits, *slot) > 0).count();
            prop_assert_eq!(ring.held(), held);
        }
    }
}

#[test]
fn a_record_that_will_never_be_executed_does_not_pass_for_complete() {
    let memory = Memory::new(2);
    let ring = memory.ring();
    let ticket = ring.claim(3).unwrap();
    ring.sweep(3); // killed before its device executed the record; nobody holds the slot now
    assert_eq!(ring.held(), 0);
    assert_eq!(ring.bind(1), Ok(Some(ticket)), "a wait that is called now must be told");
    assert_eq!(ring.progress(ticket), Ok(Progress::Abandoned));
}

#[test]
fn a_claimer_that_dies_before_it_publishes_stalls_nobody() {
    let memory = Memory::new(1);
    let ring = memory.ring();
    let first = ring.claim(0).unwrap();
    ring.finish(first, Progress::Signalled).unwrap();
    ring.release(0, first.slot());
    ring.claim(5).unwrap();
    memory.current.store(1 << 32 | 1, Ordering::Relaxed); // as if 5 had died before its last store
    assert_eq!(ring.latest(), Ok(Some(first)));
    assert_eq!(ring.bind(1), Ok(None));
}

#[test]
fn generations_wrap_around_without_a_wrong_answer() {
    let memory = Memory::new(1);
    let ring = memory.ring();
    for _ in 0..(1 << 22) + 3 {
        let ticket = ring.claim(0).unwrap();
        assert_eq!(ring.progress(ticket), Ok(Progress::Pending));
        ring.finish(ticket, Progress::Signalled).unwrap();
        assert_eq!(ring.progress(ticket), Ok(Progress::Signalled));
        ring.release(0, ticket.slot());
    }
}
