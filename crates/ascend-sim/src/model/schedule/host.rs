//! Threads of the program: whether one may be about to queue more, before the next task is chosen.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A thread that sleeps outside of all calls must have done so this long.
const SILENCE: Duration = Duration::from_millis(2);
/// A sleep counts when it has lasted so long: who merely waited for a lock has got it by then.
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
    /// The sleep in which it was seen, and when.
    asleep: Option<(Sleep, Instant)>,
    /// The stream for whose tasks it waits, and how many must have ended.
    awaits: Option<(u64, u64)>,
}

/// One sleep of a thread: how often it had been switched away from before.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sleep(u64);

impl Hosts {
    fn entry(&mut self, thread: i32, now: Instant) -> &mut Host {
        let new = Host { depth: 0, blocking: 0, latest: now, polls: (0, 0), asleep: None, awaits: None };
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
        host.awaits = None;
    }

    /// A thread that waits goes on when so many tasks of a stream have ended.
    pub(super) fn awaits(&mut self, thread: i32, stream: u64, tasks: u64) {
        self.entry(thread, Instant::now()).awaits = Some((stream, tasks));
    }

    /// Tasks of a stream were discarded: who waits for it may go on for another reason.
    pub(super) fn discarded(&mut self, stream: u64) {
        for host in self.0.values_mut().filter(|host| host.awaits.is_some_and(|(awaited, _)| awaited == stream)) {
            host.awaits = None;
        }
    }

    /// Whether every thread waits for something, since the latest `change` and for a while. `ended` says how many tasks of a
    /// stream have ended.
    pub(super) fn are_quiet(&mut self, change: u64, now: Instant, ended: impl Fn(u64) -> u64) -> bool {
        let is_waiting = |host: &Host| host.awaits.is_some_and(|(stream, tasks)| ended(stream) < tasks);
        // What costs nothing to know comes first: threads are looked at in /proc.
        if self.0.values().any(|host| host.is_inside() && !host.polls_since(change)) {
            return false;
        }
        let mut quiet = true;
        self.0.retain(|thread, host| {
            if host.polls_since(change) || is_waiting(host) {
                return true;
            }
            let Some(seen) = look(*thread) else { return false }; // threads end
            quiet &= host.is_quiet(seen, now); // each is looked at
            true
        });
        quiet
    }
}

impl Host {
    /// Whether it is inside a call that waits for nothing.
    const fn is_inside(&self) -> bool {
        self.depth > 0 && self.blocking == 0
    }

    const fn polls_since(&self, change: u64) -> bool {
        self.polls.0 == change && self.polls.1 >= POLLS
    }

    fn is_quiet(&mut self, seen: Option<Sleep>, now: Instant) -> bool {
        let waits = if self.depth > 0 { self.blocking > 0 } else { now.duration_since(self.latest) >= SILENCE };
        let Some(sleep) = seen.filter(|_| waits) else {
            self.asleep = None;
            return false;
        };
        match self.asleep {
            // Whatever has happened since: whoever is woken is awake at once, and sleeps another sleep afterwards.
            Some((known, at)) if known == sleep => now.duration_since(at) >= TWICE,
            _ => {
                self.asleep = Some((sleep, now));
                false
            }
        }
    }
}

/// Whether a thread of this process sleeps. One that was preempted does not: this is what makes a busy machine harmless.
pub(super) fn is_asleep(thread: i32) -> bool {
    look(thread).flatten().is_some()
}

/// The sleep in which a thread is, if it is asleep; nothing at all if it has ended.
fn look(thread: i32) -> Option<Option<Sleep>> {
    let text = std::fs::read_to_string(format!("/proc/self/task/{thread}/status")).ok()?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let switches = ["voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"].map(field);
    let switches = switches.into_iter().flatten().filter_map(|count| count.parse::<u64>().ok()).sum();
    Some(field("State:")?.starts_with('S').then_some(Sleep(switches)))
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
        while look(thread).is_some() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_thread_inside_a_call_is_not_quiet_and_one_that_polls_is() {
        let mut hosts = Hosts::default();
        let later = Instant::now() + Duration::from_secs(1);
        assert!(hosts.are_quiet(1, later, |_| 0));
        hosts.call_began(this_thread(), false, 1);
        assert!(!hosts.are_quiet(1, later, |_| 0));
        hosts.call_ended(this_thread());
        for _ in 0..POLLS {
            assert!(!hosts.are_quiet(1, later, |_| 0), "it runs");
            hosts.call_began(this_thread(), true, 1);
            hosts.call_ended(this_thread());
        }
        assert!(hosts.are_quiet(1, later, |_| 0));
        assert!(!hosts.are_quiet(2, later, |_| 0), "it has not asked since the change");
    }

    #[test]
    fn who_waits_for_tasks_of_a_stream_is_quiet_until_they_have_ended() {
        let mut hosts = Hosts::default();
        let (now, this) = (Instant::now(), this_thread());
        hosts.call_began(this, false, 1);
        hosts.blocks(this, true);
        assert!(!hosts.are_quiet(1, now, |_| 0), "it runs");
        hosts.awaits(this, 7, 3);
        assert!(hosts.are_quiet(1, now, |_| 2));
        assert!(!hosts.are_quiet(1, now, |_| 3));
        hosts.discarded(7);
        assert!(!hosts.are_quiet(1, now, |_| 2));
    }
}
