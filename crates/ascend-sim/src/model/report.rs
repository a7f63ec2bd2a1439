//! Callbacks of streams, which threads of the program run that were subscribed for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::fault::{Answer, Fault};
use super::profile::Hangs;
use super::runtime::runtime;
use super::schedule::Blocking;
use super::stream::Stream;
use super::task::{Halt, Interrupt, SLICE};
use crate::entry::callback::HostFunction;

/// Who runs whose callbacks.
#[derive(Default)]
pub(crate) struct Reports(Mutex<Subscriptions>);

#[derive(Default)]
struct Subscriptions {
    /// Every thread that was ever subscribed, by its `pthread_self`.
    threads: BTreeMap<u64, Arc<Reporter>>,
    /// The one thread of each subscribed stream.
    streams: BTreeMap<u64, Arc<Reporter>>,
}

/// A thread that runs callbacks.
#[derive(Default)]
pub(crate) struct Reporter {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The device of the streams that it serves.
    device: u32,
    /// The streams that it serves.
    serves: BTreeSet<u64>,
    /// What it has not begun to run.
    pending: VecDeque<Pending>,
    /// The callbacks that a stream waits for, and that stream.
    awaited: BTreeMap<u64, u64>,
    /// Callbacks so far.
    delivered: u64,
    /// The thread has ended; nobody runs what is pending.
    gone: bool,
}

struct Pending {
    number: u64,
    function: HostFunction,
}

impl Reports {
    /// Makes a thread serve a stream.
    pub(crate) fn subscribe(&self, thread: u64, stream: &Stream) -> Answer {
        let mut subscriptions = self.lock();
        if subscriptions.streams.contains_key(&stream.serial()) {
            let hint = "Subscribe each stream once; unsubscribe it first.";
            return Err(Fault::new(107_011, "EE1018", "the stream is subscribed already", hint));
        }
        let reporter = Arc::clone(subscriptions.threads.entry(thread).or_default());
        let mut state = reporter.lock();
        if !state.serves.is_empty() && state.device != stream.device() {
            let hint = "Let a thread serve streams of one device only.";
            return Err(Fault::new(107_012, "EE1018", "the thread serves streams of another device", hint));
        }
        state.device = stream.device();
        state.serves.insert(stream.serial());
        state.gone = false;
        drop(state);
        subscriptions.streams.insert(stream.serial(), reporter);
        Ok(())
    }

    /// Ends a thread's service of a stream.
    pub(crate) fn unsubscribe(&self, thread: u64, stream: &Stream) -> Answer {
        let mut subscriptions = self.lock();
        let served = |reporter: &&Arc<Reporter>| !reporter.lock().serves.is_empty();
        let reporter = subscriptions
            .threads
            .get(&thread)
            .filter(served)
            .map(Arc::clone)
            .ok_or_else(Fault::thread_not_subscribed)?;
        if !reporter.lock().serves.remove(&stream.serial()) {
            let cause = "the stream is not subscribed for this thread";
            return Err(Fault::new(107_011, "EE1018", cause, "Unsubscribe what was subscribed, once."));
        }
        subscriptions.streams.remove(&stream.serial());
        reporter.changed.notify_all();
        Ok(())
    }

    /// A stream is gone, and its subscription with it.
    pub(crate) fn forget(&self, stream: u64) {
        let reporter = self.lock().streams.remove(&stream);
        if let Some(reporter) = reporter {
            reporter.lock().serves.remove(&stream);
            reporter.changed.notify_all();
        }
    }

    /// The thread that runs a stream's callbacks.
    pub(crate) fn of_stream(&self, stream: &Stream) -> Answer<Arc<Reporter>> {
        self.lock().streams.get(&stream.serial()).map(Arc::clone).ok_or_else(|| {
            let hint = "Call aclrtSubscribeReport for the stream first.";
            Fault::new(107_015, "EE1018", "no thread is subscribed for the stream's callbacks", hint)
        })
    }

    /// What a thread was subscribed as.
    pub(crate) fn of_thread(&self, thread: u64) -> Answer<Arc<Reporter>> {
        self.lock().threads.get(&thread).map(Arc::clone).ok_or_else(Fault::thread_not_subscribed)
    }

    /// Refuses a thread that waits for a stream, for ever, while the stream waits for that very thread.
    pub(crate) fn require_no_deadlock(&self, thread: u64, stream: u64) -> Answer {
        let Ok(reporter) = self.of_thread(thread) else { return Ok(()) };
        let waits = reporter.lock().awaited.values().any(|waiting| *waiting == stream);
        if !waits || runtime().profile.hangs == Hangs::Reproduce {
            return Ok(());
        }
        let cause = "the thread waits for a stream that waits for a callback which this very thread is to run; \
                     the real runtime waits here for ever";
        Err(Fault::new(507_899, "EE1019", cause, "Let one thread run callbacks, and another one wait."))
    }

    fn lock(&self) -> MutexGuard<'_, Subscriptions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reporter {
    /// Runs what is pending; waits for it if there is nothing.
    pub(crate) fn process(&self, deadline: Option<Instant>) -> Answer {
        let waiting = Blocking::begin();
        let mut state = self.lock();
        state.gone = false; // whoever ended before may have had the same `pthread_self`
        while state.pending.is_empty() {
            if state.serves.is_empty() {
                return Err(Fault::thread_not_subscribed());
            }
            state = match deadline {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(Fault::timeout(507_012, "next callback"));
                    }
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        drop(waiting);
        for _ in 0..state.pending.len() {
            let Some(next) = state.pending.pop_front() else { break };
            drop(state); // the function may call us
            next.function.call();
            state = self.lock();
            state.awaited.remove(&next.number);
            self.changed.notify_all();
        }
        Ok(())
    }

    /// A stream hands a callback over, and waits until it was run if it blocks.
    pub(crate) fn deliver(
        &self,
        stream: u64,
        function: HostFunction,
        blocks: bool,
        interrupt: &Interrupt<'_>,
    ) -> Result<(), Halt> {
        let mut state = self.lock();
        state.delivered += 1;
        let number = state.delivered;
        state.pending.push_back(Pending { number, function });
        self.changed.notify_all();
        if !blocks {
            return Ok(());
        }
        state.awaited.insert(number, stream);
        while state.awaited.contains_key(&number) {
            let unbegun = state.pending.iter().position(|pending| pending.number == number);
            let lost = (state.gone || !state.serves.contains(&stream)) && runtime().profile.hangs == Hangs::Report;
            let halt = match unbegun {
                _ if interrupt.is_set() => Some(Halt::Interrupted),
                Some(_) if lost => Some(Halt::Stuck(lost_thread())),
                _ => None,
            };
            if let Some(halt) = halt {
                state.awaited.remove(&number);
                unbegun.and_then(|index| state.pending.remove(index));
                return Err(halt);
            }
            state = self.changed.wait_timeout(state, SLICE).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    /// The thread has ended.
    pub(crate) fn thread_ended(&self) {
        self.lock().gone = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost_thread() -> Fault {
    let cause = "the thread that was to run a blocking callback has ended or was unsubscribed; \
                 the real runtime waits here for ever";
    Fault::new(507_899, "EE1019", cause, "Synchronise the stream before its thread is unsubscribed.")
}
