//! Handles and addresses in and out, for programs that use AscendCL by themselves as well.
//!
//! # Safety
//! Taking one in is unsafe: the caller vouches for what it names. Giving one out is safe: using it is not.
#![allow(unsafe_code)]

use super::memory::RawMemory;
use super::stream::RawStream;
use crate::device::Device;
use crate::error::Result;
use crate::event::IpcEvent;
use crate::identity::Identity;
use crate::memory::DeviceBuffer;
use crate::stream::Stream;
use crate::ticket::{Envelope, EventId, Extent, Kind, Lease, Ticket};
use core::ffi::c_void;
use core::ptr::NonNull;

impl Stream {
    /// The `aclrtStream`, which stays this value's: it is destroyed after this is dropped.
    #[must_use]
    pub fn as_raw(&self) -> NonNull<c_void> {
        self.raw().raw
    }

    /// Takes over an `aclrtStream`, which is destroyed as if it had been created here.
    ///
    /// # Safety
    /// It is a stream of this device's primary context, and nobody else destroys it or uses it after this is dropped.
    #[must_use]
    pub unsafe fn from_raw_owned(device: &Device, stream: NonNull<c_void>) -> Self {
        Self::of_raw(RawStream::adopt(&device.raw, stream, false))
    }

    /// Uses an `aclrtStream` of somebody else, which is not destroyed here.
    ///
    /// Memory of copies that are still under way when this is dropped is given up, not freed.
    ///
    /// # Safety
    /// It is a stream of this device's primary context, and stays valid until this is dropped.
    #[must_use]
    pub unsafe fn from_raw_borrowed(device: &Device, stream: NonNull<c_void>) -> Self {
        Self::of_raw(RawStream::adopt(&device.raw, stream, true))
    }
}

impl<S> IpcEvent<S> {
    /// The `aclrtEvent`, which stays this value's: it is destroyed with it.
    ///
    /// Only its creator may record it, and only others wait for it: the types cannot see what is done with it here.
    #[must_use]
    pub fn as_raw(&self) -> *mut c_void {
        self.raw_event().handle()
    }
}

impl Ticket {
    /// A ticket around the 64 bytes that another program exported, for streams of this device.
    ///
    /// Nothing is known about who made them: a handle that names nothing is refused by the runtime only, and the maker's
    /// death is not noticed. No [`Recorded`](crate::Recorded) vouches for a record either: wait with
    /// [`wait_latest`](crate::IpcEvent::wait_latest), when you know otherwise that the record call has returned.
    ///
    /// # Safety
    /// The bytes name an event that `aclrtIpcGetEventHandle` exported, or nothing. A handle of something else that can be
    /// shared would be accepted, and its memory would be read and written as if it were an event's state.
    ///
    /// # Errors
    /// [`Io`](crate::ErrorKind::Io) when this process cannot be told apart from others (no `/proc`).
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let device = ascend_ipc::Runtime::load()?.device(0)?;
    /// # let stream = device.create_stream()?;
    /// # let from_torch = [0; 64];
    /// // SAFETY: PyTorch's `Event.ipc_handle()` gave the bytes.
    /// let event = unsafe { ascend_ipc::Ticket::from_raw(from_torch, &device) }?.open(&device)?;
    /// event.wait_latest(&stream)?;
    /// # Ok(())
    /// # }
    /// ```
    pub unsafe fn from_raw(bytes: [u8; 64], device: &Device) -> Result<Self> {
        let mut envelope =
            Envelope::new(Kind::Event, &device.raw, EventId::random()?, bytes.to_vec(), Extent::default())?;
        // Pid 0 in no namespace is nobody: whether it lives cannot be told, and it is not this process.
        envelope.creator = Identity { pid: 0, start: 0, namespace: 0, ..envelope.creator };
        Ok(Self { envelope, lease: Lease::None })
    }
}

impl<T, S> DeviceBuffer<T, S> {
    /// The address on the device, for calls of AscendCL; it is freed with this value.
    #[must_use]
    pub fn as_raw_ptr(&self) -> *mut c_void {
        self.raw_memory().address.as_ptr()
    }
}

impl DeviceBuffer {
    /// Uses device memory of somebody else, which is not freed here, and cannot be shared.
    ///
    /// # Safety
    /// So many bytes from the address on are memory of this device, and stay so until this is dropped and every stream has
    /// passed the copies that were submitted with it.
    #[must_use]
    pub unsafe fn from_raw_borrowed(device: &Device, address: NonNull<c_void>, bytes: usize) -> Self {
        Self::of_raw(RawMemory::borrowed(&device.raw, address, bytes))
    }
}
