//! A thread's last error and its recent error text.

use std::cell::{Cell, RefCell};
use std::ffi::CString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use ascend_sys::abi::aclError;

use super::fault::{Fault, Layer};
use crate::shm::fork;

/// Texts that are kept for a thread which never reads them.
const KEPT: usize = 16;

/// Whether all threads share their texts, and the texts that they share.
static SHARED: AtomicBool = AtomicBool::new(false);
static TEXTS_OF_PROCESS: Mutex<Vec<String>> = Mutex::new(Vec::new());

thread_local! {
    static LAST: Cell<aclError> = const { Cell::new(0) };
    static TEXTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static READ: RefCell<Option<CString>> = const { RefCell::new(None) };
}

/// Remembers what `call` answers on this thread.
pub(crate) fn remember(call: &str, fault: &Fault) {
    if fault.layer == Layer::Runtime {
        LAST.set(fault.code);
    }
    let text = fault.text(call);
    if is_shared() {
        return keep(&mut TEXTS_OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner), text);
    }
    // A thread that is ending may have lost its texts already; then there is nobody left to read this one.
    let _ = TEXTS.try_with(|texts| keep(&mut texts.borrow_mut(), text));
}

fn keep(texts: &mut Vec<String>, text: String) {
    if texts.len() == KEPT {
        texts.remove(0);
    }
    texts.push(text);
}

/// A forked child keeps its texts by thread in any case: it may have inherited a lock that nobody gives back.
fn is_shared() -> bool {
    SHARED.load(Ordering::Relaxed) && !fork::is_child()
}

/// From now on, the threads share their texts, or they do not.
pub(crate) fn share(share: bool) {
    SHARED.store(share, Ordering::Relaxed);
}

/// The last error of this thread; it stays.
pub(crate) fn peek() -> aclError {
    LAST.get()
}

/// The last error of this thread; it is cleared.
pub(crate) fn take() -> aclError {
    LAST.replace(0)
}

/// The texts of this thread, or of all, since the last reading, newest first; valid until the next reading on this thread.
pub(crate) fn text() -> *const core::ffi::c_char {
    let texts = match is_shared() {
        true => std::mem::take(&mut *TEXTS_OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner)),
        false => TEXTS.try_with(RefCell::take).unwrap_or_default(),
    };
    let read = READ.try_with(|read| {
        let mut read = read.borrow_mut();
        *read = match texts.is_empty() {
            true => None,
            false => CString::new(texts.iter().rev().map(String::as_str).collect::<Vec<_>>().join("\n")).ok(),
        };
        read.as_ref().map_or(core::ptr::null(), |text| text.as_ptr())
    });
    read.unwrap_or(core::ptr::null())
}
