//! The bare 64 bytes of an event's handle, for programs that know no tickets.

use super::Ticket;

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
}
