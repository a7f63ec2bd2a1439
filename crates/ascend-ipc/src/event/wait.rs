//! Waits, in process B, for the event that process A recorded: on the device, or bounded on the host.

use std::os::fd::AsFd;

use super::{IpcEvent, Opened, Shared, Waits};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::poll;
use crate::recorded::Recorded;
use crate::stream::Stream;

impl<S> IpcEvent<S> {
    /// `aclrtStreamWaitEvent(stream, event)`—Lets the stream wait, on the device, for the record.
    ///
    /// The host goes on at once. The stream waits for the latest record at the time of this call, which is the one that
    /// `recorded` vouches for or a later one. It waits without limit: bound the host's wait for the stream instead.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when `recorded` is of another event, or the stream is on another device;
    /// whatever the call answers.
    #[doc(alias = "aclrtStreamWaitEvent")]
    #[inline]
    pub fn wait(&self, stream: &Stream, recorded: &Recorded) -> Result<()>
    where
        S: Waits,
    {
        if recorded.event() != self.id {
            return Err(self.not_this(recorded));
        }
        self.wait_latest(stream)
    }

    /// `aclrtStreamWaitEvent(stream, event)`—Lets the stream wait for whatever record is latest now, *if there is one*.
    ///
    /// If the recorder has not called record yet, this passes silently. It is for programs that have another proof of
    /// order; everybody else wants [`wait`](Self::wait).
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    #[inline]
    pub fn wait_latest(&self, stream: &Stream) -> Result<()>
    where
        S: Waits,
    {
        if !self.raw.device().is(stream.raw().device()) {
            return Err(stream.elsewhere("event", self.device_id()));
        }
        let status = self.raw.stream_wait(stream.raw());
        if status.0 == 0 {
            return Ok(());
        }
        stream.retry("aclrtStreamWaitEvent", status, || self.raw.stream_wait(stream.raw()))
    }
}

impl IpcEvent<Opened> {
    /// `aclrtQueryEventStatus(event, out)`, repeated—Blocks the host until the record is executed.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) at the deadline; [`PeerDied`](crate::ErrorKind::PeerDied) when the recording
    /// process ended first; [`Misuse`](crate::ErrorKind::Misuse) when `recorded` is of another event.
    pub fn wait_host(&self, recorded: &Recorded, deadline: impl Into<Deadline>) -> Result<()> {
        if recorded.event() != self.id {
            return Err(self.not_this(recorded));
        }
        let recorder = self.state.recorder.as_ref().map(AsFd::as_fd);
        poll::until(|| self.raw.is_complete(), deadline.into(), recorder, "the record was executed")
    }
}

impl IpcEvent<Shared> {
    /// `aclrtQueryEventStatus(event, out)`, repeated—Blocks the host until this process's own record is executed.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) at the deadline; [`Misuse`](crate::ErrorKind::Misuse) when `recorded` is of
    /// another event.
    pub fn wait_host(&self, recorded: &Recorded, deadline: impl Into<Deadline>) -> Result<()> {
        if recorded.event() != self.id {
            return Err(self.not_this(recorded));
        }
        poll::until(|| self.raw.is_complete(), deadline.into(), None, "the record was executed")
    }
}

impl<S> IpcEvent<S> {
    /// `aclrtQueryEventStatus(event, out)`—Whether the latest record is executed.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when `recorded` is of another event; whatever the call answers.
    #[doc(alias = "aclrtQueryEventStatus")]
    pub fn is_complete(&self, recorded: &Recorded) -> Result<bool> {
        if recorded.event() != self.id {
            return Err(self.not_this(recorded));
        }
        self.raw.is_complete()
    }

    #[cold]
    fn not_this(&self, recorded: &Recorded) -> Error {
        Error::misuse(format!("the record is of event {}, but this is event {}", recorded.event(), self.id))
    }
}
