//! Waits until devices and machine are as they were found, and says what is not.

use std::time::{Duration, Instant};

use crate::baseline::{State, differences};

/// How long memory may take to come back.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Looks until nothing differs from `before`, or [`PATIENCE`] is used up; the last look, and what differs in it.
pub fn settle(before: &State, look: &mut dyn FnMut() -> State) -> (State, Vec<String>) {
    let end = Instant::now() + PATIENCE;
    loop {
        let after = look();
        let differing = differences(before, &after);
        if differing.is_empty() || Instant::now() >= end {
            return (after, differing);
        }
        // sleep: nobody tells when a driver has given memory back
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_late_is_no_difference() {
        let late = State { shared_memory: ["ascend_x".to_owned()].into(), ..State::default() };
        let mut looks = vec![State::default(), late.clone(), late];
        let (_, differing) = settle(&State::default(), &mut || looks.pop().unwrap());
        assert!(differing.is_empty());
    }
}
