//! Allocates memory of a device, or pinned memory of the host.

use std::marker::PhantomData;
use std::sync::Arc;

use super::{Allocated, DeviceBuffer, Element, HostBuffer};
use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::in_flight::HostMemory;
use crate::ffi::memory::RawMemory;
use crate::ffi::physical;

/// Bytes of so many elements.
fn bytes<T: Element>(len: usize) -> Result<usize> {
    let absurd = || Error::new(ErrorKind::ResourceExhausted, format!("no memory has {len} elements of this type"));
    match len.checked_mul(size_of::<T>()).ok_or_else(absurd)? {
        0 => Err(Error::misuse("a buffer has at least one byte")),
        bytes => Ok(bytes),
    }
}

impl<T: Element> DeviceBuffer<T> {
    pub(crate) fn allocate(device: &Device, len: usize) -> Result<Self> {
        Ok(Self::of(RawMemory::device(&device.raw, bytes::<T>(len)?)?))
    }

    pub(crate) fn allocate_physical(device: &Device, len: usize) -> Result<Self> {
        Ok(Self::of(physical::allocate(&device.raw, bytes::<T>(len)?)?))
    }

    fn of(memory: RawMemory) -> Self {
        Self { memory: Arc::new(memory), state: Allocated(()), elements: PhantomData }
    }
}

impl<T: Element> HostBuffer<T> {
    pub(crate) fn allocate(device: &Device, len: usize) -> Result<Self> {
        Ok(Self { memory: HostMemory::allocate(&device.raw, bytes::<T>(len)?)?, elements: PhantomData })
    }
}
