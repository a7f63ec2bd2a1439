//! Sees to it that waits end at their deadlines when the poller's thread is held up, also if nobody blocks for them.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::thread::{Poller, Suspect, lock, replace};
use crate::deadline::Deadline;
use crate::error::Result;

/// A query that takes so many slices never returns.
const SLICES: u32 = 10;
const SLICE: Duration = Duration::from_millis(50);
/// A slice that takes longer does not count: the process was stopped, or got no processor.
const OVERSHOT: Duration = Duration::from_millis(100);
/// Slices at most, also on a machine where every one overshoots.
const MOST_SLICES: u32 = 100;

/// What the watchdog of a poller sleeps on.
#[derive(Default)]
pub(super) struct Alarm {
    /// When it looks next; `None` is not before it is called.
    planned: Mutex<Option<Instant>>,
    called: Condvar,
}

impl Alarm {
    /// A watch was added, after which it must look in time. Usually it would anyway, and is not woken.
    pub(super) fn expect(&self, deadline: Deadline) {
        let planned = lock(&self.planned);
        if planned.is_none_or(|planned| deadline.instant() < planned) {
            self.called.notify_one();
        }
    }

    /// The poller was retired: its watchdog ends.
    pub(super) fn end(&self) {
        let _planned = lock(&self.planned); // it is either asleep, or sees that the poller is retired
        self.called.notify_one();
    }
}

/// Starts the watchdog of a poller.
pub(super) fn start(poller: &Arc<Poller>) -> Result<()> {
    let its = Arc::clone(poller);
    super::thread::spawn("ascend-ipc-watchdog", move || run(&its))
}

fn run(poller: &Arc<Poller>) {
    while !poller.is_retired() {
        let mut planned = lock(&poller.alarm.planned);
        if poller.is_retired() {
            return;
        }
        *planned = poller.earliest().map(Deadline::instant);
        let left = planned.map(|at| at.saturating_duration_since(Instant::now()));
        match left {
            None => drop(poller.alarm.called.wait(planned).unwrap_or_else(PoisonError::into_inner)),
            Some(Duration::ZERO) => {
                drop(planned);
                suspect(poller);
            }
            Some(left) => {
                drop(poller.alarm.called.wait_timeout(planned, left).unwrap_or_else(PoisonError::into_inner));
            }
        }
    }
}

/// A watch is not over at its deadline: if one look holds the thread up for too long, another thread takes over.
fn suspect(poller: &Arc<Poller>) {
    let sleep = |slice| std::thread::sleep(slice); // sleep: a healthy thread needs a moment to end what is late
    let Some(number) = poller.look() else { return sleep(SLICE) };
    let went_on = |slice| {
        sleep(slice);
        (poller.look() != Some(number)).then_some(())
    };
    if in_time(went_on).is_none() {
        replace(&Suspect(Arc::clone(poller), number));
    }
}

/// Repeats what takes a slice of time until it answers, at most as long as no query takes.
pub(super) fn in_time<T>(mut slice: impl FnMut(Duration) -> Option<T>) -> Option<T> {
    let mut counted = 0;
    for _ in 0..MOST_SLICES {
        let start = Instant::now();
        if let Some(answer) = slice(SLICE) {
            return Some(answer);
        }
        counted += u32::from(start.elapsed() < OVERSHOT);
        if counted == SLICES {
            break;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_in_which_the_process_was_stopped_does_not_count() {
        let mut slices = 0;
        let answer: Option<()> = in_time(|_| {
            slices += 1;
            if slices <= 2 {
                std::thread::sleep(2 * OVERSHOT); // sleep: stands for a stop of the whole process
            }
            None
        });
        assert!(answer.is_none() && slices >= SLICES + 2, "{slices}");
    }
}
