//! The C interface: every emulated function, with C's arguments turned into values that safe code can use.
//!
//! # Safety
//! The functions are called by C. What each may assume of its pointers is what the header says: null, or valid for the
//! access that the function makes. `argument.rs` is the only file that acts on it.
#![allow(unsafe_code)]

pub mod allocator;
pub(crate) mod argument;
mod at_exit;
pub mod callback;
pub mod capability;
pub mod context;
pub mod copy;
pub mod counting_notify;
pub mod data_buffer;
pub mod data_type;
pub mod device;
pub mod device_id;
pub mod device_info;
pub mod error;
pub mod event;
pub(crate) mod exit;
pub mod host_memory;
pub mod init;
pub mod ipc_event;
pub mod ipc_memory;
pub mod late_copy;
pub mod link;
pub mod listener;
pub mod managed;
pub mod memory;
pub mod memory_pool;
pub mod notify;
pub mod option;
pub mod overflow;
pub mod resource;
pub mod setting;
pub mod stream;
pub mod value;
pub mod version;
pub mod vmm;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ascend_sys::abi::aclError;

use crate::model::fault::{Answer, Fault};
use crate::model::strict::site;
use crate::model::{injection, recent, release, trace};
use crate::shm::fork;

/// Defines C functions: each converts its arguments once, runs its body, and answers with a code. A panic of ours is
/// caught and answered with 500000, so that nothing unwinds into C.
macro_rules! entry {
    ($($(#[$meta:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $body:block)*) => {$(
        $(#[$meta])*
        ///
        /// # Safety
        /// Each pointer is null, or valid for the access that the header describes.
        #[allow(non_snake_case, reason = "the C names")]
        pub unsafe extern "C" fn $name($($argument: $kind),*) -> ascend_sys::abi::aclError {
            $(
                // SAFETY: the caller owes what the header says of this argument: null, or valid for the access.
                let $argument = unsafe { $crate::entry::argument::Argument::take($argument, stringify!($argument)) };
            )*
            $crate::entry::answer(stringify!($name), move || $body)
        }
    )*};
}
pub(crate) use entry;

/// Runs a call and turns its answer into a code, a last error and a text.
pub(crate) fn answer(call: &'static str, body: impl FnOnce() -> Answer) -> aclError {
    let whole = || if fork::is_child() { in_child(call, body) } else { watched(call, body) };
    catch_unwind(AssertUnwindSafe(whole)).unwrap_or(INTERNAL)
}

/// The code of a failure of ours.
const INTERNAL: aclError = 500_000;

/// A call with everything that looks on: time line, strict mode, rules.
fn watched(call: &'static str, body: impl FnOnce() -> Answer) -> aclError {
    let began = trace::begin();
    let site = site::enter(call);
    let code = coded(call, || release::require(call).and_then(|()| injection::gate(call, body)));
    drop(site);
    trace::call(call, began, code);
    code
}

/// A call of a forked child. Nobody looks on: each of those has locks, which may have been held at the fork by a thread
/// that the child does not have.
fn in_child(call: &'static str, body: impl FnOnce() -> Answer) -> aclError {
    if FOR_CHILDREN.contains(&call) {
        return coded(call, || release::require(call).and_then(|()| body()));
    }
    coded(call, || Err(forked()))
}

/// The code that a body answers with, after it was remembered; a panic is one of 500000.
fn coded(call: &'static str, body: impl FnOnce() -> Answer) -> aclError {
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        let hint = "Please report this with the text on stderr.";
        Err(Fault::new(INTERNAL, "EE9999", "the simulator failed inside", hint))
    });
    match outcome {
        Ok(()) => 0,
        Err(fault) => {
            recent::remember(call, &fault);
            fault.code
        }
    }
}

/// What a child that was forked after its parent had begun to use a device may still call: it needs no device.
const FOR_CHILDREN: [&str; 7] = [
    "aclrtGetDeviceCount",
    "aclrtGetRunMode",
    "aclrtGetVersion",
    "aclrtCheckArchCompatibility",
    "aclsysGetCANNVersion",
    "aclsysGetVersionStr",
    "aclsysGetVersionNum",
];

#[cold]
fn forked() -> Fault {
    let cause = "this process was forked when its parent had begun to use a device; the driver refuses it";
    Fault::new(507_899, "EE1018", cause, "Fork before the first call of AscendCL, or execute a program after the fork.")
}

/// The answer of every function that is not emulated.
pub(crate) fn refuse(call: &'static str) -> aclError {
    answer(call, || Err(Fault::unsupported("the simulator does not emulate this function")))
}
