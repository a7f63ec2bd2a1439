//! A task that is delayed or dropped by a rule.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::rule::{Action, Injection};
use crate::model::profile::Hangs;
use crate::model::runtime::runtime;
use crate::model::task::{Halt, Interrupt, Task};

/// How often a task that is delayed or dropped looks whether it was aborted.
const LOOK: Duration = Duration::from_millis(5);

/// A task, and what a rule does to it.
pub(crate) struct Injected {
    task: Task,
    rule: Arc<Injection>,
    /// Whether the device has begun with the task itself.
    begun: bool,
}

impl Injected {
    pub(super) fn new(task: Task, rule: Arc<Injection>) -> Self {
        Self { task, rule, begun: false }
    }

    /// Executes the task later, or not at all.
    pub(crate) fn run(&mut self, interrupt: &Interrupt<'_>) -> Result<(), Halt> {
        match self.rule.rule().action {
            Action::Answer(_) => {}
            Action::Delay(by) => pause(Some(Instant::now() + by), interrupt)?,
            Action::Drop => {
                let rule: Arc<str> = self.rule.rule().to_string().into();
                if self.task.lose(&rule) {
                    return Ok(()); // a signal is lost, and the stream goes on
                }
                if runtime().profile.hangs == Hangs::Report {
                    return Err(Halt::Lost(rule));
                }
                pause(None, interrupt)?;
            }
        }
        self.begun = true;
        self.task.run(interrupt)
    }

    /// Whether the device has begun with the task itself.
    pub(crate) const fn has_begun(&self) -> bool {
        self.begun
    }

    /// The task itself.
    pub(crate) fn task(&self) -> &Task {
        &self.task
    }

    /// The host has noticed that the task ended.
    pub(crate) fn recycle(self) {
        if self.begun { self.task.recycle() } else { self.task.discard() }
    }

    /// The task will never run.
    pub(crate) fn discard(self) {
        self.task.discard();
    }
}

fn pause(until: Option<Instant>, interrupt: &Interrupt<'_>) -> Result<(), Halt> {
    loop {
        if interrupt.is_set() {
            return Err(Halt::Interrupted);
        }
        let left = until.map_or(LOOK, |until| until.saturating_duration_since(Instant::now()).min(LOOK));
        if left.is_zero() {
            return Ok(());
        }
        std::thread::park_timeout(left);
    }
}
