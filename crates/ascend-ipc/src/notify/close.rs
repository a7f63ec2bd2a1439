//! Ends, in process B, a notify explicitly and in order; dropping it ends it at once.

use super::{Notify, Shared};
use crate::deadline::Deadline;
use crate::error::Refused;

impl Notify<Shared> {
    /// `aclrtDestroyNotify(notify)`—Destroys the notify in this process, after all leases are back.
    ///
    /// It waits for other processes, not for streams: synchronise those that wait for the notify first. Who opened a ticket
    /// that came without a lease keeps the notify; who has not opened it yet cannot any more.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) when a lease is not back before the deadline; the notify comes back, and the
    /// text says who holds it. A holder that dies returns its lease by that.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Notify, Stream, notify::Shared};
    /// # fn close(notify: Notify<Shared>, stream: &Stream) -> Result<(), Box<dyn std::error::Error>> {
    /// stream.synchronize(Duration::from_secs(5))?; // it may wait for the notify
    /// notify.close(Duration::from_secs(5))?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtDestroyNotify")]
    pub fn close(mut self, deadline: impl Into<Deadline>) -> Result<(), Refused<Self>> {
        match self.state.loan.close(deadline.into()) {
            Ok(()) => Ok(()), // dropping destroys it, which cannot fail for a valid handle
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}
