//! Streams: tasks in order, on a thread of their own that starts when it is first needed.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::fault::{Answer, Fault};
use super::injection;
use super::profile::{Hangs, Recycle};
use super::queue::Queue;
use super::registry::Raw;
use super::runtime::runtime;
use super::stream_settings::Settings;
use super::strict::ledger;
use super::task::{Halt, Interrupt, SLICE, Task};
use super::{schedule, trace};
use crate::entry::callback::thread_number;

thread_local! {
    /// The number of the stream whose tasks this thread executes; 0 on threads of the program.
    static SERVES: Cell<u64> = const { Cell::new(0) };
}

/// Who made a stream, and so who destroys it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Comes and goes with its context.
    Default,
    /// Made by the program.
    Created,
}

/// A stream.
pub(crate) struct Stream {
    raw: Raw,
    context: Raw,
    device: u32,
    /// Its number on the device, which others get when it has ended.
    id: u32,
    kind: Kind,
    /// Its number in this process, for ever.
    serial: u64,
    settings: Settings,
    ended: AtomicBool,
    queue: Mutex<Queue>,
    /// Held by a host call that takes its place in the order of an event before its task has one on the stream.
    submission: Mutex<()>,
    /// Signalled whenever `queue` changes in a way that somebody may wait for.
    changed: Condvar,
    /// Counts aborts; a running task compares.
    aborts: AtomicU64,
}

impl Stream {
    /// Makes a stream of a context; `id` is its number on the device.
    pub(crate) fn make(context: Raw, device: u32, id: u32, kind: Kind, settings: Settings) -> (Raw, Arc<Self>) {
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        runtime().streams.insert_with(|raw| Self {
            raw,
            context,
            device,
            id,
            kind,
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            settings,
            ended: AtomicBool::new(false),
            queue: Mutex::default(),
            submission: Mutex::default(),
            changed: Condvar::new(),
            aborts: AtomicU64::new(0),
        })
    }

    /// Its handle.
    pub(crate) const fn raw(&self) -> Raw {
        self.raw
    }

    /// Its device, as this process counts.
    pub(crate) const fn device(&self) -> u32 {
        self.device
    }

    /// Its number on the device.
    pub(crate) const fn id(&self) -> u32 {
        self.id
    }

    /// Whether it comes and goes with its context.
    pub(crate) fn is_default(&self) -> bool {
        self.kind == Kind::Default
    }

    /// Its number in this process, which no other stream ever has.
    pub(crate) const fn serial(&self) -> u64 {
        self.serial
    }

    /// What can be set of it.
    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Remembers that it has had callbacks.
    pub(crate) fn note_callback(&self) {
        self.settings.note_callback();
    }

    /// Whether it has had callbacks.
    pub(crate) fn has_callbacks(&self) -> bool {
        self.settings.has_callbacks()
    }

    /// The handle of its context.
    pub(crate) const fn context(&self) -> Raw {
        self.context
    }

    /// Until the guard goes, no other thread's record or wait gets in between on this stream: a wait must not be queued in
    /// front of the very record that it is bound to. Taken before any lock of an event; the worker never takes it.
    pub(crate) fn in_order(&self) -> MutexGuard<'_, ()> {
        self.submission.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a task. An instant one on an idle stream is executed here and now.
    pub(crate) fn submit(self: &Arc<Self>, task: Task) -> Answer {
        let mut task = injection::applied(task);
        let mut queue = self.lock();
        if queue.closed {
            drop(queue);
            task.discard();
            return Err(Fault::handle("stream"));
        }
        if queue.stuck.is_some() {
            let lost = queue.lost.clone();
            drop(queue);
            if let Some((rule, _)) = &lost {
                task.lose(rule);
            }
            task.discard();
            return Ok(()); // the failure is reported by whoever synchronises
        }
        if queue.is_idle() && task.is_instant() && !schedule::is_on() {
            queue.submitted += 1;
            queue.busy = true;
            drop(queue);
            let outcome = trace::run(self, &mut task, &Interrupt::new(&self.aborts));
            self.finished(task, outcome);
            return Ok(());
        }
        if !queue.worker {
            let this = Arc::clone(self);
            let spawned = std::thread::Builder::new().name("ascend-sim-stream".to_owned()).spawn(move || this.work());
            if let Err(error) = spawned {
                drop(queue);
                task.discard();
                let cause = format!("no thread for the stream: {error}");
                return Err(Fault::new(
                    207_008,
                    "EE1023",
                    cause,
                    "Destroy streams that are not needed; check ulimit -u.",
                ));
            }
            queue.worker = true;
        }
        queue.submitted += 1;
        queue.tasks.push_back(task);
        schedule::queued(self.serial);
        drop(queue);
        self.changed.notify_all();
        Ok(())
    }

    /// The worker's life: one task after the other, until the stream is closed.
    fn work(&self) {
        SERVES.set(self.serial);
        let mut queue = self.lock();
        loop {
            if queue.closed && queue.tasks.is_empty() {
                return;
            }
            if queue.busy || queue.tasks.is_empty() {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            if let Some(rest) = schedule::must_wait(self.serial, queue.tasks.front_mut()) {
                drop(queue);
                std::thread::park_timeout(rest); // whose turn it is, is woken
                queue = self.lock();
                continue;
            }
            let Some(mut task) = queue.tasks.pop_front() else { continue };
            queue.busy = true;
            let interrupt = Interrupt::new(&self.aborts); // under the lock: an abort either took the task or is seen
            drop(queue);
            let outcome = trace::run(self, &mut task, &interrupt);
            self.finished(task, outcome);
            queue = self.lock();
        }
    }

    /// Books the end of the running task.
    fn finished(&self, task: Task, outcome: Result<(), Halt>) {
        schedule::executed(self.serial);
        let at_once = runtime().profile.recycle == Recycle::AtOnce;
        let mut dropped = VecDeque::new();
        let (mut failure, mut stuck, mut lost) = (None, None, None);
        match outcome {
            Ok(()) | Err(Halt::Interrupted) => {}
            Err(Halt::Failed(fault)) if self.settings.stops() => stuck = Some(fault),
            Err(Halt::Failed(fault)) => failure = Some(fault),
            Err(Halt::Stuck(fault)) => stuck = Some(fault),
            Err(Halt::Lost(rule)) => {
                stuck = Some(Fault::dropped(format_args!("a task of the stream"), &rule));
                lost = Some(rule);
            }
        }
        if self.settings.stops()
            && let Some(fault) = &stuck
            && let Some(context) = runtime().contexts.get(self.context)
        {
            context.stop(fault.clone());
        }
        let unrecycled = if at_once || task.was_held_back() {
            // Before the stream counts as idle: whoever synchronises finds everything given back.
            task.recycle();
            None
        } else {
            Some(task)
        };
        let mut queue = self.lock();
        queue.busy = false;
        queue.ended += 1;
        queue.unrecycled.extend(unrecycled);
        if queue.failure.is_none() {
            queue.failure = failure;
        }
        if stuck.is_some() {
            queue.stuck = stuck;
            queue.lost = lost.clone().map(|rule| (rule, queue.ended - 1));
            dropped = queue.discard();
        }
        let idle = queue.is_idle();
        drop(queue);
        self.changed.notify_all();
        if !dropped.is_empty() {
            schedule::discarded(self.serial, dropped.len());
        }
        schedule::ended(self.serial);
        if let Some(rule) = &lost {
            dropped.iter().for_each(|task| _ = task.lose(rule));
        }
        dropped.into_iter().for_each(Task::discard);
        if idle {
            trace::stream_is_idle();
        }
    }

    /// Waits until everything submitted so far has ended; `what` is named if it takes too long. Nobody waits for a
    /// persistent stream.
    pub(crate) fn synchronize(&self, deadline: Option<Instant>, what: &'static str) -> Answer {
        if self.settings.is_persistent() { Ok(()) } else { self.drain(deadline, what) }
    }

    fn drain(&self, deadline: Option<Instant>, what: &'static str) -> Answer {
        if SERVES.get() == self.serial && runtime().profile.hangs == Hangs::Report {
            return Err(waits_for_itself());
        }
        let waiting = schedule::Blocking::begin();
        ledger::settled(self.raw);
        let mut queue = self.lock();
        let (aborts, submitted) = (self.aborts.load(Ordering::Acquire), queue.submitted);
        waiting.until(self.serial, submitted);
        loop {
            if self.aborts.load(Ordering::Acquire) != aborts {
                runtime().device(i32::try_from(self.device).unwrap_or(-1))?.require_not_aborted()?;
                let hint = "The tasks were discarded; submit them again if they are still wanted.";
                return Err(Fault::new(107_023, "EE1018", "the stream was aborted meanwhile", hint));
            }
            // What was dropped is reported instead of a hang; who has a deadline sees what a true loss looks like.
            let lost = deadline.is_some() && queue.lost.as_ref().is_some_and(|(_, before)| submitted > *before);
            if queue.ended >= submitted && !lost {
                break;
            }
            queue = match deadline {
                None if self.has_callbacks() => {
                    drop(queue); // the streams' and the reports' locks are never held together
                    runtime().reports.require_no_deadlock(thread_number(), self.serial)?;
                    let queue = self.lock();
                    if queue.ended >= submitted {
                        queue
                    } else {
                        self.changed.wait_timeout(queue, SLICE).unwrap_or_else(PoisonError::into_inner).0
                    }
                }
                None => self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(Fault::timeout(507_046, what));
                    }
                    self.changed.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        let noticed = std::mem::take(&mut queue.unrecycled);
        // A failure is taken by whoever is told of it, and by nobody else.
        let answer = queue.stuck.clone().or_else(|| queue.failure.take()).map_or(Ok(()), Err);
        drop(queue);
        noticed.into_iter().for_each(Task::recycle);
        answer
    }

    /// Whether everything submitted so far has ended.
    pub(crate) fn is_complete(&self) -> bool {
        let mut queue = self.lock();
        let idle = queue.is_idle() && queue.stuck.is_none(); // what is stuck is never complete
        if idle {
            ledger::settled(self.raw);
        }
        let noticed = if idle { std::mem::take(&mut queue.unrecycled) } else { Vec::new() };
        drop(queue);
        noticed.into_iter().for_each(Task::recycle);
        idle
    }

    /// Discards everything that has not been executed, and interrupts a task that waits.
    pub(crate) fn abort(&self) {
        let mut queue = self.lock();
        self.aborts.fetch_add(1, Ordering::AcqRel);
        ledger::settled(self.raw);
        queue.stuck = None;
        queue.lost = None;
        let dropped = queue.discard();
        drop(queue);
        self.changed.notify_all();
        schedule::discarded(self.serial, dropped.len());
        dropped.into_iter().for_each(Task::discard);
    }

    /// Waits for everything, then takes no more tasks. Blocks as long as the work does, like the real call.
    pub(crate) fn close(&self) {
        if self.drain(None, "stream").is_err() {
            self.abort(); // whatever failed, the stream ends; what waits for its very destroyer is dropped
        }
        self.end();
    }

    /// Discards what is queued, and takes no more tasks.
    pub(crate) fn close_now(&self) {
        self.abort();
        self.end();
    }

    fn end(&self) {
        if !self.ended.swap(true, Ordering::AcqRel) {
            runtime().reports.forget(self.serial);
            if let Ok(device) = runtime().device(i32::try_from(self.device).unwrap_or(-1)) {
                device.stream_ids().release(self.id, self.kind);
            }
        }
        let mut queue = self.lock();
        queue.closed = true;
        schedule::closed(self.serial);
        let noticed = std::mem::take(&mut queue.unrecycled);
        drop(queue);
        self.changed.notify_all();
        noticed.into_iter().for_each(Task::recycle);
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn waits_for_itself() -> Fault {
    let cause = "a host function waits for the stream that calls it; the real runtime waits here for ever";
    Fault::new(507_899, "EE1019", cause, "Let another thread wait for the stream.")
}
