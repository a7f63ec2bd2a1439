//! The thread: looks at every watch, spins, yields, sleeps, and is replaced if a look does not return.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec};

use super::watch::Watch;
use super::watchdog::{self, Alarm};
use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Result};

/// Looks with a pause in between, then with a yield, before the first sleep.
const PAUSES: u32 = 64;
const YIELDED: u32 = PAUSES + 16;
/// Sleeps double from the first to the longest.
const FIRST_SLEEP: Duration = Duration::from_micros(20);
const LONGEST_SLEEP: Duration = Duration::from_millis(1);
/// What the thread and its clients share.
pub(super) struct Poller {
    watches: Mutex<Vec<Arc<Watch>>>,
    /// Wakes the thread.
    bell: OwnedFd,
    /// The watch that is being looked at, and the look's number.
    looking: Mutex<Option<(Arc<Watch>, u64)>>,
    /// Another thread has taken over.
    retired: AtomicBool,
    /// Wakes the watchdog.
    pub(super) alarm: Alarm,
}

/// The thread of this process, once somebody has waited.
static CURRENT: Mutex<Option<Arc<Poller>>> = Mutex::new(None);

/// Hands a watch over.
pub(super) fn submit(watch: &Arc<Watch>) -> Result<()> {
    let mut current = lock(&CURRENT);
    let poller = match &*current {
        Some(poller) => Arc::clone(poller),
        None => Arc::clone(current.insert(Poller::start(Vec::new())?)),
    };
    lock(&poller.watches).push(Arc::clone(watch)); // before `current` is free: who retires the poller finds it
    drop(current);
    poller.ring();
    poller.alarm.expect(watch.deadline());
    Ok(())
}

/// A look that is under way, and may never return.
pub(super) struct Suspect(pub(super) Arc<Poller>, pub(super) u64);

/// The look that is under way now.
pub(super) fn suspect() -> Option<Suspect> {
    let poller = lock(&CURRENT).clone()?;
    let number = poller.look()?;
    Some(Suspect(poller, number))
}

/// If the look is still under way, lets another thread take over, and ends the watch that it was for.
pub(super) fn replace(suspect: &Suspect) {
    let mut current = lock(&CURRENT);
    if !current.as_ref().is_some_and(|poller| Arc::ptr_eq(poller, &suspect.0)) {
        return; // somebody else did
    }
    let mut looking = lock(&suspect.0.looking);
    let Some((stuck, _)) = looking.take_if(|(_, number)| *number == suspect.1) else { return };
    suspect.0.retired.store(true, Ordering::Release); // before its thread can leave the look
    drop(looking);
    stuck.poison();
    let others = std::mem::take(&mut *lock(&suspect.0.watches));
    let started = Poller::start(others.clone());
    let failure = started.as_ref().err().map(ToString::to_string);
    *current = started.ok();
    drop(current); // wakers are called below, and may wait for something else
    suspect.0.alarm.end();
    stuck.stuck();
    if let Some(failure) = failure {
        for other in others.iter().filter(|other| !Arc::ptr_eq(other, &stuck)) {
            other.end(Err(Error::new(ErrorKind::ResourceExhausted, failure.clone())));
        }
    }
}

/// Starts a thread of the poller.
pub(super) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    let none = |error| Error::new(ErrorKind::ResourceExhausted, format!("no thread to wait with: {error}"));
    spawned.map(drop).map_err(none)
}

impl Poller {
    fn start(watches: Vec<Arc<Watch>>) -> Result<Arc<Self>> {
        let bell = rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let poller = Arc::new(Self {
            watches: Mutex::new(watches),
            bell,
            looking: Mutex::new(None),
            retired: AtomicBool::new(false),
            alarm: Alarm::default(),
        });
        watchdog::start(&poller)?;
        let its = Arc::clone(&poller);
        spawn("ascend-ipc-poller", move || its.run()).inspect_err(|_| {
            poller.retired.store(true, Ordering::Release);
            poller.alarm.end();
        })?;
        Ok(poller)
    }

    pub(super) fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Acquire)
    }

    /// The number of the look that is under way.
    pub(super) fn look(&self) -> Option<u64> {
        lock(&self.looking).as_ref().map(|(_, number)| *number)
    }

    /// The first deadline of a watch that is not over.
    pub(super) fn earliest(&self) -> Option<Deadline> {
        lock(&self.watches).iter().filter(|watch| !watch.is_over()).map(|watch| watch.deadline()).min()
    }

    fn ring(&self) {
        let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes()); // full means that it rings already
    }

    fn run(&self) {
        let (mut looks, mut sleep, mut number) = (0_u32, FIRST_SLEEP, 0);
        while !self.is_retired() {
            let mut watches = lock(&self.watches);
            watches.retain(|watch| !watch.is_over());
            let now = watches.clone();
            drop(watches);
            for watch in &now {
                number += 1;
                *lock(&self.looking) = Some((Arc::clone(watch), number));
                let outcome = watch.look();
                *lock(&self.looking) = None;
                if self.is_retired() {
                    return; // this look took for ever, and somebody else does the work now
                }
                // A waker that is slow in this is no look that does not return.
                if let Some(outcome) = outcome {
                    watch.end(outcome);
                }
            }
            looks = looks.saturating_add(1);
            match looks {
                _ if now.is_empty() => {}
                ..PAUSES => {
                    core::hint::spin_loop();
                    continue;
                }
                PAUSES..YIELDED => {
                    std::thread::yield_now();
                    continue;
                }
                _ => {}
            }
            if self.nap(&now, sleep) {
                (looks, sleep) = (0, FIRST_SLEEP);
            } else {
                sleep = (sleep * 2).min(LONGEST_SLEEP);
            }
        }
    }

    /// Sleeps, or less if a peer ends or somebody rings; whether somebody rang. Without a watch it sleeps until then.
    fn nap(&self, watches: &[Arc<Watch>], longest: Duration) -> bool {
        let left = watches.iter().map(|watch| watch.deadline().left()).min().unwrap_or_default().min(longest);
        let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) };
        let mut watched = vec![PollFd::from_borrowed_fd(self.bell.as_fd(), PollFlags::IN)];
        let peers = watches.iter().filter_map(|watch| watch.peer());
        watched.extend(peers.map(|peer| PollFd::from_borrowed_fd(peer, PollFlags::IN)));
        let _ = rustix::event::poll(&mut watched, (!watches.is_empty()).then_some(&limit)); // a signal ends a nap
        let mut count = [0; 8];
        rustix::io::read(&self.bell, &mut count).is_ok()
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
