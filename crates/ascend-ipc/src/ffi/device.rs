//! Devices: set, reset, count, and binding a thread to one.
//!
//! # Safety
//! A [`RawDevice`] holds one count of `aclrtSetDevice` and the primary context that this made; both live as long as it.
#![allow(unsafe_code)]

use core::ptr::NonNull;
use std::sync::Arc;

use ascend_sys::Status;

use super::fork;
use super::library::Api;
use crate::error::Result;

/// A device that this process has set; reset when dropped.
pub(crate) struct RawDevice {
    pub(super) api: &'static Api,
    id: i32,
    context: NonNull<core::ffi::c_void>,
}

// SAFETY: a context may be made current on any thread of the process (A2).
unsafe impl Send for RawDevice {}
// SAFETY: calls of the runtime are thread-safe (A2).
unsafe impl Sync for RawDevice {}

impl RawDevice {
    /// `aclrtSetDevice(id)`—Sets a device, and remembers its primary context.
    pub(crate) fn set(api: &'static Api, id: i32) -> Result<Self> {
        fork::refuse()?;
        // SAFETY: any id may be asked for; a wrong one is refused.
        let status = Status(unsafe { (api.set_device)(id) });
        api.check("aclrtSetDevice", status)?;
        let mut context = core::ptr::null_mut();
        // SAFETY: a writable pointer.
        let status = Status(unsafe { (api.current_context)(&raw mut context) });
        let context = api
            .check("aclrtGetCurrentContext", status)
            .and_then(|()| NonNull::new(context).ok_or_else(|| api.null("aclrtGetCurrentContext")));
        match context {
            Ok(context) => Ok(Self { api, id, context }),
            Err(error) => {
                // SAFETY: the count that was taken above.
                let status = Status(unsafe { (api.reset_device)(id) });
                api.check_in_drop("aclrtResetDevice", status);
                Err(error)
            }
        }
    }

    /// The device's id in this process.
    pub(crate) const fn id(&self) -> i32 {
        self.id
    }

    /// Whether two values are the same device of the same runtime.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.id == other.id && self.is_of_the_runtime_of(other)
    }

    /// A number that no other living value has, and never 0.
    #[inline]
    pub(crate) fn number(self: &Arc<Self>) -> usize {
        Arc::as_ptr(self).addr()
    }

    /// Whether two devices belong to one runtime, so that handles of the one mean something to the other.
    pub(crate) fn is_of_the_runtime_of(&self, other: &Self) -> bool {
        core::ptr::eq(self.api, other.api)
    }

    /// The functions.
    pub(crate) const fn api(&self) -> &'static Api {
        self.api
    }

    /// `aclrtSetCurrentContext(context)`—Binds this thread to the device, without counting.
    pub(crate) fn bind(&self) -> Result<()> {
        fork::refuse()?;
        // SAFETY: the primary context lives as long as this device's count (A6).
        let status = Status(unsafe { (self.api.set_current_context)(self.context.as_ptr()) });
        self.api.check("aclrtSetCurrentContext", status)
    }

    /// Does something with this thread bound to the device, and binds it again as it was.
    ///
    /// For what happens behind the caller's back; a thread that was bound to nothing stays bound to the device.
    pub(crate) fn visit<R>(&self, work: impl FnOnce() -> R) -> Result<R> {
        fork::refuse()?;
        let mut before = core::ptr::null_mut();
        // SAFETY: a writable pointer; it stays null where there is no context.
        let status = unsafe { (self.api.current_context)(&raw mut before) };
        self.bind()?;
        let outcome = work();
        if status == 0 && !before.is_null() && before != self.context.as_ptr() {
            // SAFETY: it was this thread's current context a moment ago.
            let status = Status(unsafe { (self.api.set_current_context)(before) });
            self.api.check_in_drop("aclrtSetCurrentContext", status);
        } else if status != 0 {
            self.api.recent_text(); // "no context" was an answer, not an error to be shown later
        }
        Ok(outcome)
    }

    /// `aclrtGetPhyDevIdByLogicDevId(id, out)`—The id that all processes share; this process's own where it is unknown.
    pub(crate) fn physical(&self) -> i32 {
        let Some(ask) = self.api.physical_device.filter(|_| !fork::is_child()) else { return self.id };
        let mut physical = self.id;
        // SAFETY: a writable integer.
        let status = unsafe { ask(self.id, &raw mut physical) };
        if status == 0 {
            return physical;
        }
        self.api.recent_text(); // not to be shown with a later error
        self.id
    }
}

impl Drop for RawDevice {
    fn drop(&mut self) {
        if fork::is_child() {
            return;
        }
        // Everything that kept the device alive is gone, so no work is left for which a teardown would wait. A failure
        // means that somebody reset the device behind our back.
        let mut before = core::ptr::null_mut();
        // SAFETY: a writable pointer; it stays null where there is no context.
        let bound = unsafe { (self.api.current_context)(&raw mut before) };
        if bound != 0 {
            self.api.recent_text(); // "no context" was an answer
        }
        // SAFETY: the one count that `set` took.
        let status = Status(unsafe { (self.api.reset_device)(self.id) });
        self.api.check_in_drop("aclrtResetDevice", status);
        // The reset may bind this thread otherwise, or to nothing, behind the back of whoever uses another device on it.
        if bound == 0 && !before.is_null() && before != self.context.as_ptr() {
            // SAFETY: it was this thread's current context a moment ago, and is not of the device that was reset (A2).
            let status = Status(unsafe { (self.api.set_current_context)(before) });
            self.api.check_in_drop("aclrtSetCurrentContext", status);
        }
    }
}

/// `aclrtGetDeviceCount(out)`—How many devices this process sees.
pub(crate) fn count(api: &'static Api) -> Result<u32> {
    fork::refuse()?;
    let mut count = 0;
    // SAFETY: a writable integer.
    let status = Status(unsafe { (api.device_count)(&raw mut count) });
    api.check("aclrtGetDeviceCount", status).map(|()| count)
}
