//! Ids of arrows: what a record and the waits that it releases know both, in whatever process they are.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::shm::find::random;
use crate::sync::ring::Ticket;
use crate::sync::signal::UNNAMED;

/// The id for one record of an IPC event.
pub(super) fn of_ipc_event(event: u64, ticket: Ticket) -> u64 {
    mixed([1, event, ticket.slot().into(), ticket.generation().into()])
}

/// The id for one record of an ordinary event of this process.
pub(super) fn of_local_event(serial: u64, record: u64) -> u64 {
    mixed([2, std::process::id().into(), serial, record])
}

/// The id for one record of a notify, if whoever recorded it gave it a name.
pub(super) fn of_notify(notify: u64, record: u32) -> Option<u64> {
    (record != UNNAMED).then(|| mixed([3, notify, record.into(), 0]))
}

/// A name for a record of a notify; no other has it, for some four thousand million records.
pub(crate) fn notify_record() -> u32 {
    // Starting anywhere keeps the records of several processes apart.
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(random() as u32));
    if super::is_on() { NEXT.fetch_add(1, Ordering::Relaxed).max(UNNAMED + 1) } else { UNNAMED }
}

/// One number for several (FNV-1a), since viewers want ids of 64 bits.
fn mixed(words: [u64; 4]) -> u64 {
    let bytes = words.into_iter().flat_map(u64::to_le_bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
