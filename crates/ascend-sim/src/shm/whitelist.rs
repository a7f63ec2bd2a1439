//! Which processes may open what a process shares: a list in shared memory, which only the sharing process writes.

use crate::sync::atomic::{AtomicU32, Ordering};

/// Processes that one list can name.
const PIDS: usize = 65535;

/// The list; pages of it that are never touched cost nothing.
#[repr(C)]
pub(crate) struct Whitelist {
    /// 1 unless any process may open it.
    restricted: AtomicU32,
    listed: AtomicU32,
    pids: [AtomicU32; PIDS],
}

impl Whitelist {
    /// Says whether the list counts.
    pub(crate) fn restrict(&self, restricted: bool) {
        self.restricted.store(restricted.into(), Ordering::Release);
    }

    /// Whether the list counts.
    pub(crate) fn is_restricted(&self) -> bool {
        self.restricted.load(Ordering::Acquire) != 0
    }

    /// Lists processes; `false` if there is no room for them.
    pub(crate) fn list(&self, pids: &[u32]) -> bool {
        let listed = self.listed.load(Ordering::Relaxed) as usize;
        let Some(room) = self.pids.get(listed..).filter(|room| room.len() >= pids.len()) else { return false };
        for (entry, pid) in room.iter().zip(pids) {
            entry.store(*pid, Ordering::Relaxed);
        }
        // Release pairs with the opener's Acquire of the count.
        self.listed.store((listed + pids.len()) as u32, Ordering::Release);
        true
    }

    /// Whether a process may open what is shared.
    pub(crate) fn admits(&self, pid: u32) -> bool {
        let listed = (self.listed.load(Ordering::Acquire) as usize).min(PIDS);
        !self.is_restricted() || self.pids[..listed].iter().any(|entry| entry.load(Ordering::Relaxed) == pid)
    }
}
