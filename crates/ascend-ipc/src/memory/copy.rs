//! Copies between memory of the device and of the host, in stream order or at once.

use ascend_sys::abi::{ACL_MEMCPY_DEVICE_TO_DEVICE, ACL_MEMCPY_DEVICE_TO_HOST, ACL_MEMCPY_HOST_TO_DEVICE};
use zerocopy::{FromBytes, IntoBytes};

use super::slice::within;
use super::{DeviceBuffer, DeviceSlice, DeviceSliceMut, Element, HostBuffer, HostSlice, HostSliceMut};
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::memory::RawMemory;
use crate::ffi::{fork, in_flight};
use crate::stream::Stream;

impl Stream {
    /// `aclrtMemcpyAsync(.., DEVICE_TO_DEVICE, stream)`—Copies elements between buffers, in stream order.
    ///
    /// Both buffers may be dropped meanwhile: the stream keeps their memory until it has passed the copy.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) when the two are not of the same length; whatever the call answers.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, Result, Stream};
    /// # fn copy(stream: &Stream, from: &DeviceBuffer, to: &mut DeviceBuffer) -> Result<()> {
    /// stream.copy(from.slice(..16)?, to.slice_mut(16..32)?)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtMemcpyAsync")]
    pub fn copy<T: Element>(&self, from: DeviceSlice<'_, T>, to: DeviceSliceMut<'_, T>) -> Result<()> {
        if !alike(from.len(), to.len())? {
            return Ok(());
        }
        let kind = ACL_MEMCPY_DEVICE_TO_DEVICE;
        self.keep(in_flight::submit(to.memory, to.range, from.memory, from.range.start, kind, self.raw(), None)?);
        Ok(())
    }

    /// `aclrtMemcpyAsync(.., HOST_TO_DEVICE, stream)`—Copies elements from pinned memory, in stream order.
    ///
    /// The pinned memory cannot be looked at until the stream has passed the copy.
    ///
    /// # Errors
    /// As [`copy`](Self::copy); [`Misuse`](ErrorKind::Misuse) when the buffer was opened from another device.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, HostBuffer, Result, Stream};
    /// # fn upload(stream: &Stream, staging: &HostBuffer, buffer: &mut DeviceBuffer) -> Result<()> {
    /// stream.upload(staging.slice(..)?, buffer.slice_mut(..staging.len())?)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtMemcpyAsync")]
    pub fn upload<T: Element>(&self, from: HostSlice<'_, T>, to: DeviceSliceMut<'_, T>) -> Result<()> {
        near(to.memory)?;
        if !alike(from.len(), to.len())? {
            return Ok(());
        }
        let (at, kind) = (from.range.start, ACL_MEMCPY_HOST_TO_DEVICE);
        self.keep(from.memory.copy_from_here(to.memory, to.range, at, kind, self.raw())?);
        Ok(())
    }

    /// `aclrtMemcpyAsync(.., DEVICE_TO_HOST, stream)`—Copies elements to pinned memory, in stream order.
    ///
    /// The pinned memory cannot be looked at until the stream has passed the copy.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, HostBuffer, Result, Stream};
    /// # fn download(stream: &Stream, buffer: &DeviceBuffer<f32>, staging: &mut HostBuffer<f32>) -> Result<f32> {
    /// stream.download(buffer.slice(..1)?, staging.slice_mut(..1)?)?;
    /// stream.synchronize(std::time::Duration::from_secs(5))?;
    /// Ok(staging.elements()?[0])
    /// # }
    /// ```
    #[doc(alias = "aclrtMemcpyAsync")]
    pub fn download<T: Element>(&self, from: DeviceSlice<'_, T>, to: HostSliceMut<'_, T>) -> Result<()> {
        near(from.memory)?;
        if !alike(from.len(), to.len())? {
            return Ok(());
        }
        let (at, kind) = (from.range.start, ACL_MEMCPY_DEVICE_TO_HOST);
        self.keep(to.memory.copy_to_here(to.range, from.memory, at, kind, self.raw())?);
        Ok(())
    }

    /// `aclrtMemsetAsync(ptr, max, 0, count, stream)`—Fills elements with zero bytes, in stream order.
    ///
    /// # Errors
    /// [`MissingSymbol`](ErrorKind::MissingSymbol) on older runtimes; whatever the call answers.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, Result, Stream};
    /// # fn clear(stream: &Stream, buffer: &mut DeviceBuffer<f32>) -> Result<()> {
    /// stream.fill_zero(buffer.slice_mut(..)?)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtMemsetAsync")]
    pub fn fill_zero<T: Element>(&self, to: DeviceSliceMut<'_, T>) -> Result<()> {
        if to.is_empty() {
            return Ok(());
        }
        self.keep(in_flight::submit_zero(to.memory, to.range, self.raw())?);
        Ok(())
    }
}

/// Refuses ends of different lengths; whether there is anything to copy.
fn alike(from: usize, to: usize) -> Result<bool> {
    if from == to {
        return Ok(from > 0);
    }
    Err(Error::misuse(format!("{from} elements are to be copied to where {to} are; both ends of a copy are alike")))
}

/// Refuses memory of another device.
fn near(memory: &RawMemory) -> Result<()> {
    if !memory.is_far() {
        return Ok(());
    }
    let what = "memory that was opened from another device takes no part in copies from or to the host: copy it from or \
                to a buffer of this device";
    Err(Error::misuse(what))
}

impl<T: Element, S> DeviceBuffer<T, S> {
    /// `aclrtMemcpy(.., HOST_TO_DEVICE)`—Writes elements from index `at` on, now; waits for no stream.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) when they do not fit, or the buffer was opened from another device; whatever the call
    /// answers.
    ///
    /// ```no_run
    /// # fn write(buffer: &mut ascend_ipc::DeviceBuffer<f32>) -> ascend_ipc::Result<()> {
    /// buffer.write(10, &[1.0, 2.0])?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtMemcpy")]
    pub fn write(&mut self, at: usize, elements: &[T]) -> Result<()> {
        let range = within(&(at..at.saturating_add(elements.len())), self.len())?;
        near(&self.memory)?;
        if range.is_empty() {
            return Ok(());
        }
        self.memory.write(range.start * size_of::<T>(), elements.as_bytes(), ACL_MEMCPY_HOST_TO_DEVICE)
    }

    /// `aclrtMemcpy(.., DEVICE_TO_HOST)`—Reads elements from index `at` on, now; waits for no stream.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    ///
    /// ```no_run
    /// # fn read(buffer: &ascend_ipc::DeviceBuffer<f32>) -> ascend_ipc::Result<()> {
    /// let mut pair = [0.0; 2];
    /// buffer.read(10, &mut pair)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtMemcpy")]
    pub fn read(&self, at: usize, elements: &mut [T]) -> Result<()> {
        let range = within(&(at..at.saturating_add(elements.len())), self.len())?;
        near(&self.memory)?;
        if range.is_empty() {
            return Ok(());
        }
        self.memory.read(range.start * size_of::<T>(), elements.as_mut_bytes(), ACL_MEMCPY_DEVICE_TO_HOST)
    }
}

impl<T: Element> HostBuffer<T> {
    /// The elements.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) while a copy may still use them: synchronise its stream first.
    ///
    /// ```no_run
    /// # fn look(host: &mut ascend_ipc::HostBuffer<f32>) -> ascend_ipc::Result<f32> {
    /// host.elements_mut()?.fill(0.5);
    /// Ok(host.elements()?.iter().sum())
    /// # }
    /// ```
    pub fn elements(&self) -> Result<&[T]> {
        fork::refuse()?;
        <[T]>::ref_from_bytes(self.memory.bytes().map_err(in_use)?).map_err(|_| misaligned())
    }

    /// The elements, to be changed.
    ///
    /// # Errors
    /// As [`elements`](Self::elements).
    pub fn elements_mut(&mut self) -> Result<&mut [T]> {
        fork::refuse()?;
        <[T]>::mut_from_bytes(self.memory.bytes_mut().map_err(in_use)?).map_err(|_| misaligned())
    }
}

fn in_use(copies: usize) -> Error {
    Error::misuse(format!("{copies} copies may still use this memory: synchronise their stream before looking at it"))
}

/// Pinned memory lies on a page, so this says that the type asks for more than that.
fn misaligned() -> Error {
    Error::new(ErrorKind::Runtime, "the runtime's pinned memory is not aligned as the type of the elements needs it")
}
