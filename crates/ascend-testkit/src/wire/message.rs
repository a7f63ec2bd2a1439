//! The messages themselves.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::backend::Backend;

/// From a scenario to a role.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ToRole {
    /// The first, queued before the process exists; brings the role's stdout and its diary along.
    Start(Start),
    /// A value under a name.
    Message { name: String, body: Vec<u8> },
    /// Everybody has reached the barrier.
    Open { barrier: String },
    /// Leave the kill point.
    Go,
    /// Leave the kill point, and exit with 0 and without a verdict.
    Vanish,
    /// A connected socket under a name; brings it along.
    Socket { name: String },
}

/// All that a role must know to begin.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    /// The path of its function.
    pub(crate) role: String,
    /// What it is called in this scenario.
    pub(crate) name: String,
    /// The function's arguments.
    pub(crate) args: Vec<u8>,
    /// Against which library it runs.
    pub(crate) backend: Backend,
    /// The point at which it stops, and at which pass.
    pub(crate) armed: Option<(String, u32)>,
    /// How many descriptors it may have.
    pub(crate) descriptors: Option<u64>,
    /// How long the scenario may still take.
    pub(crate) left: Duration,
}

/// From a role to its scenario.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum FromRole {
    /// Its function is about to be called.
    Entered,
    /// It is still preparing itself, or is done with it.
    StartingUp(bool),
    /// A value under a name.
    Message { name: String, body: Vec<u8> },
    /// It waits at a barrier.
    Barrier { name: String },
    /// It has stopped at the point where it was armed.
    AtPoint,
    /// It runs against this library.
    Loaded { origin: String },
    /// Its function has ended well.
    Passed,
    /// Its function has returned an error.
    Failed(String),
    /// Its function has panicked.
    Panicked(String),
}
