//! Waits, in process B, for the record as a future: with any executor, and without one thread a wait.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::{IpcEvent, Opened};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::poller::{self, Watch};
use crate::recorded::Recorded;

/// A wait for a record; see [`IpcEvent::ready`].
///
/// ```no_run
/// # use std::time::Duration;
/// # use ascend_ipc::{IpcEvent, Recorded, Result, event::{Opened, Ready}};
/// # async fn both(events: [IpcEvent<Opened>; 2], recorded: [Recorded; 2]) -> Result<()> {
/// // Both are looked for at once.
/// let waits: [Ready; 2] = std::array::from_fn(|i| events[i].ready(&recorded[i], Duration::from_secs(5)));
/// for wait in waits {
///     wait.await?;
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a future does nothing unless it is awaited"]
pub struct Ready(Result<Arc<Watch>, Option<Error>>);

impl IpcEvent<Opened> {
    /// `aclrtQueryEventStatus(event, out)`, repeated—A future that is ready when the record is executed.
    ///
    /// It looks from now on, not from the first poll. One thread of the process looks for all futures and host waits; no
    /// executor is needed that knows of it. Dropping the future ends the wait, and nothing else.
    ///
    /// # Errors
    /// As [`wait_host`](Self::wait_host).
    ///
    /// ```no_run
    /// # async fn consume(event: ascend_ipc::IpcEvent<ascend_ipc::event::Opened>, recorded: ascend_ipc::Recorded)
    /// # -> Result<(), ascend_ipc::Error> {
    /// event.ready(&recorded, std::time::Duration::from_secs(5)).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtQueryEventStatus")]
    pub fn ready(&self, recorded: &Recorded, deadline: impl Into<Deadline>) -> Ready {
        let watch = self
            .of_this(recorded)
            .and_then(|()| poller::watch(&self.raw, self.state.recorder.clone(), deadline.into()));
        Ready(watch.map_err(Some))
    }
}

impl Future for Ready {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Ok(watch) => watch.poll(context.waker()),
            Err(error) => Poll::Ready(Err(error
                .take()
                .unwrap_or_else(|| Error::misuse("the wait was polled after it had ended")))),
        }
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        if crate::ffi::fork::is_child() {
            // A thread of the parent may have held the watch's lock.
            std::mem::forget(std::mem::replace(&mut self.0, Err(None)));
        } else if let Ok(watch) = &self.0 {
            watch.cancel();
        }
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ready(..)")
    }
}
