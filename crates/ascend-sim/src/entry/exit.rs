//! Has something done when the process, or the library, ends in an orderly way.
//!
//! # Safety
//! `atexit` takes any function that may be called once, later, on the thread that ends the process. None of ours lets a
//! panic out.
#![allow(unsafe_code)]

/// Has a function called at the end. If there is no room for it, it is not called.
pub(crate) fn at_exit(function: extern "C" fn()) {
    // SAFETY: the function has no preconditions; a library that is closed earlier has its functions called then.
    let _ = unsafe { libc::atexit(function) };
}
