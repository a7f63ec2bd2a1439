//! Ends, in process A, an event explicitly and in order; dropping it ends it at once.

use super::{IpcEvent, Shared};
use crate::deadline::Deadline;
use crate::error::Refused;
use crate::poller;

impl IpcEvent<Shared> {
    /// `aclrtDestroyEvent(event)`—Destroys the event in this process, after its latest record is executed.
    ///
    /// Processes that have opened it keep it; processes that have not cannot open it any more.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) when the record is not executed before the deadline; the event comes back.
    #[doc(alias = "aclrtDestroyEvent")]
    pub fn close(self, deadline: impl Into<Deadline>) -> Result<(), Refused<Self>> {
        match poller::wait(&self.raw, None, deadline.into()) {
            Ok(()) => Ok(()), // dropping destroys it, which cannot fail for a valid handle
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}
