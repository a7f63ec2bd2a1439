//! The conformance suite of memory: each test is a rule, and none names a backend.

#[path = "../event/stage.rs"]
#[allow(dead_code, unused_macros, unused_imports, reason = "the suite of events needs more of it")]
mod stage;

mod copy;
mod element;
mod kind;
mod lease;
mod share;
mod whitelist;
