//! Holds whoever comes until it is released, so that a test of a wait can prove that the wait waited.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::locked;

/// How long a latch holds if nobody releases it.
const LONGEST: Duration = Duration::from_secs(60);

/// Holds whoever comes until it is released.
///
/// A host function that holds at a latch keeps the stream busy on which it was launched. Everything behind it in the
/// stream has certainly not happened as long as the latch is held, and a test needs no sleep to show it:
///
/// ```
/// # use std::time::Duration;
/// # use ascend_testkit::Latch;
/// # struct Stream(Option<std::thread::JoinHandle<bool>>);
/// # impl Stream {
/// #     fn launch_host(&mut self, task: impl FnOnce() -> bool + Send + 'static) {
/// #         self.0 = Some(std::thread::spawn(task));
/// #     }
/// #     fn synchronize(self) -> bool { self.0.unwrap().join().unwrap() }
/// # }
/// # let mut stream = Stream(None);
/// let latch = Latch::new();
/// let held = latch.clone();
/// stream.launch_host(move || held.hold());
/// assert!(latch.wait_held(Duration::from_secs(5)), "the stream never came to the latch");
/// // … record behind the latch, and show that a waiter does not get through …
/// latch.release();
/// # assert!(stream.synchronize());
/// ```
///
/// A latch gives way by itself when every handle is gone except those that are being held, and after a minute: a test
/// that failed does not leave a stream behind that never ends.
#[derive(Debug)]
pub struct Latch {
    shared: Arc<Shared>,
    /// How many threads hold at this very handle; changed under the lock.
    threads: AtomicUsize,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    limit: Duration,
}

#[derive(Debug)]
struct State {
    handles: usize,
    /// Handles at which somebody is held.
    holding: usize,
    reached: bool,
    released: bool,
}

impl Latch {
    /// A latch that nobody has reached yet.
    pub fn new() -> Self {
        Self::holding_at_most(LONGEST)
    }

    /// A latch that gives way after `limit`, counted from the moment it is reached.
    pub fn holding_at_most(limit: Duration) -> Self {
        let state = Mutex::new(State { handles: 1, holding: 0, reached: false, released: false });
        Self { shared: Arc::new(Shared { state, changed: Condvar::new(), limit }), threads: AtomicUsize::new(0) }
    }

    /// Blocks until the latch is released, or gives way; whether it was released.
    pub fn hold(&self) -> bool {
        let Shared { state, changed, limit } = &*self.shared;
        let end = Instant::now() + *limit;
        let mut state = locked(state);
        if self.threads.fetch_add(1, Ordering::Relaxed) == 0 {
            state.holding += 1;
        }
        state.reached = true;
        changed.notify_all();
        while !state.released && state.handles > state.holding {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        if self.threads.fetch_sub(1, Ordering::Relaxed) == 1 {
            state.holding -= 1;
        }
        state.released
    }

    /// Lets everybody go, those who come later too.
    pub fn release(&self) {
        locked(&self.shared.state).released = true;
        self.shared.changed.notify_all();
    }

    /// Whether somebody is held right now.
    pub fn is_held(&self) -> bool {
        locked(&self.shared.state).holding > 0
    }

    /// Waits until somebody has come to the latch, at most for `limit`; whether somebody has.
    pub fn wait_held(&self, limit: Duration) -> bool {
        let state = locked(&self.shared.state);
        let waited = self.shared.changed.wait_timeout_while(state, limit, |state| !state.reached);
        waited.unwrap_or_else(PoisonError::into_inner).0.reached
    }
}

impl Default for Latch {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Latch {
    fn clone(&self) -> Self {
        locked(&self.shared.state).handles += 1;
        Self { shared: Arc::clone(&self.shared), threads: AtomicUsize::new(0) }
    }
}

impl Drop for Latch {
    fn drop(&mut self) {
        locked(&self.shared.state).handles -= 1;
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn held(latch: &Latch) -> thread::JoinHandle<bool> {
        let held = latch.clone();
        let thread = thread::spawn(move || held.hold());
        assert!(latch.wait_held(LONG));
        thread
    }

    #[test]
    fn a_latch_holds_until_it_is_released() {
        let latch = Latch::new();
        assert!(!latch.is_held());
        assert!(!latch.wait_held(Duration::from_millis(1)));
        let (first, second) = (held(&latch), held(&latch));
        assert!(latch.is_held() && !first.is_finished());
        latch.release();
        assert!(first.join().unwrap() && second.join().unwrap());
        assert!(!latch.is_held());
    }

    #[test]
    fn a_released_latch_holds_nobody() {
        let latch = Latch::new();
        latch.release();
        assert!(latch.hold());
    }

    #[test]
    fn a_latch_gives_way_when_nobody_is_left_to_release_it() {
        let latch = Latch::new();
        let (first, second) = (held(&latch), held(&latch));
        drop(latch);
        assert!(!first.join().unwrap() && !second.join().unwrap());
    }

    #[test]
    fn a_latch_gives_way_in_the_end() {
        let latch = Latch::holding_at_most(Duration::from_millis(5));
        assert!(!latch.hold());
        assert!(!latch.is_held());
    }
}
