//! Functions of ours that a stream calls.
//!
//! # Safety
//! A closure travels as a boxed pointer, and comes back exactly once.
#![allow(unsafe_code)]

use core::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ascend_sys::Status;

use super::stream::RawStream;
use crate::error::Result;

type Boxed = Box<dyn FnOnce() + Send>;

/// `aclrtLaunchHostFunc(stream, fn, args)`—Calls a closure on a thread of the runtime, in stream order.
pub(crate) fn launch(stream: &RawStream, function: Boxed) -> Result<()> {
    let api = stream.device().api;
    let launch = api.need(api.launch_host_func, "aclrtLaunchHostFunc")?;
    stream.device().bind()?;
    let argument = Box::into_raw(Box::new(function));
    // SAFETY: the stream is valid (A3). `call` may be called with `argument` on any thread: the closure is `Send`, and
    // the runtime calls it at most once (A9).
    let status = Status(unsafe { launch(stream.raw.as_ptr(), Some(call), argument.cast()) });
    if status.0 != 0 {
        // SAFETY: a refused function is never called (A9), so the box is still ours.
        drop(unsafe { Box::from_raw(argument) });
    }
    api.check("aclrtLaunchHostFunc", status)
}

unsafe extern "C" fn call(argument: *mut c_void) {
    // SAFETY: the pointer that `launch` made, given back once (A9).
    let function = unsafe { Box::from_raw(argument.cast::<Boxed>()) };
    // Nothing unwinds into C: the panic hook has spoken already, and the stream goes on.
    let _ = catch_unwind(AssertUnwindSafe(function));
}
