//! One thread that looks at records on behalf of everybody in the process who waits on the host.
//!
//! The vendor's synchronise is never called on an IPC event: it can miss the completion, and sleeps 100 ms at a time. The
//! query call takes a lock that a killed process may hold for ever; so callers never make it themselves while they wait,
//! and whoever waits on the thread here goes on at the deadline, whatever the query does. A second thread, which sleeps until
//! a deadline has passed, replaces the first when a query does not return.

#[cfg(all(test, feature = "sim"))]
mod stuck;
mod thread;
mod watch;
mod watchdog;

use std::sync::Arc;
use std::time::Duration;

use crate::deadline::Deadline;
use crate::error::Result;
use crate::ffi::event::RawEvent;

pub(crate) use watch::{Peer, Watch};

/// How long after the deadline a waiter lets the thread say so.
const GRACE: Duration = Duration::from_millis(50);

/// Has a record looked at until it is executed, the peer is gone, or the deadline has passed.
pub(crate) fn watch(event: &RawEvent, peer: Option<Peer>, deadline: Deadline) -> Result<Arc<Watch>> {
    event.touch()?;
    let watch = Arc::new(Watch::new(event.clone(), peer, deadline));
    thread::submit(&watch)?;
    Ok(watch)
}

/// Blocks the host until the latest record is executed.
pub(crate) fn wait(event: &RawEvent, peer: Option<Peer>, deadline: Deadline) -> Result<()> {
    let watch = watch(event, peer, deadline)?;
    if let Some(outcome) = watch.block(deadline.left().saturating_add(GRACE)) {
        return outcome;
    }
    // The deadline has passed and the thread has not said so: it is busy, or its query never returns. It gets as long again
    // as no query takes; a process that was stopped meanwhile gives its thread the same time.
    let suspect = thread::suspect();
    watchdog::in_time(|slice| watch.block(slice)).unwrap_or_else(|| {
        if let Some(suspect) = &suspect {
            thread::replace(suspect);
        }
        watch.give_up()
    })
}
