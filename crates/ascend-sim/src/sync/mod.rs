//! Synchronisation between processes: atomics, futexes, and the slot ring of an IPC event.
//!
//! Everything that lives in shared memory is an atomic and is reached through this module only, so that a model checker
//! can replace [`atomic`]. Ascend servers are mostly AArch64: each ordering says what it pairs with.

pub(crate) mod atomic;
pub(crate) mod futex;
pub(crate) mod ring;
#[cfg(test)]
mod ring_rules;
pub(crate) mod signal;
