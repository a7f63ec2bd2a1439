//! Creates, in process A, an event that can be shared.

use super::{Created, IpcEvent};
use crate::device::Device;
use crate::error::Result;
use crate::ffi::event::RawEvent;
use crate::span::span;
use crate::ticket::EventId;

impl IpcEvent<Created> {
    /// `aclrtCreateEventExWithFlag(out, ACL_EVENT_IPC)`—Creates an event on a device.
    ///
    /// It costs at least 8 KiB of device memory and 64 KiB of host memory, whatever it is used for.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) when this SoC, driver or page size has no IPC events;
    /// [`MissingSymbol`](crate::ErrorKind::MissingSymbol) when the runtime is too old;
    /// [`ResourceExhausted`](crate::ErrorKind::ResourceExhausted) when there is no room for another.
    ///
    /// ```
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// let event = ascend_ipc::IpcEvent::create(&device)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclrtCreateEventExWithFlag")]
    pub fn create(device: &Device) -> Result<Self> {
        let id = EventId::random()?;
        span!("create", event = %id, device = device.id());
        Ok(Self { raw: RawEvent::create(&device.raw)?, id, state: Created(()) })
    }
}
