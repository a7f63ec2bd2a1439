//! One deadline for a scenario, in three budgets: start-up, body, teardown.

use std::fmt;
use std::time::{Duration, Instant};

/// What a scenario may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budgets {
    pub(crate) start_up: Duration,
    pub(crate) body: Duration,
    pub(crate) teardown: Duration,
}

impl Default for Budgets {
    fn default() -> Self {
        let [start_up, body, teardown] = [10, 30, 5].map(Duration::from_secs);
        Self { start_up, body, teardown }
    }
}

/// What time passes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Some role is still starting.
    StartUp,
    /// Every role runs.
    Body,
    /// The scenario has been decided.
    Teardown,
}

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::StartUp => "start-up",
            Self::Body => "body",
            Self::Teardown => "teardown",
        })
    }
}

/// Three budgets, of which one runs at a time.
#[derive(Debug)]
pub(crate) struct Clock {
    budgets: [Duration; 3],
    spent: [Duration; 3],
    phase: Phase,
    since: Instant,
}

impl Clock {
    pub(crate) fn new(budgets: Budgets) -> Self {
        let budgets = [budgets.start_up, budgets.body, budgets.teardown];
        Self { budgets, spent: [Duration::ZERO; 3], phase: Phase::Body, since: Instant::now() }
    }

    /// From now on time passes for `phase`; what was left of the other is kept.
    pub(crate) fn switch(&mut self, phase: Phase) {
        let now = Instant::now();
        self.spent[self.phase as usize] += now - self.since;
        (self.phase, self.since) = (phase, now);
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// When the running budget ends.
    pub(crate) fn deadline(&self) -> Instant {
        let running = self.phase as usize;
        self.since + self.budgets[running].saturating_sub(self.spent[running])
    }

    /// The budget of a phase.
    pub(crate) fn budget(&self, phase: Phase) -> Duration {
        self.budgets[phase as usize]
    }

    /// What a phase has taken.
    pub(crate) fn spent(&self, phase: Phase) -> Duration {
        let running = if phase == self.phase { self.since.elapsed() } else { Duration::ZERO };
        self.spent[phase as usize] + running
    }

    /// What start-up and body may still take together.
    pub(crate) fn left(&self) -> Duration {
        let left = |phase| self.budget(phase).saturating_sub(self.spent(phase));
        left(Phase::StartUp) + left(Phase::Body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGETS: Budgets =
        Budgets { start_up: Duration::from_secs(1), body: Duration::from_secs(2), teardown: Duration::from_secs(3) };

    #[test]
    fn each_phase_has_a_budget_of_its_own() {
        let mut clock = Clock::new(BUDGETS);
        let begin = Instant::now();
        for (phase, seconds) in [(Phase::Body, 2), (Phase::StartUp, 1), (Phase::Teardown, 3)] {
            clock.switch(phase);
            let left = clock.deadline() - begin;
            assert!(left <= Duration::from_millis(seconds * 1000 + 500), "{phase}: {left:?}");
            assert!(left > Duration::from_millis(seconds * 1000 - 500), "{phase}: {left:?}");
        }
    }

    #[test]
    fn what_was_spent_stays_spent() {
        let mut clock = Clock::new(BUDGETS);
        std::thread::sleep(Duration::from_millis(20)); // sleep: time itself is what is measured
        clock.switch(Phase::StartUp);
        let spent = clock.spent(Phase::Body);
        assert!(spent >= Duration::from_millis(20));
        clock.switch(Phase::Body);
        assert!(clock.deadline() <= Instant::now() + BUDGETS.body - spent);
        assert!(clock.left() <= BUDGETS.start_up + BUDGETS.body - spent);
    }
}
