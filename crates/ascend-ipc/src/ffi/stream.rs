//! Streams: create, synchronise, query, destroy.
//!
//! # Safety
//! A [`RawStream`] owns the stream it names and keeps its device, so the handle is valid for every call made here (A3).
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::ptr::NonNull;
use std::sync::Arc;

use ascend_sys::Status;
use ascend_sys::abi::ACL_STREAM_STATUS_COMPLETE;

use super::device::RawDevice;
use super::fork;
use crate::deadline::Deadline;
use crate::error::{Result, in_drop};

/// A stream that this process created.
pub(crate) struct RawStream {
    pub(super) raw: NonNull<c_void>,
    device: Arc<RawDevice>,
    /// Somebody else's, which is not destroyed here.
    borrowed: bool,
}

// SAFETY: a stream's handle may be used on any thread of the process (A2).
unsafe impl Send for RawStream {}
// SAFETY: calls of the runtime are thread-safe (A2).
unsafe impl Sync for RawStream {}

impl RawStream {
    /// `aclrtCreateStream(out)`—Creates a stream on a device.
    pub(crate) fn create(device: &Arc<RawDevice>) -> Result<Self> {
        let api = device.api;
        device.bind()?;
        let mut raw = core::ptr::null_mut();
        // SAFETY: a writable pointer.
        let status = Status(unsafe { (api.create_stream)(&raw mut raw) });
        api.check("aclrtCreateStream", status)?;
        let raw = NonNull::new(raw).ok_or_else(|| api.null("aclrtCreateStream"))?;
        Ok(Self { raw, device: Arc::clone(device), borrowed: false })
    }

    /// A stream that somebody created; the caller vouches for it.
    pub(super) fn adopt(device: &Arc<RawDevice>, raw: NonNull<c_void>, borrowed: bool) -> Self {
        Self { raw, device: Arc::clone(device), borrowed }
    }

    /// Whether it is somebody else's.
    pub(crate) const fn is_borrowed(&self) -> bool {
        self.borrowed
    }

    /// Its device.
    #[inline]
    pub(crate) fn device(&self) -> &Arc<RawDevice> {
        &self.device
    }

    /// `aclrtSynchronizeStreamWithTimeout(stream, ms)`—Blocks the host until the stream's work is done.
    pub(crate) fn synchronize(&self, deadline: Deadline) -> Result<()> {
        let api = self.device.api;
        self.device.bind()?;
        // SAFETY: the handle is valid (A3).
        let status = Status(unsafe { (api.synchronize_stream)(self.raw.as_ptr(), deadline.milliseconds()) });
        api.check("aclrtSynchronizeStreamWithTimeout", status)
    }

    /// `aclrtStreamQuery(stream, out)`—Whether the stream's work is done.
    pub(crate) fn is_complete(&self) -> Result<bool> {
        let api = self.device.api;
        self.device.bind()?;
        let mut state = 0;
        // SAFETY: the handle is valid (A3), the state writable.
        let status = Status(unsafe { (api.query_stream)(self.raw.as_ptr(), &raw mut state) });
        api.check("aclrtStreamQuery", status).map(|()| state == ACL_STREAM_STATUS_COMPLETE)
    }
}

impl Drop for RawStream {
    /// `aclrtDestroyStream(stream)`—Waits for the stream's work, so the owner drops it when it is complete.
    fn drop(&mut self) {
        if self.borrowed || fork::is_child() {
            return;
        }
        let api = self.device.api;
        // A stream of a context that is not current would leak: bind first.
        let visited = self.device.visit(|| {
            // SAFETY: the handle is valid and not used again (A3).
            let status = Status(unsafe { (api.destroy_stream)(self.raw.as_ptr()) });
            api.check_in_drop("aclrtDestroyStream", status);
        });
        if let Err(error) = visited {
            in_drop::report(&error);
        }
    }
}
