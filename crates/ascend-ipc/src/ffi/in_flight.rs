//! Copies under way, and pinned host memory that can be looked at only when no copy uses it.
//!
//! # Safety
//! The count of a [`HostMemory`] is raised before a copy of it is submitted, and lowered when the [`InFlight`] of that copy
//! is dropped, which its stream does once it has passed the copy (A8). While it is 0, nobody but Rust touches the bytes.
#![allow(unsafe_code)]

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ascend_sys::abi::aclrtMemcpyKind;

use super::device::RawDevice;
use super::memory::RawMemory;
use super::stream::RawStream;
use crate::error::{Error, Result};

/// Pinned memory of the host.
pub(crate) struct HostMemory {
    memory: Arc<RawMemory>,
    in_flight: Arc<AtomicUsize>,
}

/// What a submitted copy uses; kept until the stream has passed the copy.
pub(crate) struct InFlight {
    /// Freed with their last owner.
    _memory: (Arc<RawMemory>, Option<Arc<RawMemory>>),
    host: Option<Arc<AtomicUsize>>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(host) = &self.host {
            // Release pairs with the Acquire in `landed`: whoever sees no copy sees what the copies wrote.
            host.fetch_sub(1, Ordering::Release);
        }
    }
}

impl HostMemory {
    /// `aclrtMallocHost(out, size)`—Allocates pinned memory, zeroed.
    pub(crate) fn allocate(device: &Arc<RawDevice>, length: usize) -> Result<Self> {
        Ok(Self { memory: Arc::new(RawMemory::host(device, length)?), in_flight: Arc::default() })
    }

    /// Its length in bytes.
    pub(crate) fn length(&self) -> usize {
        self.memory.length()
    }

    /// The bytes, unless so many copies may still use them.
    pub(crate) fn bytes(&self) -> Result<&[u8], usize> {
        self.landed()?;
        // SAFETY: host memory of this length, initialised when it was allocated. No copy is under way, and none that
        // writes can be submitted while this borrow lives: `copy_to` takes `&mut self`.
        Ok(unsafe { core::slice::from_raw_parts(self.memory.address.as_ptr().cast(), self.memory.length()) })
    }

    /// The bytes, to be changed, unless so many copies may still use them.
    pub(crate) fn bytes_mut(&mut self) -> Result<&mut [u8], usize> {
        self.landed()?;
        // SAFETY: as in `bytes`; and exclusive: no copy at all can be submitted while this borrow lives.
        Ok(unsafe { core::slice::from_raw_parts_mut(self.memory.address.as_ptr().cast(), self.memory.length()) })
    }

    fn landed(&self) -> Result<(), usize> {
        match self.in_flight.load(Ordering::Acquire) {
            0 => Ok(()),
            copies => Err(copies),
        }
    }

    /// Submits a copy from here to `to`; the ranges were checked.
    pub(crate) fn copy_from_here(
        &self,
        to: &Arc<RawMemory>,
        range: Range<usize>,
        at: usize,
        kind: aclrtMemcpyKind,
        stream: &RawStream,
    ) -> Result<InFlight> {
        submit(to, range, &self.memory, at, kind, stream, Some(&self.in_flight))
    }

    /// Submits a copy from `from` to here; the ranges were checked.
    pub(crate) fn copy_to_here(
        &mut self,
        range: Range<usize>,
        from: &Arc<RawMemory>,
        at: usize,
        kind: aclrtMemcpyKind,
        stream: &RawStream,
    ) -> Result<InFlight> {
        submit(&self.memory, range, from, at, kind, stream, Some(&self.in_flight))
    }
}

/// Submits that a range is filled with zeroes; it was checked.
pub(crate) fn submit_zero(to: &Arc<RawMemory>, range: Range<usize>, stream: &RawStream) -> Result<InFlight> {
    if !to.owner().is_of_the_runtime_of(stream.device()) {
        return Err(Error::misuse("the stream and the buffer belong to different runtimes"));
    }
    let in_flight = InFlight { _memory: (Arc::clone(to), None), host: None };
    to.zero_async(range, stream)?; // if it is refused, nothing is under way
    Ok(in_flight)
}

/// Submits a copy; the ranges were checked.
pub(crate) fn submit(
    to: &Arc<RawMemory>,
    range: Range<usize>,
    from: &Arc<RawMemory>,
    at: usize,
    kind: aclrtMemcpyKind,
    stream: &RawStream,
    host: Option<&Arc<AtomicUsize>>,
) -> Result<InFlight> {
    let here = stream.device();
    if !to.owner().is_of_the_runtime_of(here) || !from.owner().is_of_the_runtime_of(here) {
        return Err(Error::misuse("the stream and the buffers belong to different runtimes"));
    }
    let host = host.map(|count| {
        count.fetch_add(1, Ordering::Relaxed);
        Arc::clone(count)
    });
    let in_flight = InFlight { _memory: (Arc::clone(to), Some(Arc::clone(from))), host };
    to.copy_async(range, from, at, kind, stream)?; // if it is refused, nothing is under way, and `in_flight` goes
    Ok(in_flight)
}
