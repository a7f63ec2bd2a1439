//! Remembers where segments were seen, so that opening many of one process does not list its descriptors each time.
//!
//! A sighting is a hint only: whoever uses it looks whether the descriptor still is what it was.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::segment::PREFIX;

/// Processes that are remembered; a program talks to fewer.
const PROCESSES: usize = 64;
/// New segments of a process usually get the numbers that follow the highest one.
const AHEAD: u32 = 8;

/// Descriptors of one process, by the name of what they are.
#[derive(Default)]
struct Process {
    seen: HashMap<String, u32>,
    highest: u32,
}

static SEEN: LazyLock<Mutex<HashMap<u32, Process>>> = LazyLock::new(Mutex::default);

/// Numbers under which a process may have a segment, likely ones first.
pub(super) fn guesses(process: u32, name: &str) -> Vec<u32> {
    let seen = lock();
    let Some(process) = seen.get(&process) else { return Vec::new() };
    let known = process.seen.get(name).copied();
    known.map_or_else(|| (process.highest + 1..=process.highest + AHEAD).collect(), |number| vec![number])
}

/// A process has this under that number.
pub(super) fn note(process: u32, name: &str, number: u32) {
    if !name.starts_with(PREFIX) {
        return;
    }
    let mut seen = lock();
    if seen.len() >= PROCESSES && !seen.contains_key(&process) {
        seen.clear();
    }
    let process = seen.entry(process).or_default();
    process.seen.insert(name.to_owned(), number);
    process.highest = process.highest.max(number);
}

/// Forgets a process: its descriptors are listed anew.
pub(super) fn forget(process: u32) {
    lock().remove(&process);
}

fn lock() -> MutexGuard<'static, HashMap<u32, Process>> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_name_is_guessed_at_once_and_an_unknown_one_behind_the_highest() {
        let process = u32::MAX; // no process of this machine
        assert!(guesses(process, "x").is_empty());
        note(process, &format!("{PREFIX}-event-1"), 7);
        note(process, &format!("{PREFIX}-event-2"), 5);
        note(process, "something else", 90);
        assert_eq!(guesses(process, &format!("{PREFIX}-event-2")), [5]);
        assert_eq!(guesses(process, "new"), (8..16).collect::<Vec<_>>());
        forget(process);
        assert!(guesses(process, "new").is_empty());
    }
}
