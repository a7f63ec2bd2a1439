//! Runs the test suite on Ascend servers, and shows the same screens on the simulator.
//!
//! A run goes through [phases](event::Phase): plan, build, preflight, lease, baseline, warm-up, matrix, post-check, report.
//! What happens is appended to `events.jsonl` as it happens ([`event`]); every other file of a run is a view of that one, so
//! a run that was killed still has a report. `cargo xtask hw-test` and the program `hwrun`, which a bundle brings to machines
//! without cargo, are two doors to this library.

pub mod baseline;
pub mod build;
pub mod bundle;
pub mod child;
pub mod cli;
pub mod doctor;
pub mod event;
pub mod exit;
pub mod explain;
pub mod fleet;
pub mod journal;
pub mod journal_reader;
pub mod lease;
pub mod look;
pub mod machine;
pub mod matrix;
pub mod plan;
pub mod postcheck;
pub mod preflight;
pub mod probe;
pub mod processes;
pub mod profile;
pub mod redact;
pub mod remote;
pub mod report;
pub mod run;
pub mod screen;
pub mod smi;
pub mod verdict;
pub mod version;
pub mod view;
pub mod warm_up;
mod words;
