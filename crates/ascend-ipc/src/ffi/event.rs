//! IPC events: create, export, open, record, wait, query, destroy.
//!
//! # Safety
//! The last clone of a [`RawEvent`] owns the event it names and keeps its device, so the handle is valid for every call made
//! here (A3), and the event is destroyed before its device is reset (A11).
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::ptr::NonNull;
use std::sync::Arc;

use ascend_sys::abi::{ACL_EVENT_RECORDED_STATUS_COMPLETE, aclrtIpcEventHandle};
use ascend_sys::{EventFlags, Status};

use super::device::RawDevice;
use super::fork::{self, Permit};
use super::stream::RawStream;
use crate::error::{Error, ErrorKind, Result};
use crate::lease::Borrowed;

/// An event that this process created or opened; destroyed with the last clone.
#[derive(Clone)]
pub(crate) struct RawEvent(Arc<Owned>);

struct Owned {
    raw: NonNull<c_void>,
    device: Arc<RawDevice>,
    /// The number of `device` while the event may be touched: one comparison of a hot call covers the device, a poisoned
    /// event and a forked child.
    permit: Permit,
    /// Returned after the event is destroyed.
    _lease: Option<Arc<Borrowed>>,
}

// SAFETY: an event's handle may be used on any thread of the process (A2).
unsafe impl Send for Owned {}
// SAFETY: calls of the runtime are thread-safe (A2).
unsafe impl Sync for Owned {}

impl RawEvent {
    /// `aclrtCreateEventExWithFlag(out, ACL_EVENT_IPC)`—Creates an event that can be shared.
    pub(crate) fn create(device: &Arc<RawDevice>) -> Result<Self> {
        let api = device.api;
        let create = api.need(api.create_event_ex, "aclrtCreateEventExWithFlag")?;
        device.bind()?;
        let mut raw = core::ptr::null_mut();
        // SAFETY: a writable pointer.
        let status = Status(unsafe { create(&raw mut raw, EventFlags::IPC.bits()) });
        Self::own(raw, device, None, "aclrtCreateEventExWithFlag", status)
    }

    /// `aclrtIpcOpenEventHandle(handle, out)`—Opens an event that another process exported.
    pub(crate) fn open(device: &Arc<RawDevice>, bytes: &[u8; 64], lease: Option<Arc<Borrowed>>) -> Result<Self> {
        let api = device.api;
        let open = api.need(api.ipc_open_event_handle, "aclrtIpcOpenEventHandle")?;
        device.bind()?;
        let handle = aclrtIpcEventHandle { reserved: bytes.map(|byte| core::ffi::c_char::from_ne_bytes([byte])) };
        let mut raw = core::ptr::null_mut();
        // SAFETY: the handle travels by value, names an event (A13, or the promise of `from_raw`) or is refused (A7,
        // A16); the pointer is writable.
        let status = Status(unsafe { open(handle, &raw mut raw) });
        Self::own(raw, device, lease, "aclrtIpcOpenEventHandle", status)
    }

    fn own(
        raw: *mut c_void,
        device: &Arc<RawDevice>,
        lease: Option<Arc<Borrowed>>,
        call: &'static str,
        status: Status,
    ) -> Result<Self> {
        device.api.check(call, status)?;
        let raw = NonNull::new(raw).ok_or_else(|| device.api.null(call))?;
        let permit = Permit::new(device.number()).inspect_err(|_| {
            // SAFETY: the handle is valid, and nobody else has it (A3).
            let status = Status(unsafe { (device.api.destroy_event)(raw.as_ptr()) });
            device.api.check_in_drop("aclrtDestroyEvent", status);
        })?;
        Ok(Self(Arc::new(Owned { raw, device: Arc::clone(device), permit, _lease: lease })))
    }

    /// The handle.
    pub(super) fn handle(&self) -> *mut c_void {
        self.0.raw.as_ptr()
    }

    /// Its device.
    #[inline]
    pub(crate) fn device(&self) -> &Arc<RawDevice> {
        &self.0.device
    }

    /// Whether a hot call with this stream may be made at once; if not, [`admit`](Self::admit) says why, or that it may.
    #[inline]
    pub(crate) fn admits(&self, stream: &RawStream) -> bool {
        self.0.permit.number() == stream.device().number()
    }

    /// Refuses a stream of another device, a poisoned event, and a forked child.
    #[cold]
    pub(crate) fn admit(&self, stream: &RawStream) -> Result<()> {
        self.touch()?;
        if self.0.device.is(stream.device()) {
            return Ok(());
        }
        let (here, there) = (self.0.device.id(), stream.device().id());
        Err(Error::misuse(format!("the event is on device {here}, but the stream is on device {there}")))
    }

    /// Refuses a poisoned event, and a forked child.
    #[inline]
    pub(crate) fn touch(&self) -> Result<()> {
        if self.0.permit.number() == 0 { Err(self.untouchable()) } else { Ok(()) }
    }

    #[cold]
    fn untouchable(&self) -> Error {
        fork::refuse().err().unwrap_or_else(|| {
            let what = "the process at the other end died while it shared the event, whose state may be locked for ever; \
                        no call is made on it any more: drop it, and share a new one";
            Error::new(ErrorKind::Poisoned, what)
        })
    }

    /// From now on no call is made on the event, its destroy included.
    pub(crate) fn poison(&self) {
        self.0.permit.revoke();
    }

    /// `aclrtIpcGetEventHandle(event, out)`—The handle's 64 bytes, of which the runtime writes the first 8.
    pub(crate) fn export(&self) -> Result<[u8; 64]> {
        self.touch()?;
        let api = self.0.device.api;
        let export = api.need(api.ipc_get_event_handle, "aclrtIpcGetEventHandle")?;
        let mut handle = aclrtIpcEventHandle { reserved: [0; 64] };
        // SAFETY: the handle is valid (A3), and 64 zeroed bytes are writable (A7).
        let status = Status(unsafe { export(self.0.raw.as_ptr(), &raw mut handle) });
        api.check("aclrtIpcGetEventHandle", status)?;
        Ok(handle.reserved.map(|byte| byte.to_ne_bytes()[0]))
    }

    /// `aclrtRecordEvent(event, stream)`—Records the event behind the work that the stream has so far.
    #[inline]
    pub(crate) fn record(&self, stream: &RawStream) -> Status {
        // SAFETY: both handles are valid (A3).
        Status(unsafe { (self.0.device.api.record_event)(self.0.raw.as_ptr(), stream.raw.as_ptr()) })
    }

    /// `aclrtStreamWaitEvent(stream, event)`—Lets the stream wait for the event's latest record.
    #[inline]
    pub(crate) fn stream_wait(&self, stream: &RawStream) -> Status {
        // SAFETY: both handles are valid (A3).
        Status(unsafe { (self.0.device.api.stream_wait_event)(stream.raw.as_ptr(), self.0.raw.as_ptr()) })
    }

    /// `aclrtQueryEventStatus(event, out)`—Whether the latest record is executed; true as well if there is none.
    #[inline]
    pub(crate) fn is_complete(&self) -> Result<bool> {
        self.touch()?;
        let api = self.0.device.api;
        let mut state = 0;
        // SAFETY: the handle is valid (A3), the state writable.
        let status = Status(unsafe { (api.query_event)(self.0.raw.as_ptr(), &raw mut state) });
        api.check("aclrtQueryEventStatus", status).map(|()| state == ACL_EVENT_RECORDED_STATUS_COMPLETE)
    }
}

impl Drop for Owned {
    /// `aclrtDestroyEvent(event)`—What is under way keeps what it needs.
    fn drop(&mut self) {
        if self.permit.number() == 0 {
            return; // poisoned, or inherited by a forked child
        }
        // Never blocks and needs no context (A11). The code is 0 for a valid handle.
        // SAFETY: the handle is valid and not used again (A3).
        let status = Status(unsafe { (self.device.api.destroy_event)(self.raw.as_ptr()) });
        self.device.api.check_in_drop("aclrtDestroyEvent", status);
    }
}
