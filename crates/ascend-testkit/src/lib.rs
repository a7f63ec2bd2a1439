//! Several real processes as one test.
//!
//! A *scenario* is an ordinary test function; its *roles* are functions that run in processes of their own. It cannot hang
//! (it has one deadline), cannot leak unseen (what is left at the end is a failure), and can kill a role at a named step.
//!
//! ```no_run
//! use ascend_testkit::{RoleCx, RoleResult, roles, run};
//!
//! roles![doubler]; // once, for all roles of the file
//!
//! fn doubler(cx: &mut RoleCx, rounds: u32) -> RoleResult {
//!     for _ in 0..rounds {
//!         let number: u32 = cx.receive("number")?;
//!         cx.send("double", &(2 * number))?;
//!     }
//!     Ok(())
//! }
//!
//! # /*
//! #[test]
//! # */
//! fn a_number_is_doubled() {
//!     run(|s| {
//!         let doubler = s.spawn(doubler, 1);
//!         doubler.send("number", &21);
//!         assert_eq!(doubler.receive::<u32>("double"), 42);
//!     });
//! }
//! ```
//!
//! A role's process is the test binary, run again for the same test; [`run`] notices that it is in such a process, calls
//! the role and never returns. So [`run`] stands first in its test. The process of the scenario itself loads nothing: only
//! roles do.
//!
//! How to write a scenario, read a failure and rerun a case: `docs/testing.md`.

mod backend;
mod clock;
mod fault;
mod latch;
mod listen;
mod matrix;
mod needs;
mod output;
mod process;
mod report;
mod role;
mod scenario;
mod skip;
mod state;
mod wire;

pub use backend::{Backend, UnknownBackend, VARIABLE};
pub use fault::{At, Fault};
pub use latch::Latch;
pub use matrix::{CASE, Case, Matrix};
pub use needs::{Capabilities, Needs};
pub use output::Output;
pub use report::{End, Failure, FailureKind, Outcome, Report, RoleReport, Verdict};
pub use role::{LinkError, RoleCx, RoleResult};
pub use rustix::process::Signal;
pub use scenario::{Role, Scenario, Setup, Spawn, run, run_report};
pub use skip::{SkipSummary, skip_summary};

#[doc(hidden)]
pub use linkme as __linkme;
#[doc(hidden)]
pub use role::registry::{Entry as __Entry, ROLES as __ROLES, call as __call};

/// Runs the role and ends the process, if this process was started as one; else does nothing.
///
/// [`run`] does this by itself. It is for a binary with a `main` of its own, such as a bench, which begins with it.
pub fn enter_if_role() {
    role::enter_if_role();
}

/// Locks; what a panicking thread has left is as good as before, since every change here is a single step.
fn locked<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
