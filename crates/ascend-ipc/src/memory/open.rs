//! Opens, in process B, memory that process A shared.

use std::ffi::CString;
use std::marker::PhantomData;

use super::export::Name;
use super::{DeviceBuffer, Element, Opened, imported};
use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi;
use crate::ticket::{Kind, MemoryTicket, TicketError};

impl MemoryTicket {
    /// `aclrtIpcMemImportByKey(out, key, ENABLE_PEER_ACCESS)`, or `aclrtMemImportFromShareableHandle(number, device, out)`
    /// and `aclrtMapMem`—Opens the memory for use on this device.
    ///
    /// Opened again in one process, it is the same memory; it is closed with the last buffer and the last copy that uses
    /// it. If the ticket came through a [`Channel`](crate::Channel), the exporter is told, and keeps the memory until then,
    /// and until this ticket is dropped.
    ///
    /// Memory that [`allocate`](Device::allocate) gave on *another device* takes no part in copies from or to the host: copy
    /// it to a buffer of this device first.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) when it is open on another device of this process;
    /// [`Ticket`](ErrorKind::Ticket) and [`Stale`](ErrorKind::Stale) as for an event, and when the elements have another
    /// size than the exporter's; whatever the calls answer, which is 507899 when the exporter has not listed this process.
    ///
    /// ```no_run
    /// # fn open(channel: &ascend_ipc::Channel, device: &ascend_ipc::Device) -> ascend_ipc::Result<()> {
    /// # let patience = std::time::Duration::from_secs(5);
    /// let ticket: ascend_ipc::MemoryTicket = channel.receive(patience)?;
    /// let weights = ticket.open::<f32>(device)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtIpcMemImportByKey")]
    #[doc(alias = "aclrtMemImportFromShareableHandle")]
    pub fn open<T: Element>(&self, device: &Device) -> Result<DeviceBuffer<T, Opened>> {
        ffi::fork::refuse()?; // before any lock, which a thread of the parent may have held
        self.check(&device.raw)?;
        let (extent, ours) = (self.envelope.extent, size_of::<T>());
        if extent.element != ours as u64 {
            return Err(TicketError::Element { theirs: extent.element, ours }.into());
        }
        let odd = || Error::new(ErrorKind::Ticket, "the ticket's key or length is not usable here");
        let length = usize::try_from(extent.bytes).map_err(|_| odd())?;
        if length == 0 || ours == 0 || !length.is_multiple_of(ours) {
            return Err(odd());
        }
        let payload = &self.envelope.payload;
        let name = if self.envelope.opens(Kind::Physical) {
            Name::Number(u64::from_le_bytes(*payload.first_chunk().ok_or_else(odd)?))
        } else {
            Name::Key(CString::new(payload.clone()).map_err(|_| odd())?)
        };
        let is_far = self.envelope.device != device.raw.physical();
        let memory = imported::once(name, &device.raw, length, |name| match name {
            Name::Key(key) => ffi::ipc_memory::import(&device.raw, key, length, is_far),
            Name::Number(number) => ffi::physical::import(&device.raw, *number, length),
        })?;
        if let Some(lease) = self.lease.open() {
            memory.hold(lease); // by the memory, not by the buffer: copies may use it longer
        }
        Ok(DeviceBuffer { memory, state: Opened(()), elements: PhantomData })
    }
}
