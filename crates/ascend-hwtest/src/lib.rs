//! Runs the test suite on Ascend servers, and shows the same screens on the simulator.
//!
//! A run goes through [phases](event::Phase): plan, build, preflight, lease, baseline, warm-up, matrix, post-check, report.
//! What happens is appended to `events.jsonl` as it happens ([`event`]); every other file of a run is a view of that one, so
//! a run that was killed still has a report. `cargo xtask hw-test` and the program `hwrun`, which a bundle brings to machines
//! without cargo, are two doors to this library.

pub mod bundle;
pub mod event;
pub mod exit;
pub mod fleet;
pub mod profile;
pub mod remote;
pub mod verdict;
