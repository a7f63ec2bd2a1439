//! Records, in process A, the notify for which process B waits.

use super::{Notify, Records};
use crate::error::Result;
use crate::stream::Stream;

impl<S> Notify<S> {
    /// `aclrtRecordNotify(notify, stream)`—Records the notify behind the work that the stream has so far.
    ///
    /// One record lets one wait pass, whichever came first. A record that is executed while an earlier one has not been
    /// waited for is lost: have the waiter say, with a notify of its own, when it is ready for the next.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when the stream is on another device than the notify was opened for; whatever
    /// the call answers.
    ///
    /// ```no_run
    /// # use ascend_ipc::{Notify, Result, Stream, notify::Opened};
    /// # fn record(notify: &Notify<Opened>, stream: &Stream) -> Result<()> {
    /// /* submit work to `stream` */
    /// notify.record(stream)?; // nothing needs to be sent
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtRecordNotify")]
    #[inline]
    pub fn record(&self, stream: &Stream) -> Result<()>
    where
        S: Records,
    {
        self.admit(stream)?;
        let status = self.raw.record(stream.raw());
        if status.0 == 0 {
            return Ok(());
        }
        stream.retry("aclrtRecordNotify", status, || self.raw.record(stream.raw()))
    }
}
