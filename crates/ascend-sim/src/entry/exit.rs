//! What the simulator does when the process ends in order.
//!
//! # Safety
//! Registers a function with the C library; it takes nothing, returns, and lets no panic out.
#![allow(unsafe_code)]

use std::panic::catch_unwind;

use crate::model::trace;

extern "C" fn end() {
    // There is nobody left who could be told.
    let _ = catch_unwind(trace::end);
}

/// Has the trace completed at the end of the process, or when the library is unloaded.
pub(crate) fn call_at_exit() {
    // SAFETY: `end` may be called at any time on any thread; it stays in memory, since the C library calls what a library
    // registered before it unloads that library. If there is no room for it, the last events are missing.
    unsafe { libc::atexit(end) };
}
