//! One wait for a record: what is looked at, until when, and who wants to know.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};

use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::event::RawEvent;

/// A descriptor that becomes readable when the peer has ended.
pub(crate) type Peer = Arc<OwnedFd>;

/// A wait that is under way.
pub(crate) struct Watch {
    peer: Option<Peer>,
    deadline: Deadline,
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    /// Let go before anybody hears of the end: what the waiter drops then is the last of the event, and its lease is back.
    event: Option<RawEvent>,
    outcome: Option<Result<()>>,
    /// It has ended, or nobody wants to know any more.
    over: bool,
    waker: Option<Waker>,
}

impl Watch {
    pub(super) fn new(event: RawEvent, peer: Option<Peer>, deadline: Deadline) -> Self {
        let state = State { event: Some(event), outcome: None, over: false, waker: None };
        Self { peer, deadline, state: Mutex::new(state), ended: Condvar::new() }
    }

    pub(super) fn peer(&self) -> Option<BorrowedFd<'_>> {
        self.peer.as_ref().map(|peer| peer.as_fd())
    }

    pub(super) const fn deadline(&self) -> Deadline {
        self.deadline
    }

    pub(super) fn is_over(&self) -> bool {
        self.lock().over
    }

    /// Looks; the wait ends with the answer, if there is one.
    pub(super) fn look(&self) -> Option<Result<()>> {
        // Asked before the look: the last deed of the peer may have been the record.
        let gone = self.peer().is_some_and(is_readable);
        let event = self.lock().event.clone()?;
        Some(match event.is_complete() {
            Ok(true) => Ok(()),
            Ok(false) if gone => {
                event.poison();
                let what = "the recording process died before its record was executed";
                Err(Error::new(ErrorKind::PeerDied, what))
            }
            Ok(false) if self.deadline.has_passed() => Err(late()),
            Ok(false) => return None,
            Err(error) => Err(error),
        })
    }

    /// Nobody may touch the event any more.
    pub(super) fn poison(&self) {
        if let Some(event) = &self.lock().event {
            event.poison();
        }
    }

    /// The query of this watch does not return.
    pub(super) fn stuck(&self) {
        self.poison();
        let what = "the runtime does not come back from aclrtQueryEventStatus: a process that was killed may hold the \
                    event's lock for ever; the event is not touched any more";
        self.end(Err(Error::new(ErrorKind::Poisoned, what)));
    }

    /// Ends the wait, and wakes who waits.
    pub(super) fn end(&self, outcome: Result<()>) {
        self.let_go();
        let mut state = self.lock();
        if state.over {
            return;
        }
        state.over = true;
        state.outcome = Some(outcome);
        let waker = state.waker.take();
        drop(state);
        self.ended.notify_all();
        if let Some(waker) = waker {
            // The waker is an executor's: what it does wrong is not to end the thread that looks for everybody.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
                std::mem::forget(panic); // dropping it could panic again
            }
        }
    }

    /// Lets the event go, outside the lock: it may be the last of it, and be destroyed.
    fn let_go(&self) {
        let event = self.lock().event.take();
        drop(event);
    }

    /// Blocks until it ends, at most so long.
    pub(super) fn block(&self, longest: Duration) -> Option<Result<()>> {
        let end = Instant::now().checked_add(longest);
        let mut state = self.lock();
        while !state.over {
            let left = end.map_or(longest, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return None;
            }
            state = self.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.outcome.take()
    }

    /// Nobody waits any more; the outcome, if it came meanwhile.
    pub(super) fn give_up(&self) -> Result<()> {
        self.let_go();
        let mut state = self.lock();
        state.over = true;
        state.outcome.take().unwrap_or_else(|| Err(late()))
    }

    /// The outcome, or a promise to wake.
    pub(crate) fn poll(&self, waker: &Waker) -> Poll<Result<()>> {
        let mut state = self.lock();
        if let Some(outcome) = state.outcome.take() {
            return Poll::Ready(outcome);
        }
        if state.over {
            return Poll::Ready(Err(Error::misuse("the wait was polled after it had ended")));
        }
        state.waker = Some(waker.clone());
        Poll::Pending
    }

    /// Nobody wants to know any more.
    pub(crate) fn cancel(&self) {
        self.let_go();
        let mut state = self.lock();
        state.over = true;
        state.waker = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn late() -> Error {
    Error::new(ErrorKind::Timeout, "the record was not executed before the deadline")
}

/// Whether something can be read, or the other end is gone.
fn is_readable(descriptor: BorrowedFd<'_>) -> bool {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    let mut watched = [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)];
    rustix::event::poll(&mut watched, Some(&now)).is_ok_and(|ready| ready > 0)
}
