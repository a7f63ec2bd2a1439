//! Allocates memory of a device, or pinned memory of the host.

use std::sync::Arc;

use super::{DeviceBuffer, HostBuffer};
use crate::device::Device;
use crate::error::{Error, Result};
use crate::ffi::in_flight::HostMemory;
use crate::ffi::memory::RawMemory;

fn some(bytes: usize) -> Result<usize> {
    if bytes == 0 { Err(Error::misuse("a buffer has at least one byte")) } else { Ok(bytes) }
}

impl DeviceBuffer {
    pub(crate) fn allocate(device: &Device, bytes: usize) -> Result<Self> {
        Ok(Self { memory: Arc::new(RawMemory::device(&device.raw, some(bytes)?)?), export: None })
    }
}

impl HostBuffer {
    pub(crate) fn allocate(device: &Device, bytes: usize) -> Result<Self> {
        Ok(Self { memory: HostMemory::allocate(&device.raw, some(bytes)?)? })
    }
}
