//! Opens, in process B, memory that process A shared.

use super::DeviceBuffer;
use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi;
use crate::ticket::MemoryTicket;

impl MemoryTicket {
    /// `aclrtIpcMemImportByKey(out, key, ENABLE_PEER_ACCESS)`—Opens the memory for use on this device.
    ///
    /// Opened again in one process, it is the same memory; it is closed with the last buffer.
    ///
    /// Memory of another device takes no part in copies from or to the host: copy it to a buffer of this device first.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) when it is open on another device of this process;
    /// [`Ticket`](ErrorKind::Ticket) and [`Stale`](ErrorKind::Stale) as for an event; whatever the call answers, which is
    /// 507899 when the exporter has not listed this process.
    #[doc(alias = "aclrtIpcMemImportByKey")]
    pub fn open(&self, device: &Device) -> Result<DeviceBuffer> {
        self.check(&device.raw)?;
        let odd = || Error::new(ErrorKind::Ticket, "the ticket's key or length is not usable here");
        let key = std::ffi::CString::new(self.envelope.payload.clone()).map_err(|_| odd())?;
        let length = usize::try_from(self.envelope.length).map_err(|_| odd())?;
        let memory = ffi::ipc_memory::import(&device.raw, &key, length)?;
        Ok(DeviceBuffer { memory, export: None })
    }
}
