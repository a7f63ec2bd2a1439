//! What goes wrong between processes, and that it ends as `docs/faults.md` says: `fNN_` is row FNN of that table.

#[path = "../event/stage.rs"]
#[allow(dead_code, unused_macros, unused_imports, reason = "the suite of events needs more of it")]
mod stage;

mod death;
mod device;
mod ending;
mod page;
mod resource;
mod rubbish;
mod ticket;

use std::time::Duration;

use ascend_ipc::{Error, ErrorKind};

/// Time in which a death, or an end, is noticed; a waiter that slept until its deadline is slower.
const SOON: Duration = Duration::from_secs(5);

/// The kind of an error, `None` for success.
fn kind<T>(outcome: &Result<T, Error>) -> Option<ErrorKind> {
    outcome.as_ref().err().map(Error::kind)
}
