//! The only place that calls C: one function a call, taking and giving Rust values.
//!
//! Guards ([`event::RawEvent`], [`stream::RawStream`], …) own what they name and release it when dropped; above this folder
//! no raw pointer appears. Numbers in brackets, as in (A4), are the axioms of `docs/safety.md`.

pub(crate) mod device;
pub(crate) mod event;
pub(crate) mod fork;
pub(crate) mod host_function;
pub(crate) mod in_flight;
pub(crate) mod inherit;
pub(crate) mod ipc_memory;
pub(crate) mod library;
pub(crate) mod memory;
#[cfg(all(test, feature = "sim"))]
mod neighbour;
pub(crate) mod notify;
pub(crate) mod physical;
pub(crate) mod probe;
mod raw;
#[cfg(all(test, feature = "sim"))]
mod raw_rules;
pub(crate) mod stream;
