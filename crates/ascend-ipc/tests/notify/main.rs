//! The conformance suite of notifies and pipelines: each test is a rule, and none names a backend.

#[path = "../event/stage.rs"]
#[allow(dead_code, unused_macros, unused_imports, reason = "the suite of events needs more of it")]
mod stage;

mod access;
mod close;
mod open;
mod pipeline;
mod pipeline_death;
mod pipeline_set_up;
mod record;
mod wait;
