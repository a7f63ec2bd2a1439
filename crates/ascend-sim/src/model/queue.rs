//! What a stream has to do, and how far it has come.

use std::collections::VecDeque;
use std::sync::Arc;

use super::fault::Fault;
use super::task::Task;

/// What was submitted, and what became of it.
#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) tasks: VecDeque<Task>,
    /// Tasks that were taken, and tasks of these that ended one way or another.
    pub(crate) submitted: u64,
    pub(crate) ended: u64,
    /// A task is being executed.
    pub(crate) busy: bool,
    /// Executed tasks that the host has not noticed yet (profile `on-synchronize`).
    pub(crate) unrecycled: Vec<Task>,
    /// The first failure that no synchronise has reported yet.
    pub(crate) failure: Option<Fault>,
    /// Set once a task can never end: later tasks are discarded.
    pub(crate) stuck: Option<Fault>,
    /// The rule that has dropped the task at which the stream is stuck, and how many tasks ended before it.
    pub(crate) lost: Option<(Arc<str>, u64)>,
    pub(crate) worker: bool,
    pub(crate) closed: bool,
}

impl Queue {
    pub(crate) fn is_idle(&self) -> bool {
        self.tasks.is_empty() && !self.busy
    }

    /// Takes out what has not been executed; the caller discards it outside the lock.
    pub(crate) fn discard(&mut self) -> VecDeque<Task> {
        self.ended += self.tasks.len() as u64;
        std::mem::take(&mut self.tasks)
    }
}
