//! Which processes may import a thing: all, or those that the exporter lists.
//!
//! # Safety
//! Names a type that lives in shared memory; it is made of atomics only.
#![allow(unsafe_code)]

use super::mapping::Shared;
use crate::sync::atomic::{AtomicU32, Ordering};

/// Processes that one list holds.
const PIDS: usize = 65535;

/// A list in shared memory; pages that are never touched cost nothing.
#[repr(C)]
pub(crate) struct Whitelist {
    /// 1 unless any process may import.
    restricted: AtomicU32,
    listed: AtomicU32,
    pids: [AtomicU32; PIDS],
}

// SAFETY: `repr(C)`, atomics only, every bit pattern valid.
unsafe impl Shared for Whitelist {}

impl Whitelist {
    /// Whether the list counts.
    pub(crate) fn restrict(&self, restricted: bool) {
        self.restricted.store(restricted.into(), Ordering::Relaxed);
    }

    /// Lists processes; `false` if there is no room for them. One thread at a time.
    pub(crate) fn allow(&self, pids: &[u32]) -> bool {
        let listed = self.listed.load(Ordering::Relaxed) as usize;
        let Some(room) = self.pids.get(listed..).filter(|room| room.len() >= pids.len()) else { return false };
        for (entry, pid) in room.iter().zip(pids) {
            entry.store(*pid, Ordering::Relaxed);
        }
        // Release pairs with the Acquire in `admits`.
        self.listed.store((listed + pids.len()) as u32, Ordering::Release);
        true
    }

    /// Whether a process may import.
    pub(crate) fn admits(&self, pid: u32) -> bool {
        if self.restricted.load(Ordering::Relaxed) == 0 {
            return true;
        }
        let listed = (self.listed.load(Ordering::Acquire) as usize).min(PIDS);
        self.pids[..listed].iter().any(|entry| entry.load(Ordering::Relaxed) == pid)
    }
}
