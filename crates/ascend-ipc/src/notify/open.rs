//! Opens, in process A, a notify that process B shared and waits for.

use ascend_sys::NotifyImportFlags;

use super::{Notify, Opened};
use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::notify::RawNotify;
use crate::ticket::NotifyTicket;

impl NotifyTicket {
    /// `aclrtNotifyImportByKey(out, key, flags)`—Opens the notify, to be recorded by streams of this device.
    ///
    /// The ticket is checked before the runtime sees its key. If the notify is of another device, the import also enables
    /// peer access to it. If the ticket came through a [`Channel`](crate::Channel), the creator is told, and keeps the notify
    /// until this ticket and whatever it opened are dropped, or this process dies.
    ///
    /// # Errors
    /// [`Ticket`](crate::ErrorKind::Ticket) when it is from another boot, runtime or SoC, or from this very process;
    /// [`Stale`](crate::ErrorKind::Stale) when its creator has exited or destroyed the notify; whatever the call answers,
    /// which is 507899 when the creator has not listed this process.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Channel, Device, NotifyTicket};
    /// # fn open(device: &Device, channel: &Channel) -> ascend_ipc::Result<()> {
    /// let ticket: NotifyTicket = channel.receive(Duration::from_secs(5))?;
    /// let stream = device.create_stream()?;
    /// ticket.open(device)?.record(&stream)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtNotifyImportByKey")]
    pub fn open(&self, device: &Device) -> Result<Notify<Opened>> {
        crate::ffi::fork::refuse()?;
        self.check(&device.raw)?;
        let odd = |_| Error::new(ErrorKind::Ticket, "the ticket's key is not usable here");
        let key = std::ffi::CString::new(self.envelope.payload.clone()).map_err(odd)?;
        let flags = if self.envelope.device == device.raw.physical() {
            NotifyImportFlags::empty()
        } else {
            NotifyImportFlags::ENABLE_PEER_ACCESS
        };
        let raw = RawNotify::import(&device.raw, &key, flags, self.lease.open())?;
        Ok(Notify { raw, id: self.envelope.id, state: Opened(()) })
    }
}
