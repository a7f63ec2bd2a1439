//! Creates, in process B, a notify for which its streams will wait.

use super::{Created, Notify};
use crate::device::Device;
use crate::error::Result;
use crate::ffi::notify::RawNotify;
use crate::ticket::EventId;

impl Notify<Created> {
    /// `aclrtCreateNotify(out, 0)`—Creates a notify on the device whose streams will wait for it.
    ///
    /// A device has between 1024 and 65535 of them, depending on its kind; an Atlas A2 or A3 has 8192.
    ///
    /// # Errors
    /// [`ResourceExhausted`](crate::ErrorKind::ResourceExhausted) when the device has none left;
    /// [`MissingSymbol`](crate::ErrorKind::MissingSymbol) when the runtime is too old; whatever the call answers.
    ///
    /// ```
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// let notify = ascend_ipc::Notify::create(&device)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclrtCreateNotify")]
    pub fn create(device: &Device) -> Result<Self> {
        let id = EventId::random()?;
        Ok(Self { raw: RawNotify::create(&device.raw)?, id, state: Created(()) })
    }
}
