//! Memory shared between processes: sealed memfds, how they are found, and what is laid out in them.
//!
//! Nothing is named in `/dev/shm` or anywhere else: a segment lives as long as some process keeps it open, and a killed
//! process leaves nothing behind. Offsets only, never pointers; every index is checked after one copy.

pub(crate) mod arena;
pub(crate) mod book;
pub(crate) mod event;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod fork;
pub(crate) mod lost;
pub(crate) mod mapping;
pub(crate) mod notify;
pub(crate) mod physical;
pub(crate) mod range_lock;
pub(crate) mod reservation;
pub(crate) mod segment;
mod sighting;
pub(crate) mod transfer;
pub(crate) mod whitelist;
pub(crate) mod word;
