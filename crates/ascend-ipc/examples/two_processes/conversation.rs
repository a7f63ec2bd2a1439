//! What the processes say to each other.

use ascend_ipc::{BarePid, MemoryTicket, Recorded, Ticket};
use serde::{Deserialize, Serialize};

/// Consumer → producer: who wants to open the buffer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) consumer: BarePid,
}

/// Producer → consumer: the shared buffer, and the event that says when a half is filled.
#[derive(Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) buffer: MemoryTicket,
    pub(crate) filled: Ticket,
}

/// Consumer → producer: the event that says when a half is drained.
#[derive(Serialize, Deserialize)]
pub(crate) struct Accepted {
    pub(crate) drained: Ticket,
}

/// Producer → consumer: the next step.
#[derive(Serialize, Deserialize)]
pub(crate) enum Step {
    /// The record call for a filled half has returned.
    Filled { length: usize, recorded: Recorded },
    /// Nothing follows but `Closed`.
    End,
    /// Everything that the consumer shared is closed.
    Closed,
}

/// Consumer → producer: how far it is.
#[derive(Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The record call for a drained half has returned.
    Drained { recorded: Recorded },
    /// Everything that the producer shared is closed.
    Closed,
}

/// Role → driver.
#[derive(Serialize, Deserialize)]
pub(crate) enum Report {
    /// Which library answers.
    Backend(String),
    /// Bytes handed over so far.
    Progress(u64),
    /// The role has done its part.
    Done(Tally),
    /// The role cannot go on; if only because the other one is gone, that one knows why.
    Failed { why: String, other_is_gone: bool },
}

/// What a role counted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) chunks: u64,
    pub(crate) bytes: u64,
    pub(crate) records: u64,
    pub(crate) waits: u64,
    /// Seconds from the first chunk to the last.
    pub(crate) seconds: f64,
}
