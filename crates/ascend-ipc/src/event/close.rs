//! Ends, in process A, an event explicitly and in order; dropping it ends it at once.

use super::{IpcEvent, Shared};
use crate::deadline::Deadline;
use crate::error::{ErrorKind, Refused};
use crate::poller;
use crate::span::span;

impl IpcEvent<Shared> {
    /// `aclrtDestroyEvent(event)`—Destroys the event in this process, after its latest record is executed and all leases
    /// are back.
    ///
    /// A ticket that was received counts as a holder, too, until it is dropped.
    ///
    /// Who opened a ticket that came without a lease keeps the event; who has not opened it yet cannot any more.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) when the record is not executed, or a lease is not back, before the deadline;
    /// the event comes back, and the text says who holds it. A holder that dies returns its lease by that; the event is
    /// then not destroyed but given up, see [`leases`](Self::leases).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{IpcEvent, event::Shared};
    /// # fn close(event: IpcEvent<Shared>) {
    /// if let Err(refused) = event.close(Duration::from_secs(5)) {
    ///     eprintln!("{}", refused.error); // who holds it
    ///     let event = refused.value; // still there, and still shared
    /// }
    /// # }
    /// ```
    #[doc(alias = "aclrtDestroyEvent")]
    pub fn close(mut self, deadline: impl Into<Deadline>) -> Result<(), Refused<Self>> {
        span!("close", event = %self.id);
        let deadline = deadline.into();
        let executed = match poller::wait(&self.raw, None, deadline) {
            Err(error) if error.kind() == ErrorKind::Poisoned => Ok(()), // there is nothing to wait for any more
            outcome => outcome,
        };
        match executed.and_then(|()| self.state.loan.close(deadline)) {
            Ok(()) => Ok(()), // dropping destroys it, which cannot fail for a valid handle
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}
