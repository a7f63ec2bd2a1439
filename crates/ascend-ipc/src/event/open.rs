//! Opens, in process B, an event that process A shared.

use std::sync::Arc;

use super::{IpcEvent, Opened};
use crate::device::Device;
use crate::error::Result;
use crate::ffi::event::RawEvent;
use crate::span::span;
use crate::ticket::Ticket;

impl Ticket {
    /// `aclrtIpcOpenEventHandle(handle, out)`—Opens the event for streams of this device.
    ///
    /// The ticket is checked before the runtime sees its bytes. It can be opened more than once. If it came through a
    /// [`Channel`](crate::Channel), the exporter is told, and keeps the event until this ticket and whatever it opened are
    /// dropped, or this process dies.
    ///
    /// # Errors
    /// [`Ticket`](crate::ErrorKind::Ticket) when it is from another boot, runtime or SoC, or from this very process;
    /// [`Stale`](crate::ErrorKind::Stale) when its creator has exited or destroyed the event; whatever the call answers.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Channel, Device, Ticket};
    /// # fn open(device: &Device, channel: &Channel) -> ascend_ipc::Result<()> {
    /// let ticket: Ticket = channel.receive(Duration::from_secs(5))?;
    /// let event = ticket.open(device)?;
    /// drop(ticket); // counts as a holder, too
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtIpcOpenEventHandle")]
    pub fn open(&self, device: &Device) -> Result<IpcEvent<Opened>> {
        span!("open", event = %self.event_id(), device = device.id(), creator = self.envelope.creator.pid);
        let recorder = self.check(&device.raw)?.map(Arc::new).or_else(|| self.lease.watch());
        let raw = RawEvent::open(&device.raw, self.live_bytes(), self.lease.open())?;
        Ok(IpcEvent { raw, id: self.event_id(), state: Opened { recorder } })
    }
}
