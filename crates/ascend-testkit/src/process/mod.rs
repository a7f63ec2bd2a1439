//! Processes: how they are started, seen, and ended.

pub(crate) mod dump;
pub(crate) mod files;
pub(crate) mod listing;
pub(crate) mod nursery;
pub(crate) mod remains;
