//! Memory: of a device, pinned on the host, shared with other processes.
//!
//! A copy in stream order keeps both its ends allocated until the stream has passed it; pinned host memory in flight
//! cannot be looked at. Sharing follows the events: allocate → [`share`](DeviceBuffer::share) →
//! [`allow`](Export::allow) → [`MemoryTicket::open`](crate::MemoryTicket::open). Importers close before the exporter
//! does; sharing device memory needs an order of accesses, which is what IPC events are for.

mod allocate;
mod copy;
mod open;
mod share;

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::ffi::in_flight::HostMemory;
use crate::ffi::ipc_memory::RawExport;
use crate::ffi::memory::RawMemory;

pub use share::Export;

/// Memory of a device, counted in bytes: allocated here, or opened from another process.
pub struct DeviceBuffer {
    memory: Arc<RawMemory>,
    /// Keeps the memory until the key is closed, which is when no [`Export`] and no buffer is left.
    export: Option<Arc<RawExport>>,
}

/// Pinned memory of the host, counted in bytes.
pub struct HostBuffer {
    memory: HostMemory,
}

impl DeviceBuffer {
    pub(crate) fn of_raw(memory: RawMemory) -> Self {
        Self { memory: Arc::new(memory), export: None }
    }

    pub(crate) fn raw_memory(&self) -> &RawMemory {
        &self.memory
    }

    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.memory.length()
    }

    /// The id of the device on which it is used in this process.
    #[must_use]
    pub fn device_id(&self) -> i32 {
        self.memory.owner().id()
    }
}

impl HostBuffer {
    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.memory.length()
    }
}

impl fmt::Debug for DeviceBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = if self.memory.is_imported() { ", opened" } else { "" };
        write!(f, "DeviceBuffer({} bytes, device {}{origin})", self.length(), self.device_id())
    }
}

impl fmt::Debug for HostBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostBuffer({} bytes)", self.length())
    }
}

/// Refuses a range that does not lie within so many bytes.
fn within(at: usize, count: usize, length: usize, what: &'static str) -> Result<()> {
    match at.checked_add(count) {
        Some(end) if end <= length => Ok(()),
        _ => Err(Error::misuse(format!("{count} bytes from {at} run past the {length} bytes of the {what}"))),
    }
}
