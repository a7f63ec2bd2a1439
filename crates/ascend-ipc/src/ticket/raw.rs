//! The bare 64 bytes of an event's handle, for programs that know no tickets.

use super::envelope::{Envelope, Extent, Kind};
use super::{EventId, Lease, Ticket};
use crate::device::Device;
use crate::error::Result;
use crate::identity::Identity;

impl Ticket {
    /// The bytes of `aclrtIpcEventHandle`, as C programs and PyTorch's `Event.ipc_handle()` pass them on.
    ///
    /// The contract: 64 bytes, of which the runtime writes the first 8 and the rest is zero; they are passed on unchanged
    /// and as a whole. They name the event as long as its creator keeps it, say nothing about where they are from, and let
    /// whoever holds them open the event. They take no lease along: keep the event until the other side has opened it.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// let (event, ticket) = ascend_ipc::IpcEvent::create(&device)?.share()?;
    /// let bytes: [u8; 64] = ticket.to_raw();
    /// assert!(bytes[8..].iter().all(|byte| *byte == 0));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn to_raw(&self) -> [u8; 64] {
        *self.live_bytes()
    }

    /// A ticket around the 64 bytes that another program exported, for streams of this device.
    ///
    /// Nothing is known about who made them: a stale or foreign handle is refused by the runtime only, and the maker's death
    /// is not noticed. No [`Recorded`](crate::Recorded) vouches for a record either: wait with
    /// [`wait_latest`](crate::IpcEvent::wait_latest), when you know otherwise that the record call has returned.
    ///
    /// # Errors
    /// [`Io`](crate::ErrorKind::Io) when this process cannot be told apart from others (no `/proc`).
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let device = ascend_ipc::Runtime::load()?.device(0)?;
    /// # let stream = device.create_stream()?;
    /// # let from_torch = [0; 64];
    /// let event = ascend_ipc::Ticket::from_raw(from_torch, &device)?.open(&device)?;
    /// event.wait_latest(&stream)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_raw(bytes: [u8; 64], device: &Device) -> Result<Self> {
        let mut envelope =
            Envelope::new(Kind::Event, &device.raw, EventId::random()?, bytes.to_vec(), Extent::default())?;
        // Pid 0 in no namespace is nobody: whether it lives cannot be told, and it is not this process.
        envelope.creator = Identity { pid: 0, start: 0, namespace: 0, ..envelope.creator };
        Ok(Self { envelope, lease: Lease::None })
    }
}
