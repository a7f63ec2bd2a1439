//! Threads of the program: whether one may be about to queue more, before the next task is chosen.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A thread that sleeps outside of all calls must have done so this long.
const SILENCE: Duration = Duration::from_millis(2);
/// A thread is looked at twice: between two looks one that merely waited for a lock has got it.
const TWICE: Duration = Duration::from_micros(300);
/// So many questions in a row, and nothing else, are a loop that waits for the device.
const POLLS: u32 = 3;

/// What is known of the threads that have made calls, by thread id.
#[derive(Default)]
pub(super) struct Hosts(BTreeMap<i32, Host>);

struct Host {
    /// Calls under way, one inside the other.
    depth: u32,
    /// Those of them that wait for the device.
    blocking: u32,
    /// When the latest call began or ended.
    latest: Instant,
    /// Questions in a row since nothing has changed, and when that was.
    polls: (u64, u32),
    /// Since when, and since which change, it was seen asleep.
    asleep: Option<(u64, Instant)>,
}

impl Hosts {
    fn entry(&mut self, thread: i32, now: Instant) -> &mut Host {
        let new = Host { depth: 0, blocking: 0, latest: now, polls: (0, 0), asleep: None };
        self.0.entry(thread).or_insert(new)
    }

    pub(super) fn call_began(&mut self, thread: i32, asks: bool, change: u64) {
        let now = Instant::now();
        let host = self.entry(thread, now);
        host.depth += 1;
        host.latest = now;
        host.asleep = None;
        host.polls = match host.polls {
            _ if !asks => (change, 0),
            (since, polls) if since == change => (change, polls + 1),
            _ => (change, 1),
        };
    }

    pub(super) fn call_ended(&mut self, thread: i32) {
        let now = Instant::now();
        let host = self.entry(thread, now);
        host.depth = host.depth.saturating_sub(1);
        host.latest = now;
        host.asleep = None;
    }

    pub(super) fn blocks(&mut self, thread: i32, begins: bool) {
        let host = self.entry(thread, Instant::now());
        host.blocking = if begins { host.blocking + 1 } else { host.blocking.saturating_sub(1) };
        host.asleep = None;
    }

    /// Whether every thread waits for something, since the latest `change` and for a while.
    pub(super) fn are_quiet(&mut self, change: u64, now: Instant) -> bool {
        self.0.retain(|thread, _| state(*thread).is_some()); // threads end
        let mut quiet = true;
        for (thread, host) in &mut self.0 {
            quiet &= host.is_quiet(*thread, change, now); // each is looked at
        }
        quiet
    }
}

impl Host {
    fn is_quiet(&mut self, thread: i32, change: u64, now: Instant) -> bool {
        if self.polls.0 == change && self.polls.1 >= POLLS {
            return true;
        }
        let waits = if self.depth > 0 { self.blocking > 0 } else { now.duration_since(self.latest) >= SILENCE };
        if !waits || !is_asleep(thread) {
            self.asleep = None;
            return false;
        }
        match self.asleep {
            Some((since, at)) if since == change => now.duration_since(at) >= TWICE,
            _ => {
                self.asleep = Some((change, now));
                false
            }
        }
    }
}

/// Whether a thread of this process sleeps. One that was preempted does not: this is what makes a busy machine harmless.
pub(super) fn is_asleep(thread: i32) -> bool {
    state(thread) == Some(b'S')
}

/// The kernel's letter for what a thread does; `None` if it has ended.
fn state(thread: i32) -> Option<u8> {
    let text = std::fs::read(format!("/proc/self/task/{thread}/stat")).ok()?;
    let name_ends = text.iter().rposition(|byte| *byte == b')')?;
    text.get(name_ends + 2).copied()
}

/// This thread's id.
pub(super) fn this_thread() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_awake_while_it_looks_at_itself_and_asleep_while_it_waits() {
        assert!(!is_asleep(this_thread()));
        let (tell, told) = std::sync::mpsc::channel();
        let (wake, woken) = std::sync::mpsc::channel::<()>();
        let sleeper = std::thread::spawn(move || {
            tell.send(this_thread()).unwrap();
            woken.recv().unwrap();
        });
        let thread = told.recv().unwrap();
        while !is_asleep(thread) {
            std::thread::yield_now();
        }
        wake.send(()).unwrap();
        sleeper.join().unwrap();
        while state(thread).is_some() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_thread_inside_a_call_is_not_quiet_and_one_that_polls_is() {
        let mut hosts = Hosts::default();
        let later = Instant::now() + Duration::from_secs(1);
        assert!(hosts.are_quiet(1, later));
        hosts.call_began(this_thread(), false, 1);
        assert!(!hosts.are_quiet(1, later));
        hosts.call_ended(this_thread());
        for _ in 0..POLLS {
            assert!(!hosts.are_quiet(1, later), "it runs");
            hosts.call_began(this_thread(), true, 1);
            hosts.call_ended(this_thread());
        }
        assert!(hosts.are_quiet(1, later));
        assert!(!hosts.are_quiet(2, later), "it has not asked since the change");
    }
}
