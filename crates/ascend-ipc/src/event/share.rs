//! Shares, in process A, the event that it created.

use super::{IpcEvent, Shared, Shares};
use crate::error::Refused;
use crate::ticket::Ticket;

impl<S> IpcEvent<S> {
    /// `aclrtIpcGetEventHandle(event, out)`—Exports the event, once; the ticket can go to any number of processes.
    ///
    /// A ticket lets whoever holds it open the event: it is a capability, to be sent only to processes that may have it.
    /// Keep the event until they have opened it.
    ///
    /// # Errors
    /// Whatever the call answers; the event comes back.
    #[doc(alias = "aclrtIpcGetEventHandle")]
    pub fn share(self) -> Result<(IpcEvent<Shared>, Ticket), Refused<Self>>
    where
        S: Shares,
    {
        match self.raw.export().and_then(|bytes| Ticket::of_event(self.raw.device(), self.id, bytes)) {
            Ok(ticket) => Ok((IpcEvent { raw: self.raw, id: self.id, state: Shared(()) }, ticket)),
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}
