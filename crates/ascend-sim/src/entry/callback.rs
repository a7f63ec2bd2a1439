//! Functions of the program that a stream calls.
//!
//! # Safety
//! Calls foreign functions: whoever launches one vouches that it may be called with its argument, once, on any thread.
//! `pthread_self` has no preconditions.
#![allow(unsafe_code)]

use core::ffi::c_void;
use std::cell::RefCell;
use std::sync::Arc;

use ascend_sys::abi::{
    ACL_CALLBACK_BLOCK, ACL_CALLBACK_NO_BLOCK, aclrtCallback, aclrtCallbackBlockType, aclrtHostFunc, aclrtStream,
};

use super::entry;
use super::stream::{deadline, named};
use crate::model::fault::{Answer, Fault};
use crate::model::report::Reporter;
use crate::model::runtime::runtime;
use crate::model::task::Task;
use crate::model::thread;

/// A function and its argument, to be called in stream order.
#[derive(Clone, Copy)]
pub(crate) struct HostFunction {
    function: unsafe extern "C" fn(*mut c_void),
    argument: *mut c_void,
}

// SAFETY: the program launched it to be called on a thread of the runtime, or of its own choice.
unsafe impl Send for HostFunction {}

impl HostFunction {
    /// Calls it.
    pub(crate) fn call(&self) {
        // SAFETY: whoever launched it vouched for this call.
        unsafe { (self.function)(self.argument) };
    }
}

unsafe extern "C" {
    /// The number by which programs name a thread.
    safe fn pthread_self() -> usize;
}

/// The number of the calling thread, as programs name it.
pub(crate) fn thread_number() -> u64 {
    pthread_self() as u64
}

/// Tells the model that the thread ends.
struct Farewell(Arc<Reporter>);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.0.thread_ended();
    }
}

thread_local! {
    static FAREWELL: RefCell<Option<Farewell>> = const { RefCell::new(None) };
}

/// This thread as one that runs callbacks.
fn this_thread() -> Answer<Arc<Reporter>> {
    let reporter = runtime().reports.of_thread(thread_number())?;
    // A thread that is ending has said farewell already.
    let _ = FAREWELL.try_with(|farewell| {
        farewell.borrow_mut().get_or_insert_with(|| Farewell(Arc::clone(&reporter)));
    });
    Ok(reporter)
}

entry! {
    /// Calls a function on the host, in stream order; the stream goes on when it has returned.
    fn aclrtLaunchHostFunc(stream: aclrtStream, fn_: aclrtHostFunc, args: *mut c_void) {
        let function = fn_.ok_or_else(|| Fault::null("fn"))?;
        let stream = thread::own_stream(stream.address())?;
        if stream.has_callbacks() {
            let hint = "Use aclrtLaunchCallback or aclrtLaunchHostFunc on a stream, not both.";
            return Err(Fault::new(107_011, "EE1018", "the stream was subscribed and has had callbacks", hint));
        }
        stream.submit(Task::Host(HostFunction { function, argument: core::ptr::with_exposed_provenance_mut(args.address()) }))
    }

    /// Has a function called by the thread that is subscribed for the stream, in stream order.
    fn aclrtLaunchCallback(
        fn_: aclrtCallback,
        userData: *mut c_void,
        blockType: aclrtCallbackBlockType,
        stream: aclrtStream,
    ) {
        let function = fn_.ok_or_else(|| Fault::null("fn"))?;
        let blocks = match blockType {
            ACL_CALLBACK_NO_BLOCK => false,
            ACL_CALLBACK_BLOCK => true,
            _ => return Err(Fault::front(format!("{blockType} is no block type"), "Pass ACL_CALLBACK_BLOCK or NO_BLOCK.")),
        };
        let stream = thread::own_stream(stream.address())?;
        let reporter = runtime().reports.of_stream(&stream)?;
        stream.note_callback();
        let function = HostFunction { function, argument: core::ptr::with_exposed_provenance_mut(userData.address()) };
        stream.submit(Task::Report(reporter, stream.serial(), function, blocks))
    }

    /// Makes a thread run a stream's callbacks.
    fn aclrtSubscribeReport(threadId: u64, stream: aclrtStream) {
        runtime().reports.subscribe(threadId, &*named(&stream)?)
    }

    /// Ends what `aclrtSubscribeReport` began.
    fn aclrtUnSubscribeReport(threadId: u64, stream: aclrtStream) {
        runtime().reports.unsubscribe(threadId, &*named(&stream)?)
    }

    /// Runs the callbacks that are pending for this thread; waits so many milliseconds for one, -1 for ever.
    fn aclrtProcessReport(timeout: i32) {
        let deadline = deadline(timeout).map_err(|fault| fault.at_front().with_code(100_000))?;
        this_thread()?.process(deadline)
    }
}
