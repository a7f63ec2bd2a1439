//! Memory pools: device memory that streams allocate and free in their order, and how much of it a pool keeps.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fault::{Answer, Fault};
use super::runtime::runtime;

/// A pool of one device's memory.
pub(crate) struct Pool {
    device: u32,
    /// The most that it may hold; 0 is no limit.
    limit: u64,
    state: Mutex<State>,
}

/// How much a pool holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// Bytes that the pool keeps although nobody uses them.
    pub(crate) threshold: u64,
    /// Bytes taken from the device, and the most since this was reset.
    pub(crate) reserved: u64,
    pub(crate) reserved_high: u64,
    /// Bytes of these that are allocated, and the most since this was reset.
    pub(crate) used: u64,
    pub(crate) used_high: u64,
    /// Whether freed memory is used again along events, by chance, and along inserted dependencies.
    pub(crate) reuse: [u32; 3],
}

/// What an allocation has of its pool; returned when dropped.
pub(crate) struct Share {
    pool: Arc<Pool>,
    length: u64,
}

impl Pool {
    /// An empty pool.
    pub(crate) const fn new(device: u32, limit: u64) -> Self {
        let state = State { threshold: 0, reserved: 0, reserved_high: 0, used: 0, used_high: 0, reuse: [1; 3] };
        Self { device, limit, state: Mutex::new(state) }
    }

    /// The device whose memory it holds, as this process counts them.
    pub(crate) const fn device(&self) -> u32 {
        self.device
    }

    /// How much it holds.
    pub(crate) fn state(&self) -> State {
        *self.lock()
    }

    /// Changes what may be changed of it.
    pub(crate) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
    }

    /// Takes bytes for an allocation, of those that it keeps or else from the device.
    pub(crate) fn take(self: &Arc<Self>, length: u64) -> Answer<Share> {
        let full = || {
            let cause = format!("the memory pool has no {length} bytes left of its {}", self.limit);
            Fault::new(207_001, "EE1013", cause, "Free what is not needed, or make a larger pool.")
        };
        let mut state = self.lock();
        let used = state.used.checked_add(length).ok_or_else(full)?;
        if self.limit != 0 && used > self.limit {
            return Err(full());
        }
        if used > state.reserved {
            runtime().memory.charge(self.device, used - state.reserved)?;
            state.reserved = used;
        }
        state.used = used;
        state.used_high = state.used_high.max(used);
        state.reserved_high = state.reserved_high.max(state.reserved);
        Ok(Share { pool: Arc::clone(self), length })
    }

    /// Returns to the device what nobody uses, but keeps so many bytes in all.
    pub(crate) fn trim(&self, keep: u64) {
        self.shrink(&mut self.lock(), keep);
    }

    fn shrink(&self, state: &mut State, keep: u64) {
        let kept = state.reserved.min(keep).max(state.used);
        runtime().memory.give_back(self.device, state.reserved - kept);
        state.reserved = kept;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        state.used -= self.length;
        let keep = state.threshold;
        self.pool.shrink(&mut state, keep);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.trim(0);
    }
}

/// The pool behind a handle.
pub(crate) fn find(raw: usize) -> Answer<Arc<Pool>> {
    runtime().pools.get(raw).ok_or_else(|| Fault::handle("memory pool"))
}
