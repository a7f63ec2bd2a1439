//! The last look of strict mode, when the process exits.
//!
//! # Safety
//! The function is called once by the C library, after `main` and after what the program registered with `atexit` and its
//! static objects' destructors, on the thread that exits. It is safe code; only its place in the file is special.
#![allow(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::strict;

/// In the list of what is called at exit: later than `atexit` would be, so that what a C++ program's static objects give
/// back does not count as leaked.
// SAFETY: the section holds pointers to functions without arguments, and this is one.
#[used]
#[unsafe(link_section = ".fini_array")]
static AT_EXIT: extern "C" fn() = look;

extern "C" fn look() {
    if strict::has_begun_here() {
        let _ = catch_unwind(AssertUnwindSafe(strict::leak::at_exit)); // nothing unwinds into C
    }
}
