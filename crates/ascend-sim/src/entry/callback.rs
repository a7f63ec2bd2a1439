//! Functions of the program that a stream calls.
//!
//! # Safety
//! Calls foreign functions: whoever launches one vouches that it may be called with its argument, once, on any thread.
#![allow(unsafe_code)]

use core::ffi::c_void;

use ascend_sys::abi::aclrtHostFunc;

use super::entry;
use crate::model::fault::Fault;
use crate::model::task::Task;
use crate::model::thread;

/// A function and its argument, to be called in stream order.
pub(crate) struct HostFunction {
    function: unsafe extern "C" fn(*mut c_void),
    argument: *mut c_void,
}

// SAFETY: the program launched it to be called on a thread of the runtime.
unsafe impl Send for HostFunction {}

impl HostFunction {
    /// Calls it.
    pub(crate) fn call(&self) {
        // SAFETY: whoever launched it vouched for this call.
        unsafe { (self.function)(self.argument) };
    }
}

entry! {
    /// Calls a function on the host, in stream order; the stream goes on when it has returned.
    fn aclrtLaunchHostFunc(stream: *mut c_void, fn_: aclrtHostFunc, args: *mut c_void) {
        let function = fn_.ok_or_else(|| Fault::null("fn"))?;
        let stream = thread::own_stream(stream.address())?;
        stream.submit(Task::Host(HostFunction { function, argument: core::ptr::with_exposed_provenance_mut(args.address()) }))
    }
}
