//! Records, in process A, the event that it shared.

use super::{IpcEvent, Records};
use crate::error::Result;
use crate::recorded::Recorded;
use crate::stream::Stream;

impl<S> IpcEvent<S> {
    /// `aclrtRecordEvent(event, stream)`—Records the event behind the work that the stream has so far.
    ///
    /// A later record replaces an earlier one for waits that are called after it; waits that were called before stay with
    /// the record they were bound to. Send the result to the waiter: it is the proof that this call came first.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when the stream is on another device than the event;
    /// [`ResourceExhausted`](crate::ErrorKind::ResourceExhausted) when 8192 records and waits are outstanding (the real
    /// runtime spins instead); [`Poisoned`](crate::ErrorKind::Poisoned) after the death of a process that had it open, once
    /// that was noticed; whatever the call answers.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Channel, IpcEvent, Result, Stream, event::Shared};
    /// # fn record(event: &IpcEvent<Shared>, stream: &Stream, channel: &Channel) -> Result<()> {
    /// /* submit work to `stream` */
    /// let recorded = event.record(stream)?;
    /// channel.send(&recorded, Duration::from_secs(5))?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtRecordEvent")]
    #[inline]
    pub fn record(&self, stream: &Stream) -> Result<Recorded>
    where
        S: Records,
    {
        if !self.raw.admits(stream.raw()) {
            self.raw.admit(stream.raw())?;
        }
        let status = self.raw.record(stream.raw());
        if status.0 != 0 {
            stream.retry("aclrtRecordEvent", status, || self.raw.record(stream.raw()))?;
        }
        Ok(Recorded::of(self.id))
    }
}
