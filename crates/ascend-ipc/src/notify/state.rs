//! How far a notify has come in this process, and which verbs that allows.
//!
//! The traits exist for the sentence that the compiler says when a verb is used in the wrong state; nobody implements or
//! names them.

use crate::ffi::notify::RawNotify;
use crate::lease::Loan;

/// Created, and not shared yet: it can be [`share`](super::Notify::share)d, and streams may [`wait`](super::Notify::wait)
/// already.
#[derive(Debug)]
pub struct Created(pub(super) ());

/// Shared: streams of this process [`wait`](super::Notify::wait) for it.
pub struct Shared {
    /// The same notify as the outer one's, which must not be destroyed while others hold it.
    pub(super) loan: Loan<RawNotify>,
}

/// Opened from a ticket: this process [`record`](super::Notify::record)s it.
#[derive(Debug)]
pub struct Opened(pub(super) ());

mod sealed {
    pub trait State {}
    impl State for super::Created {}
    impl State for super::Shared {}
    impl State for super::Opened {}
}

/// States in which a notify can be shared.
#[diagnostic::on_unimplemented(
    message = "a notify that is `{Self}` cannot be shared",
    label = "only a `Created` notify is shared, and only once",
    note = "the runtime exports a notify once: send the ticket that `share` gave",
    note = "a notify that was opened from a ticket belongs to the process that created it"
)]
pub trait Shares: sealed::State {}
impl Shares for Created {}

/// States in which a notify is recorded.
#[diagnostic::on_unimplemented(
    message = "a notify that is `{Self}` cannot be recorded",
    label = "only an `Opened` notify is recorded, by the other process",
    note = "who creates a notify waits for it, the other way round than with an event: send the ticket to the process that \
            records",
    note = "for the way back, let the other process create a second notify"
)]
pub trait Records: sealed::State {}
impl Records for Opened {}

/// States in which streams wait for a notify.
#[diagnostic::on_unimplemented(
    message = "no stream can wait for a notify that is `{Self}`",
    label = "only who created a notify waits for it, on the device that created it",
    note = "who opens a notify records it, the other way round than with an event",
    note = "for the way back, create a second notify here and share it"
)]
pub trait Waits: sealed::State {}
impl Waits for Created {}
impl Waits for Shared {}
