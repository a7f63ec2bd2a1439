//! Memory: of a device, pinned on the host, shared with other processes.
//!
//! A buffer consists of [`Element`]s, of bytes if nothing else is said; lengths and indices count elements. A copy in stream
//! order keeps both its ends allocated until the stream has passed it; pinned host memory in flight cannot be looked at.
//! Device memory is reached by copies only, so its content needs no rule of Rust's; order accesses with streams and events.
//!
//! Sharing follows the events: [`Allocated`] → [`share`](DeviceBuffer::share) → [`Shared`] → (send the
//! [`MemoryTicket`](crate::MemoryTicket)) → [`MemoryTicket::open`](crate::MemoryTicket::open) → [`Opened`]. Importers end
//! before the exporter: [`close`](DeviceBuffer::close) waits for them, and a [`Shared`] buffer that is dropped stays until
//! they are done. Which processes may open is a list of [`BarePid`](crate::BarePid)s, or [`Access::AnyProcess`](crate::Access) by name.
//!
//! There are two kinds of device memory, with the same verbs: that of [`allocate`](crate::Device::allocate), shared by key,
//! and physical memory of [`allocate_physical`](crate::Device::allocate_physical), shared by number.
//!
//! ```no_run
//! # use std::time::Duration;
//! # use ascend_ipc::{Access, BarePid, Channel, IpcEvent, MemoryTicket, Recorded, Runtime, Ticket};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let patience = Duration::from_secs(5);
//! # let acl = Runtime::load()?;
//! # let device = acl.device(0)?;
//! # let stream = device.create_stream()?;
//! # let channel = Channel::pair()?.0;
//! // process A: fills, and says so on the device
//! let peer: BarePid = channel.receive(patience)?;
//! let (mut weights, memory) = device.allocate::<f32>(1024)?.share(Access::Processes(&[peer]))?;
//! let (filled, event) = IpcEvent::create(&device)?.share()?;
//! let mut staging = device.allocate_host::<f32>(1024)?;
//! staging.elements_mut()?.fill(0.5);
//! stream.upload(staging.slice(..)?, weights.slice_mut(..)?)?;
//! channel.send(&(memory, event, filled.record(&stream)?), patience)?;
//!
//! // process B: reads what is filled
//! channel.send(&acl.bare_pid()?, patience)?;
//! let (memory, event, recorded): (MemoryTicket, Ticket, Recorded) = channel.receive(patience)?;
//! let (weights, filled) = (memory.open::<f32>(&device)?, event.open(&device)?);
//! let mut local = device.allocate::<f32>(weights.len())?;
//! filled.wait(&stream, &recorded)?;
//! stream.copy(weights.slice(..)?, local.slice_mut(..)?)?;
//! stream.synchronize(patience)?;
//! # Ok(())
//! # }
//! ```
//!
//! # References
//! `aclrtMalloc`, `aclrtIpcMemGetExportKey`, `aclrtIpcMemImportByKey`; `aclrtMallocPhysical`,
//! `aclrtMemExportToShareableHandle`, `aclrtMemImportFromShareableHandle`; in CUDA these are `cudaMalloc`,
//! `cudaIpcGetMemHandle`, `cudaIpcOpenMemHandle`; `cuMemCreate`, `cuMemExportToShareableHandle`,
//! `cuMemImportFromShareableHandle`.

mod allocate;
mod close;
mod copy;
mod element;
mod export;
mod imported;
mod open;
mod share;
mod slice;
mod state;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::ffi::in_flight::HostMemory;
use crate::ffi::memory::RawMemory;

pub use element::Element;
pub use slice::{DeviceSlice, DeviceSliceMut, HostSlice, HostSliceMut};
pub use state::{Allocated, Opened, Shared, Shares};

/// Memory of a device that consists of `T`s; `S` says how far sharing has come here.
///
/// ```
/// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
/// let mut buffer = device.allocate::<u32>(4)?;
/// buffer.write(0, &[1, 2, 3, 4])?;
/// let mut last = [0; 2];
/// buffer.read(2, &mut last)?;
/// assert_eq!(last, [3, 4]);
/// assert_eq!((buffer.len(), buffer.byte_len()), (4, 16));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DeviceBuffer<T = u8, S = Allocated> {
    memory: Arc<RawMemory>,
    state: S,
    elements: PhantomData<T>,
}

/// Pinned memory of the host that consists of `T`s.
///
/// ```
/// # use std::time::Duration;
/// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
/// # let stream = device.create_stream()?;
/// let mut host = device.allocate_host::<u32>(4)?;
/// host.elements_mut()?.copy_from_slice(&[1, 2, 3, 4]);
/// let mut buffer = device.allocate::<u32>(4)?;
/// stream.upload(host.slice(..)?, buffer.slice_mut(..)?)?;
/// stream.synchronize(Duration::from_secs(5))?; // then it can be looked at again
/// assert_eq!(host.elements()?, [1, 2, 3, 4]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HostBuffer<T = u8> {
    memory: HostMemory,
    elements: PhantomData<T>,
}

impl DeviceBuffer {
    pub(crate) fn of_raw(memory: RawMemory) -> Self {
        Self { memory: Arc::new(memory), state: Allocated(()), elements: PhantomData }
    }
}

impl<T, S> DeviceBuffer<T, S> {
    pub(crate) fn raw_memory(&self) -> &RawMemory {
        &self.memory
    }
}

impl<T: Element, S> DeviceBuffer<T, S> {
    /// How many elements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.memory.length() / size_of::<T>()
    }

    /// Whether it has no element, which no buffer has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its length in bytes.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.memory.length()
    }

    /// The id of the device on which it is used in this process.
    #[must_use]
    pub fn device_id(&self) -> i32 {
        self.memory.owner().id()
    }
}

impl<T: Element> HostBuffer<T> {
    /// How many elements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.memory.length() / size_of::<T>()
    }

    /// Whether it has no element, which no buffer has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its length in bytes.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.memory.length()
    }
}

impl<T: Element, S> fmt::Debug for DeviceBuffer<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = std::any::type_name::<S>().rsplit("::").next().unwrap_or_default();
        let (len, size) = (self.len(), size_of::<T>());
        write!(f, "DeviceBuffer<{state}>({len} elements of {size} bytes, device {})", self.device_id())
    }
}

impl<T: Element> fmt::Debug for HostBuffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostBuffer({} elements of {} bytes)", self.len(), size_of::<T>())
    }
}
