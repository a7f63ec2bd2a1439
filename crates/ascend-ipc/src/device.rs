//! Devices: what streams, events and memory live on.

use std::fmt;
use std::sync::Arc;

use crate::error::Result;
use crate::ffi::device::RawDevice;
use crate::memory::{DeviceBuffer, HostBuffer};
use crate::stream::Stream;

/// A device that this process has set; clones are the same device.
///
/// It is reset when the last clone, stream, event and buffer of it is gone.
#[derive(Clone)]
pub struct Device {
    pub(crate) raw: Arc<RawDevice>,
}

impl Device {
    pub(crate) fn new(raw: RawDevice) -> Self {
        Self { raw: Arc::new(raw) }
    }

    /// The id under which this process knows the device.
    #[must_use]
    pub fn id(&self) -> i32 {
        self.raw.id()
    }

    /// `aclrtCreateStream(out)`—Creates a stream.
    ///
    /// # Errors
    /// [`ResourceExhausted`](crate::ErrorKind::ResourceExhausted) when the device has no stream left.
    #[doc(alias = "aclrtCreateStream")]
    pub fn create_stream(&self) -> Result<Stream> {
        Stream::create(&self.raw)
    }

    /// `aclrtMalloc(out, size, policy)`—Allocates device memory, whose content is arbitrary.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) for 0 bytes, [`ResourceExhausted`](crate::ErrorKind::ResourceExhausted) when
    /// there is not enough left.
    #[doc(alias = "aclrtMalloc")]
    pub fn allocate(&self, bytes: usize) -> Result<DeviceBuffer> {
        DeviceBuffer::allocate(self, bytes)
    }

    /// `aclrtMallocHost(out, size)`—Allocates pinned memory of the host, zeroed; copies to and from it are asynchronous.
    ///
    /// # Errors
    /// As [`allocate`](Self::allocate).
    #[doc(alias = "aclrtMallocHost")]
    pub fn allocate_host(&self, bytes: usize) -> Result<HostBuffer> {
        HostBuffer::allocate(self, bytes)
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Device").field(&self.id()).finish()
    }
}
