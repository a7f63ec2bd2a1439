//! Contexts.

use ascend_sys::abi::aclrtContext;

use super::entry;
use crate::model::runtime::runtime;
use crate::model::{context, thread};

entry! {
    /// Creates a context and makes it current on this thread.
    fn aclrtCreateContext(context: *mut aclrtContext, deviceId: i32) {
        context.required()?;
        context.set_raw(context::create(deviceId)?)
    }

    /// Destroys a context that `aclrtCreateContext` made.
    fn aclrtDestroyContext(context: aclrtContext) {
        context.required()?;
        context::destroy(context.address())
    }

    /// Makes a context current on this thread.
    fn aclrtSetCurrentContext(context: aclrtContext) {
        context.required()?;
        context::set_current(context.address())
    }

    /// The current context; writes null when there is none, for callers that test the pointer only.
    fn aclrtGetCurrentContext(context: *mut aclrtContext) {
        context.required()?;
        context.set_raw(0)?;
        context.set_raw(thread::present()?.raw())
    }

    /// Whether a device's primary context exists.
    fn aclrtGetPrimaryCtxState(deviceId: i32, flags: *mut u32, active: *mut i32) {
        if !flags.is_null() {
            return Err(crate::model::fault::Fault::front("flags must be a null pointer", "Pass NULL."));
        }
        active.required()?;
        active.set(runtime().device(deviceId)?.is_active().into())
    }
}
