//! Parks a thread until a word in shared memory changes, across processes.

use core::time::Duration;

use rustix::io::Errno;
use rustix::thread::futex;

use super::atomic::AtomicU32;

/// Parks while `word` holds `expected`, at most for `limit`; may return early, so the caller checks again.
pub(crate) fn park(word: &AtomicU32, expected: u32, limit: Duration) {
    let limit = futex::Timespec {
        tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: limit.subsec_nanos().into(),
    };
    // Without PRIVATE: the waker is another process. Every outcome (woken, changed, interrupted, timed out) means: look.
    let _ = futex::wait(word, futex::Flags::empty(), expected, Some(&limit));
}

/// Wakes every thread, of any process, that is parked on `word`.
pub(crate) fn unpark_all(word: &AtomicU32) {
    let woken = futex::wake(word, futex::Flags::empty(), i32::MAX as u32);
    debug_assert!(!matches!(woken, Err(error) if error != Errno::FAULT), "futex wake cannot fail otherwise");
}
