//! IPC events: create, export, open, record, wait, query, destroy.
//!
//! # Safety
//! A [`RawEvent`] owns the event it names and keeps its device, so the handle is valid for every call made here (A3), and
//! the event is destroyed before its device is reset (A11).
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::ptr::NonNull;
use std::sync::Arc;

use ascend_sys::abi::{ACL_EVENT_RECORDED_STATUS_COMPLETE, aclrtIpcEventHandle};
use ascend_sys::{EventFlags, Status};

use super::device::RawDevice;
use super::stream::RawStream;
use crate::error::Result;

/// An event that this process created or opened; destroyed when dropped.
pub(crate) struct RawEvent {
    raw: NonNull<c_void>,
    device: Arc<RawDevice>,
}

// SAFETY: an event's handle may be used on any thread of the process (A2).
unsafe impl Send for RawEvent {}
// SAFETY: calls of the runtime are thread-safe (A2).
unsafe impl Sync for RawEvent {}

impl RawEvent {
    /// `aclrtCreateEventExWithFlag(out, ACL_EVENT_IPC)`—Creates an event that can be shared.
    pub(crate) fn create(device: &Arc<RawDevice>) -> Result<Self> {
        let api = device.api;
        let create = api.need(api.create_event_ex, "aclrtCreateEventExWithFlag")?;
        device.bind()?;
        let mut raw = core::ptr::null_mut();
        // SAFETY: a writable pointer.
        let status = Status(unsafe { create(&raw mut raw, EventFlags::IPC.bits()) });
        Self::own(raw, device, "aclrtCreateEventExWithFlag", status)
    }

    /// `aclrtIpcOpenEventHandle(handle, out)`—Opens an event that another process exported.
    pub(crate) fn open(device: &Arc<RawDevice>, bytes: &[u8; 64]) -> Result<Self> {
        let api = device.api;
        let open = api.need(api.ipc_open_event_handle, "aclrtIpcOpenEventHandle")?;
        device.bind()?;
        let handle = aclrtIpcEventHandle { reserved: bytes.map(|byte| core::ffi::c_char::from_ne_bytes([byte])) };
        let mut raw = core::ptr::null_mut();
        // SAFETY: the handle travels by value (A7); the pointer is writable.
        let status = Status(unsafe { open(handle, &raw mut raw) });
        Self::own(raw, device, "aclrtIpcOpenEventHandle", status)
    }

    fn own(raw: *mut c_void, device: &Arc<RawDevice>, call: &'static str, status: Status) -> Result<Self> {
        device.api.check(call, status)?;
        let raw = NonNull::new(raw).ok_or_else(|| device.api.null(call))?;
        Ok(Self { raw, device: Arc::clone(device) })
    }

    /// Its device.
    #[inline]
    pub(crate) fn device(&self) -> &Arc<RawDevice> {
        &self.device
    }

    /// `aclrtIpcGetEventHandle(event, out)`—The handle's 64 bytes, of which the runtime writes the first 8.
    pub(crate) fn export(&self) -> Result<[u8; 64]> {
        let api = self.device.api;
        let export = api.need(api.ipc_get_event_handle, "aclrtIpcGetEventHandle")?;
        let mut handle = aclrtIpcEventHandle { reserved: [0; 64] };
        // SAFETY: the handle is valid (A3), and 64 zeroed bytes are writable (A7).
        let status = Status(unsafe { export(self.raw.as_ptr(), &raw mut handle) });
        api.check("aclrtIpcGetEventHandle", status)?;
        Ok(handle.reserved.map(|byte| byte.to_ne_bytes()[0]))
    }

    /// `aclrtRecordEvent(event, stream)`—Records the event behind the work that the stream has so far.
    #[inline]
    pub(crate) fn record(&self, stream: &RawStream) -> Status {
        // SAFETY: both handles are valid (A3).
        Status(unsafe { (self.device.api.record_event)(self.raw.as_ptr(), stream.raw.as_ptr()) })
    }

    /// `aclrtStreamWaitEvent(stream, event)`—Lets the stream wait for the event's latest record.
    #[inline]
    pub(crate) fn stream_wait(&self, stream: &RawStream) -> Status {
        // SAFETY: both handles are valid (A3).
        Status(unsafe { (self.device.api.stream_wait_event)(stream.raw.as_ptr(), self.raw.as_ptr()) })
    }

    /// `aclrtQueryEventStatus(event, out)`—Whether the latest record is executed; true as well if there is none.
    #[inline]
    pub(crate) fn is_complete(&self) -> Result<bool> {
        let api = self.device.api;
        let mut state = 0;
        // SAFETY: the handle is valid (A3), the state writable.
        let status = Status(unsafe { (api.query_event)(self.raw.as_ptr(), &raw mut state) });
        api.check("aclrtQueryEventStatus", status).map(|()| state == ACL_EVENT_RECORDED_STATUS_COMPLETE)
    }
}

impl Drop for RawEvent {
    /// `aclrtDestroyEvent(event)`—What is under way keeps what it needs.
    fn drop(&mut self) {
        // Never blocks and needs no context (A11). The code is always 0 for a valid handle.
        // SAFETY: the handle is valid and not used again (A3).
        unsafe { (self.device.api.destroy_event)(self.raw.as_ptr()) };
    }
}
