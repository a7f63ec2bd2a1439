//! How far an event has come in this process, and which verbs that allows.
//!
//! The traits exist for the sentence that the compiler says when a verb is used in the wrong state; nobody implements or
//! names them.

use crate::ffi::event::RawEvent;
use crate::lease::Loan;
use crate::poller::Peer;

/// Created, and not shared yet: it can only be [`share`](super::IpcEvent::share)d.
#[derive(Debug)]
pub struct Created(pub(super) ());

/// Shared: this process [`record`](super::IpcEvent::record)s it.
pub struct Shared {
    /// The same event as the outer one's, which must not be destroyed while others hold it.
    pub(super) loan: Loan<RawEvent>,
}

/// Opened from a ticket: this process [`wait`](super::IpcEvent::wait)s for it.
pub struct Opened {
    /// Readable once the recording process has ended; `None` where that cannot be watched.
    pub(super) recorder: Option<Peer>,
}

mod sealed {
    pub trait State {}
    impl State for super::Created {}
    impl State for super::Shared {}
    impl State for super::Opened {}
}

/// States in which an event can be shared.
#[diagnostic::on_unimplemented(
    message = "an event that is `{Self}` cannot be shared",
    label = "only a `Created` event is shared, and only once",
    note = "a ticket can be opened by any number of processes: send the one that `share` gave",
    note = "an event that was opened from a ticket belongs to the process that created it"
)]
pub trait Shares: sealed::State {}
impl Shares for Created {}

/// States in which an event is recorded.
#[diagnostic::on_unimplemented(
    message = "an event that is `{Self}` cannot be recorded",
    label = "only a `Shared` event is recorded, by the process that created it",
    note = "share a `Created` event first",
    note = "with two recorders the runtime gives wrong answers: for the way back, create a second event"
)]
pub trait Records: sealed::State {}
impl Records for Shared {}

/// States in which streams wait for an event.
#[diagnostic::on_unimplemented(
    message = "no stream can wait for an event that is `{Self}`",
    label = "only an `Opened` event is waited for, in the other process",
    note = "send the ticket and the `Recorded` to the other process; it opens the ticket and waits",
    note = "within one process, order streams with ordinary events; `wait_host` waits for this process's own record"
)]
pub trait Waits: sealed::State {}
impl Waits for Opened {}
