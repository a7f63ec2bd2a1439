//! Data buffers: where memory of the program is, and how much.

use std::sync::{Arc, Mutex, PoisonError};

use super::fault::{Answer, Fault};
use super::registry::Raw;
use super::runtime::runtime;

/// An address and a size in bytes; nothing is done with either.
pub(crate) struct DataBuffer(Mutex<(usize, usize)>);

impl DataBuffer {
    /// Describes memory.
    pub(crate) const fn new(address: usize, size: usize) -> Self {
        Self(Mutex::new((address, size)))
    }

    /// Describes other memory from now on.
    pub(crate) fn set(&self, address: usize, size: usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (address, size);
    }

    /// Address and size.
    pub(crate) fn get(&self) -> (usize, usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The buffer behind a handle.
pub(crate) fn find(raw: Raw) -> Answer<Arc<DataBuffer>> {
    runtime().data_buffers.get(raw).ok_or_else(unknown)
}

/// The handle names no buffer.
pub(crate) fn unknown() -> Fault {
    Fault::handle("data buffer")
}
