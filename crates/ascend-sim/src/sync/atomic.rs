//! The atomics that shared memory is made of; the one place to swap them for a model checker's.

pub(crate) use core::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
