//! Error reports.
//!
//! # Safety
//! Hands out a text of this thread, as the header says.
#![allow(unsafe_code)]

use core::ffi::c_char;

use ascend_sys::abi::{ACL_RT_THREAD_LEVEL, aclError, aclrtLastErrLevel};

use super::answer;
use crate::model::fault::Fault;
use crate::model::recent;

/// The texts of this thread's refusals since the last reading, newest first; null when there are none.
///
/// # Safety
/// The text is valid until this function is called again on this thread.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclGetRecentErrMsg() -> *const c_char {
    recent::text()
}

/// This thread's last error; it stays.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclrtPeekAtLastError(level: aclrtLastErrLevel) -> aclError {
    if level == ACL_RT_THREAD_LEVEL { recent::peek() } else { bad_level("aclrtPeekAtLastError") }
}

/// This thread's last error; it is cleared.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclrtGetLastError(level: aclrtLastErrLevel) -> aclError {
    if level == ACL_RT_THREAD_LEVEL { recent::take() } else { bad_level("aclrtGetLastError") }
}

fn bad_level(call: &'static str) -> aclError {
    answer(call, || Err(Fault::front("the level is not ACL_RT_THREAD_LEVEL", "Pass ACL_RT_THREAD_LEVEL.")))
}
