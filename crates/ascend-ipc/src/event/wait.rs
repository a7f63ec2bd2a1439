//! Waits, in process B, for the event that process A recorded: on the device, or bounded on the host.

use super::{IpcEvent, Opened, Shared, Waits};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::poller;
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
    /// [`Poisoned`](crate::ErrorKind::Poisoned) when a host-side wait found out that the recording process died; whatever the
    /// call answers.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Channel, IpcEvent, Recorded, Result, Stream, event::Opened};
    /// # fn wait(event: &IpcEvent<Opened>, stream: &Stream, channel: &Channel) -> Result<()> {
    /// let recorded: Recorded = channel.receive(Duration::from_secs(5))?;
    /// event.wait(stream, &recorded)?;
    /// /* submit work that needs what the other process did before it recorded */
    /// stream.synchronize(Duration::from_secs(30))?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtStreamWaitEvent")]
    #[inline]
    pub fn wait(&self, stream: &Stream, recorded: &Recorded) -> Result<()>
    where
        S: Waits,
    {
        self.of_this(recorded)?;
        self.wait_latest(stream)
    }

    /// `aclrtStreamWaitEvent(stream, event)`—Lets the stream wait for whatever record is latest now, *if there is one*.
    ///
    /// If the recorder has not called record yet, this passes silently. It is for programs that have another proof of
    /// order; everybody else wants [`wait`](Self::wait).
    ///
    /// # Errors
    /// As [`wait`](Self::wait), except that there is no record that could be of another event.
    ///
    /// ```no_run
    /// # use ascend_ipc::{IpcEvent, Result, Stream, event::Opened};
    /// # fn wait(event: &IpcEvent<Opened>, stream: &Stream) -> Result<()> {
    /// /* another message has told that the record call has returned */
    /// event.wait_latest(stream)?;
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn wait_latest(&self, stream: &Stream) -> Result<()>
    where
        S: Waits,
    {
        if !self.raw.admits(stream.raw()) {
            self.raw.admit(stream.raw())?;
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
    /// process ended first: then the event is poisoned, and no call is made on it any more, its destroy included;
    /// [`Poisoned`](crate::ErrorKind::Poisoned) when that was found out before, or when the runtime does not come back from
    /// its query within half a second after the deadline; [`Misuse`](crate::ErrorKind::Misuse) when `recorded` is of another event.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Result, event::Opened};
    /// # fn wait(event: &IpcEvent<Opened>, recorded: &Recorded) -> Result<()> {
    /// match event.wait_host(recorded, Duration::from_secs(5)) {
    ///     Err(error) if error.kind() == ErrorKind::PeerDied => eprintln!("it will never come: {error}"),
    ///     other => other?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_host(&self, recorded: &Recorded, deadline: impl Into<Deadline>) -> Result<()> {
        self.of_this(recorded)?;
        poller::wait(&self.raw, self.state.recorder.clone(), deadline.into())
    }
}

impl IpcEvent<Shared> {
    /// `aclrtQueryEventStatus(event, out)`, repeated—Blocks the host until this process's own record is executed.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) at the deadline; [`Poisoned`](crate::ErrorKind::Poisoned) when a process died
    /// that had it open, or the runtime does not come back from its query; [`Misuse`](crate::ErrorKind::Misuse) when `recorded` is
    /// of another event; whatever the call answers.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// # let stream = device.create_stream()?;
    /// # let (event, _ticket) = ascend_ipc::IpcEvent::create(&device)?.share()?;
    /// let recorded = event.record(&stream)?;
    /// event.wait_host(&recorded, Duration::from_secs(5))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_host(&self, recorded: &Recorded, deadline: impl Into<Deadline>) -> Result<()> {
        self.of_this(recorded)?;
        let _ = self.leases(); // poisons the event if somebody died who had it open
        poller::wait(&self.raw, None, deadline.into())
    }
}

impl<S> IpcEvent<S> {
    /// `aclrtQueryEventStatus(event, out)`—Whether the latest record is executed.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when `recorded` is of another event; [`Poisoned`](crate::ErrorKind::Poisoned) when a
    /// process died that may hold the event's lock, and that was noticed; whatever the call answers.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// # let stream = device.create_stream()?;
    /// # let (event, _ticket) = ascend_ipc::IpcEvent::create(&device)?.share()?;
    /// let recorded = event.record(&stream)?;
    /// stream.synchronize(Duration::from_secs(5))?;
    /// assert!(event.is_complete(&recorded)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclrtQueryEventStatus")]
    pub fn is_complete(&self, recorded: &Recorded) -> Result<bool> {
        self.of_this(recorded)?;
        self.raw.is_complete()
    }

    /// Refuses a record of another event.
    #[inline]
    pub(super) fn of_this(&self, recorded: &Recorded) -> Result<()> {
        if recorded.event() == self.id { Ok(()) } else { Err(self.not_this(recorded)) }
    }

    #[cold]
    fn not_this(&self, recorded: &Recorded) -> Error {
        Error::misuse(format!("the record is of event {}, but this is event {}", recorded.event(), self.id))
    }
}
