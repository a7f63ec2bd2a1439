//! What a stream executes, and the three ends a task can have: it ran, it was recycled, it was discarded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::counting_notify::{Change, CountingNotify, Wait};
use super::fault::Fault;
use super::injection::Injected;
use super::ipc_event::IpcEvent;
use super::late_copy::Queued;
use super::local_event::LocalEvent;
use super::memory::Region;
use super::notify::Notify;
use super::report::Reporter;
use super::value::{Condition, Value};
use crate::entry::callback::HostFunction;
use crate::shm::transfer::Transfer;
use crate::sync::ring::{Progress, Ticket};

/// A blocked task looks at least this often whether it was aborted, and whether a peer died.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// Work of a stream.
pub(crate) enum Task {
    /// Moves bytes; the regions stay allocated until it has.
    Transfer(Transfer, [Option<Arc<Region>>; 2]),
    /// Moves bytes between addresses that it reads from memory.
    Late(Queued),
    /// Calls a function of the program.
    Host(HostFunction),
    /// Has a function of the program called by a thread of the program; the flag says whether the stream waits for it.
    Report(Arc<Reporter>, u64, HostFunction, bool),
    /// Completes a record of an event of this process.
    RecordLocal(Arc<LocalEvent>, u64),
    /// Waits for a record of an event of this process, at most so long.
    WaitLocal(Arc<LocalEvent>, u64, Option<Duration>),
    /// Signals a slot.
    RecordIpc(Arc<IpcEvent>, Ticket),
    /// Waits for a slot's signal.
    WaitIpc(Arc<IpcEvent>, Ticket),
    /// Is a wait for a slot that had nothing to wait for. It takes a place in orders that replay, where whether the record was
    /// recycled before the call must make no difference; nobody queues it otherwise.
    PassIpc,
    /// Writes a value.
    WriteValue(Value, u64),
    /// Waits for a value.
    WaitValue(Value, Condition),
    /// Signals a notify, with a name for the record.
    RecordNotify(Arc<Notify>, u32),
    /// Waits for a notify's signal and takes it, at most so long; keeps the name of the record that it took.
    WaitNotify(Arc<Notify>, Option<Duration>, Option<u32>),
    /// Changes the value of a counting notify.
    ChangeCount(Arc<CountingNotify>, Change),
    /// Waits for the value of a counting notify.
    WaitCount(Arc<CountingNotify>, Wait),
    /// Is delayed or dropped by a rule.
    Injected(Box<Injected>),
}

/// Why a task did not run to its end.
pub(crate) enum Halt {
    /// The stream was aborted.
    Interrupted,
    /// It failed; the stream goes on and reports it later.
    Failed(Fault),
    /// It can never end: the stream stops here, so that nothing runs that was ordered behind it.
    Stuck(Fault),
    /// It was dropped by a rule, which is named: as above, but whoever has a deadline waits until it is over.
    Lost(Arc<str>),
}

/// Tells a running task that its stream was aborted.
pub(crate) struct Interrupt<'a> {
    aborts: &'a AtomicU64,
    seen: u64,
}

impl<'a> Interrupt<'a> {
    pub(crate) fn new(aborts: &'a AtomicU64) -> Self {
        Self { aborts, seen: aborts.load(Ordering::Acquire) }
    }

    /// Whether the stream was aborted since the task began.
    pub(crate) fn is_set(&self) -> bool {
        self.aborts.load(Ordering::Acquire) != self.seen
    }
}

impl Task {
    /// Whether it ends at once, on whatever thread runs it.
    pub(crate) const fn is_instant(&self) -> bool {
        matches!(
            self,
            Self::RecordLocal(..)
                | Self::RecordIpc(..)
                | Self::RecordNotify(..)
                | Self::WriteValue(..)
                | Self::ChangeCount(..)
        )
    }

    /// Executes the task, as the device would.
    pub(crate) fn run(&mut self, interrupt: &Interrupt<'_>) -> Result<(), Halt> {
        match self {
            Self::Transfer(transfer, _) => transfer.run(),
            Self::Late(copy) => return copy.run(),
            Self::Host(function) => function.call(),
            Self::RecordLocal(event, record) => event.complete(*record),
            Self::RecordIpc(event, ticket) => event.signal(*ticket, Progress::Signalled),
            Self::WaitLocal(event, record, limit) => {
                return event.wait(*record, limit.map(|limit| Instant::now() + limit), interrupt);
            }
            Self::WaitIpc(event, ticket) => return event.wait(*ticket, interrupt),
            Self::PassIpc => {}
            Self::WriteValue(at, value) => at.write(*value),
            Self::WaitValue(at, condition) => return at.wait(*condition, interrupt),
            Self::RecordNotify(notify, record) => notify.record(*record),
            Self::WaitNotify(notify, limit, taken) => *taken = Some(notify.wait(*limit, interrupt)?),
            Self::ChangeCount(notify, change) => notify.change(*change),
            Self::WaitCount(notify, wait) => return notify.wait(*wait, interrupt),
            Self::Report(reporter, stream, function, blocks) => {
                return reporter.deliver(*stream, *function, *blocks, interrupt);
            }
            Self::Injected(injected) => return injected.run(interrupt),
        }
        Ok(())
    }

    /// Whether it would end without waiting for anything, well or badly.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::WaitLocal(event, record, _) => event.is_settled(*record),
            Self::WaitIpc(event, ticket) => event.is_settled(*ticket),
            Self::WaitValue(at, condition) => at.holds(*condition),
            Self::WaitNotify(notify, ..) => notify.is_settled(),
            Self::WaitCount(notify, wait) => notify.is_settled(*wait),
            _ => true,
        }
    }

    /// How long it may wait.
    pub(crate) const fn limit(&self) -> Option<Duration> {
        match self {
            Self::WaitLocal(_, _, limit) | Self::WaitNotify(_, limit, _) => *limit,
            Self::WaitCount(_, wait) => wait.limit(),
            _ => None,
        }
    }

    /// It has waited as long as it may, before it began.
    pub(crate) const fn expire(&mut self) {
        match self {
            Self::WaitLocal(_, _, limit) | Self::WaitNotify(_, limit, _) => *limit = Some(Duration::ZERO),
            Self::WaitCount(_, wait) => wait.expire(),
            _ => {}
        }
    }

    /// What schedules call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Transfer(..) | Self::Late(_) => "copy",
            Self::Host(_) => "host",
            Self::Report(..) => "callback",
            Self::RecordLocal(..) => "record",
            Self::WaitLocal(..) => "wait",
            Self::RecordIpc(..) => "record-ipc",
            Self::WaitIpc(..) | Self::PassIpc => "wait-ipc",
            Self::WriteValue(..) => "write-value",
            Self::WaitValue(..) => "wait-value",
            Self::RecordNotify(..) => "record-notify",
            Self::ChangeCount(..) => "change-count",
            Self::WaitCount(..) => "wait-count",
            Self::WaitNotify(..) => "wait-notify",
            Self::Injected(injected) => injected.task().kind(),
        }
    }

    /// Whether a rule has kept it from beginning: it has not ended in a way that the host could notice.
    pub(crate) fn was_held_back(&self) -> bool {
        matches!(self, Self::Injected(injected) if !injected.has_begun())
    }

    /// The host has noticed that the task ended: gives back what it held.
    pub(crate) fn recycle(self) {
        match self {
            Self::RecordIpc(event, ticket) => event.recycle_record(ticket),
            Self::WaitIpc(event, ticket) => event.recycle_wait(ticket),
            Self::WaitLocal(event, ..) => event.wait_ended(),
            Self::Transfer(_, regions) => drop(regions), // a region that was freed meanwhile goes now
            Self::WriteValue(at, _) | Self::WaitValue(at, _) => drop(at),
            Self::RecordNotify(notify, _) | Self::WaitNotify(notify, ..) => drop(notify),
            Self::ChangeCount(notify, _) | Self::WaitCount(notify, _) => drop(notify),
            Self::Injected(injected) => injected.recycle(),
            Self::PassIpc | Self::Late(_) | Self::Host(_) | Self::Report(..) | Self::RecordLocal(..) => {}
        }
    }

    /// A rule has dropped the task, or one in front of it: makes it known to whoever waits for its signal. Answers whether it
    /// has one.
    pub(crate) fn lose(&self, rule: &Arc<str>) -> bool {
        match self {
            Self::RecordIpc(event, ticket) => event.lose(*ticket, rule),
            Self::RecordLocal(event, record) => event.lose(*record, rule),
            Self::RecordNotify(notify, _) => notify.lose(rule),
            Self::Injected(injected) => return injected.task().lose(rule),
            _ => return false,
        }
        true
    }

    /// The task will never run.
    pub(crate) fn discard(self) {
        match self {
            Self::RecordIpc(event, ticket) => event.abandon_record(ticket),
            Self::RecordLocal(event, record) => event.abandon(record),
            Self::Injected(injected) => injected.discard(),
            Self::WaitIpc(..)
            | Self::PassIpc
            | Self::WaitLocal(..)
            | Self::Transfer(..)
            | Self::Late(_)
            | Self::Host(_)
            | Self::Report(..)
            | Self::WriteValue(..)
            | Self::WaitValue(..)
            | Self::RecordNotify(..)
            | Self::WaitNotify(..)
            | Self::ChangeCount(..)
            | Self::WaitCount(..) => self.recycle(),
        }
    }
}
