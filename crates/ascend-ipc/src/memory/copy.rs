//! Copies between memory of the device and of the host, in stream order or at once.

use ascend_sys::abi::{ACL_MEMCPY_DEVICE_TO_DEVICE, ACL_MEMCPY_DEVICE_TO_HOST, ACL_MEMCPY_HOST_TO_DEVICE};

use super::{DeviceBuffer, HostBuffer, within};
use crate::error::{Error, Result};
use crate::ffi::in_flight;
use crate::stream::Stream;

impl Stream {
    /// `aclrtMemcpyAsync(.., DEVICE_TO_DEVICE, stream)`—Copies `count` bytes between buffers, in stream order.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when a range does not lie within its buffer; whatever the call answers.
    #[doc(alias = "aclrtMemcpyAsync")]
    pub fn copy(
        &self,
        to: &DeviceBuffer,
        to_at: usize,
        from: &DeviceBuffer,
        from_at: usize,
        count: usize,
    ) -> Result<()> {
        within(to_at, count, to.length(), "destination")?;
        within(from_at, count, from.length(), "source")?;
        let range = to_at..to_at + count;
        self.keep(in_flight::submit(
            &to.memory,
            range,
            &from.memory,
            from_at,
            ACL_MEMCPY_DEVICE_TO_DEVICE,
            self.raw(),
            None,
        )?);
        Ok(())
    }

    /// `aclrtMemcpyAsync(.., HOST_TO_DEVICE, stream)`—Copies `count` bytes from pinned memory, in stream order.
    ///
    /// # Errors
    /// As [`copy`](Self::copy).
    pub fn upload(
        &self,
        to: &DeviceBuffer,
        to_at: usize,
        from: &HostBuffer,
        from_at: usize,
        count: usize,
    ) -> Result<()> {
        within(to_at, count, to.length(), "destination")?;
        within(from_at, count, from.length(), "source")?;
        let range = to_at..to_at + count;
        self.keep(from.memory.copy_from_here(&to.memory, range, from_at, ACL_MEMCPY_HOST_TO_DEVICE, self.raw())?);
        Ok(())
    }

    /// `aclrtMemcpyAsync(.., DEVICE_TO_HOST, stream)`—Copies `count` bytes to pinned memory, in stream order.
    ///
    /// # Errors
    /// As [`copy`](Self::copy).
    pub fn download(
        &self,
        to: &mut HostBuffer,
        to_at: usize,
        from: &DeviceBuffer,
        from_at: usize,
        count: usize,
    ) -> Result<()> {
        within(to_at, count, to.length(), "destination")?;
        within(from_at, count, from.length(), "source")?;
        let range = to_at..to_at + count;
        self.keep(to.memory.copy_to_here(range, &from.memory, from_at, ACL_MEMCPY_DEVICE_TO_HOST, self.raw())?);
        Ok(())
    }
}

impl DeviceBuffer {
    /// `aclrtMemcpy(.., HOST_TO_DEVICE)`—Writes bytes at `at`, now; waits for no stream.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when they do not fit; whatever the call answers.
    #[doc(alias = "aclrtMemcpy")]
    pub fn write(&mut self, at: usize, bytes: &[u8]) -> Result<()> {
        within(at, bytes.len(), self.length(), "buffer")?;
        if bytes.is_empty() { Ok(()) } else { self.memory.write(at, bytes, ACL_MEMCPY_HOST_TO_DEVICE) }
    }

    /// `aclrtMemcpy(.., DEVICE_TO_HOST)`—Reads bytes from `at`, now; waits for no stream.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    #[doc(alias = "aclrtMemcpy")]
    pub fn read(&self, at: usize, bytes: &mut [u8]) -> Result<()> {
        within(at, bytes.len(), self.length(), "buffer")?;
        if bytes.is_empty() { Ok(()) } else { self.memory.read(at, bytes, ACL_MEMCPY_DEVICE_TO_HOST) }
    }
}

impl HostBuffer {
    /// The bytes.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) while a copy may still use them: synchronise its stream first.
    pub fn bytes(&self) -> Result<&[u8]> {
        self.memory.bytes().map_err(in_use)
    }

    /// The bytes, to be changed.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    pub fn bytes_mut(&mut self) -> Result<&mut [u8]> {
        self.memory.bytes_mut().map_err(in_use)
    }
}

fn in_use(copies: usize) -> Error {
    Error::misuse(format!("{copies} copies may still use this memory: synchronise their stream before looking at it"))
}
