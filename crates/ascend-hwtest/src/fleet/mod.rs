//! Jobs on other machines: one trait for ssh, Slurm and Kubernetes, and the verbs run, status, logs and cancel.
//!
//! A connection that is lost is no failure of a test. The job goes on where it is; whoever waits for it connects again, and
//! after five minutes without an answer gives up with exit code 102 and the command that takes up the thread later.

pub mod book;
pub mod job;
pub mod options;
mod verbs;
mod watch;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use verbs::{Maker, Progress, Row, Target, cancel, clean, engine, limit, logs, run, status};
pub use watch::{Patience, watch};

use crate::remote::Result;
use job::Job;

/// A way to run jobs elsewhere.
pub trait Engine: Send + Sync {
    /// What it is and where, for people.
    fn describe(&self) -> String;

    /// Brings the bundle there if it is not there yet, and starts the job or queues it; `sha256` is the bundle's.
    ///
    /// # Errors
    /// It cannot be reached, or refuses.
    fn submit(&self, job: &Job, sha256: &str) -> Result<Ticket>;

    /// How the job is doing. What has become due is done on the way: a pod that has come up is given its work.
    ///
    /// # Errors
    /// It cannot be reached.
    fn look(&self, job: &Job, ticket: &Ticket) -> Result<State>;

    /// Appends to `mirror` what `events.jsonl` has beyond it, and hands it over; ends when the job or the connection does, and
    /// after a while in any case.
    ///
    /// # Errors
    /// The mirror cannot be written.
    fn follow(&self, job: &Job, ticket: &Ticket, mirror: &Path, take: &mut dyn FnMut(&[u8])) -> Result<()>;

    /// Ends the job.
    ///
    /// # Errors
    /// It cannot be reached, or refuses.
    fn cancel(&self, job: &Job, ticket: &Ticket) -> Result<()>;

    /// Brings the run's folder here.
    ///
    /// # Errors
    /// It cannot be reached, or a file cannot be written.
    fn fetch(&self, job: &Job, ticket: &Ticket, into: &Path) -> Result<()>;

    /// Removes everything of ours there; says how much it was.
    ///
    /// # Errors
    /// It cannot be reached, or a run goes on.
    fn clean(&self) -> Result<String>;
}

/// By what a job is found again: no secret, and enough after a restart of this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// `ssh`, `slurm` or `k8s`.
    pub engine: String,
    /// Name of the profile.
    pub profile: String,
    /// What the engine calls the job.
    pub id: String,
    /// Of the bundle.
    pub sha256: String,
}

/// How a job is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It waits for a machine; why, if that is known.
    Queued(String),
    /// It runs.
    Running,
    /// It ended by itself, with this exit code of `hwrun`.
    Ended(u8),
    /// Somebody ended it.
    Cancelled,
    /// The environment failed: node lost, job preempted, pod evicted, time of the queue over.
    Infra(String),
}

impl State {
    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Queued(_) | Self::Running)
    }

    /// The exit code that it stands for; a job that goes on counts as the environment's fault, for whoever cannot wait.
    #[must_use]
    pub const fn exit(&self) -> u8 {
        use crate::exit::Exit;
        match self {
            Self::Ended(code) => *code,
            Self::Cancelled => Exit::Interrupted.code(),
            Self::Queued(_) | Self::Running | Self::Infra(_) => Exit::Infra.code(),
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Queued(why) if why.is_empty() => f.write_str("queued"),
            Self::Queued(why) => write!(f, "queued ({why})"),
            Self::Running => f.write_str("running"),
            Self::Ended(code) => write!(f, "ended with exit code {code}"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Infra(why) => write!(f, "infra: {why}"),
        }
    }
}
