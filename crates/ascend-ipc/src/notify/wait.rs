//! Waits, in process B, on the device, for a record of the notify that it created.

use super::{Notify, Waits};
use crate::error::Result;
use crate::stream::Stream;
use crate::wait_limit::WaitLimit;

impl<S> Notify<S> {
    /// `aclrtWaitAndResetNotify(notify, stream, seconds)`—Lets the stream wait, on the device, for one record, and take it.
    ///
    /// The host goes on at once. The record may have been executed before, or come later. If several streams wait, each
    /// record lets one of them pass. The limit counts from when the stream comes to the wait; [`WaitLimit::NONE`] is without
    /// limit.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when the stream is not on the device that created the notify; whatever the call
    /// answers. That the limit has passed is told by the stream's next synchronise, as
    /// [`Expired`](crate::ErrorKind::Expired).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Notify, Result, Stream, WaitLimit, notify::Shared};
    /// # fn wait(notify: &Notify<Shared>, stream: &Stream) -> Result<()> {
    /// notify.wait(stream, WaitLimit::NONE)?;
    /// /* submit work that needs what the other process did before it recorded */
    /// notify.wait(stream, Duration::from_secs(10))?; // for the next record, so long at most
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtWaitAndResetNotify")]
    #[inline]
    pub fn wait(&self, stream: &Stream, limit: impl Into<WaitLimit>) -> Result<()>
    where
        S: Waits,
    {
        self.admit(stream)?;
        let seconds = limit.into().seconds();
        let status = self.raw.wait(stream.raw(), seconds);
        if status.0 == 0 {
            return Ok(());
        }
        stream.retry("aclrtWaitAndResetNotify", status, || self.raw.wait(stream.raw(), seconds))
    }

    /// Refuses a stream of another device, and a forked child.
    #[inline]
    pub(crate) fn admit(&self, stream: &Stream) -> Result<()> {
        if self.raw.admits(stream.raw()) { Ok(()) } else { self.raw.admit(stream.raw()) }
    }
}
