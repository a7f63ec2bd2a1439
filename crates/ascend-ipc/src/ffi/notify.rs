//! Notifies: create, export, allow, import, record, wait, destroy.
//!
//! # Safety
//! The last clone of a [`RawNotify`] owns the notify it names and keeps its device, so the handle is valid for every call
//! made here (A3), and the notify is destroyed before its device is reset (A15).
#![allow(unsafe_code)]

use core::ffi::{CStr, c_void};
use core::ptr::NonNull;
use std::ffi::CString;
use std::sync::Arc;

use ascend_sys::abi::{aclError, aclrtNotify, aclrtStream};
use ascend_sys::{NotifyExportFlags, NotifyFlags, NotifyImportFlags, Status};

use super::device::RawDevice;
use super::fork::{self, Permit};
use super::library::Api;
use super::stream::RawStream;
use crate::error::{Error, ErrorKind, Result};
use crate::lease::Borrowed;

/// Bytes of a key with its terminator.
const KEY: usize = 65;

/// A notify that this process created or imported; destroyed with the last clone.
#[derive(Clone)]
pub(crate) struct RawNotify(Arc<Owned>);

struct Owned {
    raw: NonNull<c_void>,
    device: Arc<RawDevice>,
    calls: Calls,
    /// The number of `device`, but 0 in a forked child: one comparison of a hot call covers both.
    permit: Permit,
    /// Returned after the notify is destroyed.
    _lease: Option<Arc<Borrowed>>,
}

/// What every notify needs, found once: older runtimes lack it.
#[derive(Clone, Copy)]
struct Calls {
    record: unsafe extern "C" fn(aclrtNotify, aclrtStream) -> aclError,
    wait: unsafe extern "C" fn(aclrtNotify, aclrtStream, u32) -> aclError,
    destroy: unsafe extern "C" fn(aclrtNotify) -> aclError,
}

// SAFETY: a notify's handle may be used on any thread of the process (A2).
unsafe impl Send for Owned {}
// SAFETY: calls of the runtime are thread-safe (A2).
unsafe impl Sync for Owned {}

impl Calls {
    fn find(api: &'static Api) -> Result<Self> {
        Ok(Self {
            record: api.need(api.record_notify, "aclrtRecordNotify")?,
            wait: api.need(api.wait_notify, "aclrtWaitAndResetNotify")?,
            destroy: api.need(api.destroy_notify, "aclrtDestroyNotify")?,
        })
    }
}

impl RawNotify {
    /// `aclrtCreateNotify(out, 0)`—Creates a notify on a device.
    pub(crate) fn create(device: &Arc<RawDevice>) -> Result<Self> {
        let api = device.api;
        let calls = Calls::find(api)?;
        let create = api.need(api.create_notify, "aclrtCreateNotify")?;
        device.bind()?;
        let mut raw = core::ptr::null_mut();
        // SAFETY: a writable pointer.
        let status = Status(unsafe { create(&raw mut raw, NotifyFlags::empty().bits()) });
        Self::own(raw, device, calls, None, "aclrtCreateNotify", status)
    }

    /// `aclrtNotifyImportByKey(out, key, flags)`—Opens a notify that another process exported.
    pub(crate) fn import(
        device: &Arc<RawDevice>,
        key: &CStr,
        flags: NotifyImportFlags,
        lease: Option<Arc<Borrowed>>,
    ) -> Result<Self> {
        let api = device.api;
        let calls = Calls::find(api)?;
        let import = api.need(api.notify_import, "aclrtNotifyImportByKey")?;
        device.bind()?;
        let mut raw = core::ptr::null_mut();
        // SAFETY: a terminated key (A10), and a writable pointer.
        let status = Status(unsafe { import(&raw mut raw, key.as_ptr(), flags.bits()) });
        Self::own(raw, device, calls, lease, "aclrtNotifyImportByKey", status)
    }

    fn own(
        raw: *mut c_void,
        device: &Arc<RawDevice>,
        calls: Calls,
        lease: Option<Arc<Borrowed>>,
        call: &'static str,
        status: Status,
    ) -> Result<Self> {
        device.api.check(call, status)?;
        let raw = NonNull::new(raw).ok_or_else(|| device.api.null(call))?;
        let permit = Permit::new(device.number()).inspect_err(|_| {
            // SAFETY: the handle is valid, and nobody else has it (A3); this thread was just bound.
            unsafe { (calls.destroy)(raw.as_ptr()) };
        })?;
        Ok(Self(Arc::new(Owned { raw, device: Arc::clone(device), calls, permit, _lease: lease })))
    }

    /// Its device: the one that created it, or the one it was opened for.
    #[inline]
    pub(crate) fn device(&self) -> &Arc<RawDevice> {
        &self.0.device
    }

    /// Whether a hot call with this stream may be made at once; if not, [`admit`](Self::admit) says why, or that it may.
    #[inline]
    pub(crate) fn admits(&self, stream: &RawStream) -> bool {
        self.0.permit.number() == stream.device().number()
    }

    /// Refuses a stream of another device, and a forked child.
    #[cold]
    pub(crate) fn admit(&self, stream: &RawStream) -> Result<()> {
        fork::refuse()?;
        if self.0.device.is(stream.device()) {
            return Ok(());
        }
        let (here, there) = (self.0.device.id(), stream.device().id());
        Err(Error::misuse(format!("the notify is on device {here}, but the stream is on device {there}")))
    }

    /// `aclrtNotifyGetExportKey(notify, key, len, flags)`—Exports the notify, which works once.
    pub(crate) fn export(&self, flags: NotifyExportFlags) -> Result<CString> {
        let api = self.0.device.api;
        let export = api.need(api.notify_key, "aclrtNotifyGetExportKey")?;
        self.0.device.bind()?;
        let mut key = [0u8; KEY];
        // SAFETY: the handle is valid (A3); the key has room for 65 bytes (A10).
        let status = Status(unsafe { export(self.0.raw.as_ptr(), key.as_mut_ptr().cast(), KEY, flags.bits()) });
        api.check("aclrtNotifyGetExportKey", status)?;
        let key = CStr::from_bytes_until_nul(&key).map_err(|_| Error::new(ErrorKind::Runtime, "the key has no end"))?;
        Ok(key.to_owned())
    }

    /// `aclrtNotifySetImportPid(notify, pids, num)`—Lets processes, named by their bare pids, import; there is at least one.
    pub(crate) fn allow(&self, mut bare_pids: Vec<i32>) -> Result<()> {
        let api = self.0.device.api;
        let allow = api.need(api.notify_allow, "aclrtNotifySetImportPid")?;
        self.0.device.bind()?;
        // SAFETY: the handle is valid (A3), and as many pids are readable and writable.
        let status = Status(unsafe { allow(self.0.raw.as_ptr(), bare_pids.as_mut_ptr(), bare_pids.len()) });
        api.check("aclrtNotifySetImportPid", status)
    }

    /// `aclrtRecordNotify(notify, stream)`—Records the notify behind the work that the stream has so far.
    #[inline]
    pub(crate) fn record(&self, stream: &RawStream) -> Status {
        // SAFETY: both handles are valid (A3).
        Status(unsafe { (self.0.calls.record)(self.0.raw.as_ptr(), stream.raw.as_ptr()) })
    }

    /// `aclrtWaitAndResetNotify(notify, stream, seconds)`—Lets the stream wait for one record, and take it; 0 is for ever.
    #[inline]
    pub(crate) fn wait(&self, stream: &RawStream, seconds: u32) -> Status {
        // SAFETY: both handles are valid (A3).
        Status(unsafe { (self.0.calls.wait)(self.0.raw.as_ptr(), stream.raw.as_ptr(), seconds) })
    }
}

impl Drop for Owned {
    /// `aclrtDestroyNotify(notify)`—Needs a current context, unlike an event's, so the thread is bound to the device for it.
    fn drop(&mut self) {
        if self.permit.number() == 0 {
            return; // inherited by a forked child
        }
        // Nothing is left that could act on a failure.
        let _ = self.device.visit(|| {
            // SAFETY: the handle is valid and not used again (A3); destroying waits for no task (A15).
            let status = Status(unsafe { (self.calls.destroy)(self.raw.as_ptr()) });
            self.device.api().check_in_drop("aclrtDestroyNotify", status);
        });
    }
}
