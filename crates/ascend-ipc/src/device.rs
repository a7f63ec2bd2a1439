//! Devices: what streams, events and memory live on.

use std::fmt;
use std::sync::Arc;

use crate::error::Result;
use crate::ffi;
use crate::ffi::device::RawDevice;
use crate::memory::{DeviceBuffer, Element, HostBuffer};
use crate::stream::Stream;

/// A device that this process has set; clones are the same device.
///
/// It is reset when the last clone, stream, event and buffer of it is gone.
///
/// ```
/// # let acl = ascend_ipc::Runtime::simulated()?;
/// let device = acl.device(0)?;
/// let same = device.clone();
/// assert_eq!(same.id(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

    /// `aclrtGetPhyDevIdByLogicDevId(id, out)`—The id under which every process of the machine knows the device.
    ///
    /// Where the runtime does not tell, it is the same as [`id`](Self::id).
    #[must_use]
    pub fn physical_id(&self) -> i32 {
        self.raw.physical()
    }

    /// `aclrtDeviceGetPCIBusId(id, out, len)`—Where the device sits, if the runtime tells.
    #[must_use]
    #[doc(alias = "aclrtDeviceGetPCIBusId")]
    pub fn bus_id(&self) -> Option<String> {
        ffi::probe::bus_id(&self.raw)
    }

    /// `aclrtGetMemInfo(attr, free, total)`—Free and all bytes of the device's memory.
    ///
    /// # Errors
    /// Whatever the call answers.
    #[doc(alias = "aclrtGetMemInfo")]
    pub fn memory_left(&self) -> Result<(u64, u64)> {
        ffi::probe::memory_left(&self.raw)
    }

    /// `aclrtCreateStream(out)`—Creates a stream.
    ///
    /// # Errors
    /// [`ResourceExhausted`](crate::ErrorKind::ResourceExhausted) when the device has no stream left.
    ///
    /// ```
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// let stream = device.create_stream()?;
    /// assert!(stream.is_complete()?); // nothing is submitted yet
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclrtCreateStream")]
    pub fn create_stream(&self) -> Result<Stream> {
        Stream::create(&self.raw)
    }

    /// `aclrtMalloc(out, size, policy)`—Allocates device memory for so many elements; their content is arbitrary.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) for 0 bytes, [`ResourceExhausted`](crate::ErrorKind::ResourceExhausted) when
    /// there is not enough left.
    ///
    /// ```no_run
    /// # fn allocate(device: &ascend_ipc::Device) -> ascend_ipc::Result<()> {
    /// let mut weights = device.allocate::<f32>(1024)?;
    /// weights.write(0, &[0.5; 1024])?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtMalloc")]
    pub fn allocate<T: Element>(&self, len: usize) -> Result<DeviceBuffer<T>> {
        DeviceBuffer::allocate(self, len)
    }

    /// `aclrtMallocPhysical(out, size, prop, 0)`, `aclrtMapMem`—Allocates physical memory for so many elements, and maps it.
    ///
    /// It is used, shared and opened as other memory is, in ways of its own below: a number instead of a key, and huge
    /// pages, so that it takes a multiple of 2 MiB or what else the driver recommends.
    ///
    /// # Errors
    /// As [`allocate`](Self::allocate); [`MissingSymbol`](crate::ErrorKind::MissingSymbol) on older runtimes,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where the driver has no such memory.
    ///
    /// ```no_run
    /// # fn allocate(device: &ascend_ipc::Device, peer: ascend_ipc::BarePid) -> ascend_ipc::Result<()> {
    /// use ascend_ipc::Access;
    ///
    /// let buffer = device.allocate_physical::<f32>(1 << 20)?;
    /// let (buffer, ticket) = buffer.share(Access::Processes(&[peer]))?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtMallocPhysical")]
    #[doc(alias = "aclrtReserveMemAddress")]
    #[doc(alias = "aclrtMapMem")]
    pub fn allocate_physical<T: Element>(&self, len: usize) -> Result<DeviceBuffer<T>> {
        DeviceBuffer::allocate_physical(self, len)
    }

    /// `aclrtMallocHost(out, size)`—Allocates pinned memory of the host, zeroed; copies to and from it are asynchronous.
    ///
    /// # Errors
    /// As [`allocate`](Self::allocate).
    ///
    /// ```no_run
    /// # fn allocate(device: &ascend_ipc::Device) -> ascend_ipc::Result<()> {
    /// let mut staging = device.allocate_host::<u8>(4096)?;
    /// staging.elements_mut()?.fill(7);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtMallocHost")]
    pub fn allocate_host<T: Element>(&self, len: usize) -> Result<HostBuffer<T>> {
        HostBuffer::allocate(self, len)
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Device").field(&self.id()).finish()
    }
}
