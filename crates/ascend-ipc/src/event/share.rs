//! Shares, in process A, the event that it created.

use super::{IpcEvent, Shared, Shares};
use crate::error::Refused;
use crate::ffi::event::RawEvent;
use crate::lease::{Leases, Lent, Loan};
use crate::span::span;
use crate::ticket::Ticket;

impl<S> IpcEvent<S> {
    /// `aclrtIpcGetEventHandle(event, out)`—Exports the event, once; the ticket can go to any number of processes.
    ///
    /// A ticket lets whoever holds it open the event: it is a capability, to be sent only to processes that may have it.
    /// Sent through a [`Channel`](crate::Channel) it takes a lease along: the event then stays until that is back, also when
    /// it is dropped here. Otherwise keep the event until everybody has opened it.
    ///
    /// # Errors
    /// Whatever the call answers; the event comes back.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Channel, Device, IpcEvent};
    /// # fn share(device: &Device, peers: &[Channel]) -> Result<(), Box<dyn std::error::Error>> {
    /// let (event, ticket) = IpcEvent::create(device)?.share()?;
    /// for peer in peers {
    ///     peer.send(&ticket, Duration::from_secs(5))?; // with a lease for each
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtIpcGetEventHandle")]
    pub fn share(self) -> Result<(IpcEvent<Shared>, Ticket), Refused<Self>>
    where
        S: Shares,
    {
        span!("share", event = %self.id, device = self.device_id());
        let loan = Loan::new(self.raw.clone());
        let ticket =
            self.raw.export().and_then(|bytes| Ticket::of_event(self.raw.device(), self.id, bytes, loan.lender()));
        match ticket {
            Ok(ticket) => Ok((IpcEvent { raw: self.raw, id: self.id, state: Shared { loan } }, ticket)),
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}

impl Lent for RawEvent {
    /// The dead process may hold the event's lock: nobody here touches the event again.
    fn holder_died(&self) {
        self.poison();
    }
}

impl IpcEvent<Shared> {
    /// Who holds a ticket that was sent through a [`Channel`](crate::Channel), or has opened it.
    ///
    /// If somebody died who had it open, the event is poisoned: no call is made on it any more, since the vendor's runtime
    /// may wait for ever for a lock that the dead process holds.
    ///
    /// ```
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// let (event, ticket) = ascend_ipc::IpcEvent::create(&device)?.share()?;
    /// assert!(!event.leases().is_out()); // the ticket was not sent
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn leases(&self) -> Leases {
        self.state.loan.leases()
    }
}
