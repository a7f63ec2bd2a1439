//! The binary signal of a notify: a record sets it, one wait takes it, and an early record is remembered.

use core::time::Duration;

use super::atomic::{AtomicU32, Ordering};
use super::futex;

/// The name of a record that nobody needs to tell from others; no record has the name 0.
pub(crate) const UNNAMED: u32 = 1;

/// A signal in shared memory: the name of the record that set it. Set while it is not 0, so that any bytes are a valid state.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Signal(AtomicU32);

impl Signal {
    /// Sets it, and wakes whoever waits; setting it twice is setting it once, by the later record.
    pub(crate) fn set(&self, name: u32) {
        debug_assert_ne!(name, 0, "that means unset");
        // Release pairs with the Acquire in `take`: the waiter sees all that preceded the record. Who dies before the
        // wake costs a waiter one time slice.
        if self.0.swap(name, Ordering::AcqRel) == 0 {
            futex::unpark_all(&self.0);
        }
    }

    /// Takes it, if it is set: of several waits exactly one does. Answers with the name of the record.
    pub(crate) fn take(&self) -> Option<u32> {
        let set = self.0.load(Ordering::Relaxed) != 0;
        set.then(|| self.0.swap(0, Ordering::AcqRel)).filter(|name| *name != 0)
    }

    /// Whether it is set.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire) != 0
    }

    /// Makes it unset.
    pub(crate) fn clear(&self) {
        self.0.store(0, Ordering::Release);
    }

    /// Parks until it may have been set, at most for `limit`.
    pub(crate) fn park(&self, limit: Duration) {
        futex::park(&self.0, 0, limit);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32 as Counter;

    use super::*;

    #[test]
    fn an_early_record_is_remembered_once() {
        let signal = Signal::default();
        assert_eq!(signal.take(), None);
        signal.set(7);
        signal.set(8);
        assert_eq!(signal.take(), Some(8));
        assert_eq!(signal.take(), None);
        signal.set(9);
        signal.clear();
        assert_eq!(signal.take(), None);
    }

    #[test]
    fn each_record_wakes_exactly_one_of_many_waits() {
        const WAITS: u32 = 4;
        let (signal, passed) = (Signal::default(), Counter::new(0));
        std::thread::scope(|threads| {
            for _ in 0..WAITS {
                threads.spawn(|| {
                    while signal.take().is_none() {
                        signal.park(Duration::from_secs(20)); // a lost wake-up would sleep this long
                    }
                    passed.fetch_add(1, Ordering::SeqCst);
                });
            }
            for record in 1..=WAITS {
                signal.set(record);
                while passed.load(Ordering::SeqCst) < record {
                    std::thread::yield_now();
                }
                assert_eq!(passed.load(Ordering::SeqCst), record);
            }
        });
    }
}
