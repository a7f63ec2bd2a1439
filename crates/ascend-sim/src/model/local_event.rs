//! Ordinary events: recorded and waited for within one process.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ascend_sys::EventFlags;

use super::fault::{Answer, Fault};
use super::number::{Number, Numbers};
use super::profile::Hangs;
use super::runtime::runtime;
use super::schedule::Blocking;
use super::task::{Halt, Interrupt, SLICE};

/// How an event was created, which decides what it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `aclrtCreateEvent`.
    Default,
    /// `aclrtCreateEventWithFlag`.
    Old,
    /// `aclrtCreateEventExWithFlag`.
    New,
}

/// An event of this process.
pub(crate) struct LocalEvent {
    /// Its number in this process, which no other event ever has.
    serial: u64,
    mode: Mode,
    flags: EventFlags,
    numbers: Arc<Numbers>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Records so far; the latest is what queries and waits refer to.
    recorded: u64,
    /// The latest record that was executed.
    completed: u64,
    /// Records that have neither been executed nor discarded. They may end in another order than they were called in,
    /// since each is on a stream of its own; whoever is bound to one waits for that one.
    pending: BTreeSet<u64>,
    /// Records that were discarded, and none after them was executed.
    discarded: BTreeSet<u64>,
    /// The latest record that a rule has dropped, and that rule.
    lost: Option<(u64, Arc<str>)>,
    /// When, for events that keep time.
    at: Option<Instant>,
    /// What `reset` makes void: records up to this one.
    void: u64,
    /// Waits that have not ended.
    waiting: usize,
    /// The hardware's number, once the event has one.
    number: Option<Number>,
}

impl State {
    /// Whether a record was executed; one that was discarded counts once a later one was executed.
    fn is_executed(&self, record: u64) -> bool {
        let ended = record <= self.recorded && !self.pending.contains(&record);
        ended && (self.completed >= record || !self.discarded.contains(&record))
    }
}

/// How often a record looks for a free number before it gives up, as the real one does, and how long after each look.
/// The time is invented.
const TRIES: u32 = 1000;
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

impl LocalEvent {
    /// A new event, with one of a device's numbers at once if it is of the old mode.
    pub(crate) fn new(mode: Mode, flags: EventFlags, numbers: &Arc<Numbers>) -> Answer<Self> {
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        let number = if mode == Mode::Old { Some(numbers.take().ok_or_else(exhausted)?) } else { None };
        let state = Mutex::new(State { number, ..State::default() });
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        Ok(Self { serial, mode, flags, numbers: Arc::clone(numbers), state, changed: Condvar::new() })
    }

    /// Its number in this process.
    pub(crate) const fn serial(&self) -> u64 {
        self.serial
    }

    /// How it was created.
    pub(crate) const fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether records of it carry a time.
    pub(crate) const fn keeps_time(&self) -> bool {
        self.flags.contains(EventFlags::TIME_LINE)
    }

    /// Whether streams can wait for it.
    pub(crate) const fn synchronizes(&self) -> bool {
        self.flags.contains(EventFlags::SYNC)
    }

    /// Refuses host-side questions about an event for use outside a graph.
    pub(crate) fn require_internal(&self) -> Answer {
        if self.flags.contains(EventFlags::EXTERNAL) {
            return Err(Fault::unsupported("the event is external: it can neither be queried nor synchronised"));
        }
        Ok(())
    }

    /// Refuses an event that cannot cross the border of a graph: any but a new one for synchronisation only.
    pub(crate) fn require_crossing(&self) -> Answer {
        if self.mode == Mode::New && self.flags == EventFlags::SYNC {
            return Ok(());
        }
        Err(Fault::unsupported("only an event created with aclrtCreateEventExWithFlag and ACL_EVENT_SYNC is external"))
    }

    /// Refuses host-side use of an event for device code.
    pub(crate) fn require_host_use(&self) -> Answer {
        if self.flags.contains(EventFlags::DEVICE_USE_ONLY) {
            return Err(Fault::parameter("the event is for device code only", "Create it with other flags."));
        }
        Ok(())
    }

    /// The host calls record: this is the latest from now on. An event that has no number yet takes one, and waits a
    /// while for one to become free.
    pub(crate) fn record(&self) -> Answer<u64> {
        let mut state = self.lock();
        for tried in 0.. {
            if state.number.is_some() || !self.synchronizes() {
                break;
            }
            state.number = self.numbers.take();
            if state.number.is_none() {
                drop(state);
                if tried == TRIES {
                    return Err(exhausted());
                }
                // sleep: a number becomes free when some task of another event has ended, of which nobody tells us
                std::thread::sleep(BETWEEN_TRIES);
                state = self.lock();
            }
        }
        state.recorded += 1;
        let record = state.recorded;
        state.pending.insert(record);
        Ok(record)
    }

    /// The device executes a record.
    pub(crate) fn complete(&self, record: u64) {
        let mut state = self.lock();
        state.pending.remove(&record);
        if record > state.completed {
            state.completed = record;
            state.at = Some(Instant::now());
            state.discarded = state.discarded.split_off(&record); // the earlier ones count as executed from now on
        }
        drop(state);
        self.changed.notify_all();
    }

    /// A record was discarded: it will never be executed.
    pub(crate) fn abandon(&self, record: u64) {
        let mut state = self.lock();
        state.pending.remove(&record);
        if record > state.completed {
            state.discarded.insert(record);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// A rule has dropped a record.
    pub(crate) fn lose(&self, record: u64, rule: &Arc<str>) {
        self.lock().lost = Some((record, Arc::clone(rule)));
        self.abandon(record);
    }

    /// The record that a wait called now refers to; `None` if there is nothing to wait for.
    pub(crate) fn bind(&self) -> Answer<Option<u64>> {
        let mut state = self.lock();
        let never = state.recorded == state.void;
        let record = match (self.mode, never) {
            (Mode::New, true) => return Ok(None),
            (Mode::Default, true) => {
                let hint = "Record the event before anybody waits for it.";
                return Err(Fault::new(107_000, "EE1018", "the event has not been recorded", hint));
            }
            (Mode::Old, true) => state.recorded + 1,
            (_, false) => state.recorded,
        };
        state.waiting += 1;
        Ok(Some(record))
    }

    /// A bound wait will not go on.
    pub(crate) fn wait_ended(&self) {
        self.lock().waiting -= 1;
    }

    /// Whether a wait for a record would end at once.
    pub(crate) fn is_settled(&self, record: u64) -> bool {
        let state = self.lock();
        state.is_executed(record) || state.discarded.contains(&record) && reports()
    }

    /// Blocks until a record is executed.
    pub(crate) fn wait(&self, record: u64, deadline: Option<Instant>, interrupt: &Interrupt<'_>) -> Result<(), Halt> {
        let mut state = self.lock();
        while !state.is_executed(record) {
            if interrupt.is_set() {
                return Err(Halt::Interrupted);
            }
            if state.discarded.contains(&record) && reports() {
                return Err(Halt::Stuck(abandoned(&state, record)));
            }
            let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(Instant::now()).min(SLICE));
            if left.is_zero() {
                return Err(Halt::Failed(Fault::timeout(507_012, "wait for an event")));
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    /// Blocks the host until the latest record is executed.
    pub(crate) fn synchronize(&self, deadline: Option<Instant>) -> Answer {
        let _waiting = Blocking::begin();
        let mut state = self.lock();
        let record = state.recorded;
        while record > 0 && !state.is_executed(record) {
            if state.discarded.contains(&record) && reports() {
                return Err(abandoned(&state, record));
            }
            state = match deadline {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(Fault::timeout(507_047, "event"));
                    }
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        Ok(())
    }

    /// Whether it was recorded since it was created or reset.
    pub(crate) fn was_recorded(&self) -> bool {
        let state = self.lock();
        state.recorded > state.void
    }

    /// Whether the latest record is executed; true if there is none.
    pub(crate) fn is_complete(&self) -> bool {
        let state = self.lock();
        state.completed >= state.recorded
    }

    /// Whether waits for it have not ended.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.lock().waiting > 0
    }

    /// Makes what was recorded void.
    pub(crate) fn reset(&self) {
        let mut state = self.lock();
        state.void = state.recorded;
    }

    /// When the latest record was executed.
    pub(crate) fn time(&self) -> Answer<Instant> {
        let state = self.lock();
        if state.recorded == state.void {
            return Err(Fault::new(507_000, "EE1018", "the event has not been recorded", "Record it first."));
        }
        let no_time = "the event has no timestamp: it is not complete, or was created without the time-line flag";
        let fault =
            || Fault::new(107_006, "EE1018", no_time, "Create it with the time-line flag, and synchronise first.");
        if !self.keeps_time() || state.completed < state.recorded {
            return Err(fault());
        }
        state.at.ok_or_else(fault)
    }

    /// Its number among the device's events.
    pub(crate) fn id(&self) -> Answer<u32> {
        let state = self.lock();
        if state.recorded == 0 {
            return Err(Fault::new(507_000, "EE1018", "the event has not been recorded", "Record it first."));
        }
        let none = || Fault::new(507_000, "EE1018", "the event has no number", "Create it with the SYNC flag.");
        state.number.as_ref().map(Number::value).ok_or_else(none)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reports() -> bool {
    runtime().profile.hangs == Hangs::Report
}

fn exhausted() -> Fault {
    Fault::new(207_007, "EE1023", "the device has no event left", "Destroy events that are not needed.")
}

fn abandoned(state: &State, record: u64) -> Fault {
    if let Some((lost, rule)) = &state.lost
        && *lost == record
    {
        return Fault::dropped(format_args!("the event's record"), rule);
    }
    let cause = "the event's record was discarded, since its stream was aborted, destroyed or stuck; \
                 the real runtime waits here for ever";
    Fault::new(507_899, "EE1019", cause, "Do not abort or destroy a stream that others wait for.")
}
