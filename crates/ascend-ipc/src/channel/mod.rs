//! A connection between two processes for tickets, records and other small messages.
//!
//! Two ways to get one: [`Channel::pair`] with [`Inheritable::pass_to`] for a parent and its child, and [`Listener`] with
//! [`Channel::connect`] for processes that only know a path. Every send and receive has a deadline; the other end's death
//! is [`ChannelClosed`](crate::ErrorKind::ChannelClosed), at once.

mod frame;
mod inherited;
pub(crate) mod passenger;
mod unix_socket;

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, TryLockError};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use inherited::Inheritable;
pub use unix_socket::Listener;

use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Result};

/// Bytes of the longest message.
///
/// ```
/// assert_eq!(ascend_ipc::channel::LONGEST, 65536); // data goes through shared memory, see `ascend_ipc::memory`
/// ```
pub const LONGEST: usize = 64 * 1024;

/// One end of a connection. Sending and receiving take turns among threads, each on its own.
///
/// ```
/// use std::time::Duration;
/// use ascend_ipc::Channel;
///
/// let (near, far) = Channel::pair()?;
/// let far = far.keep(); // usually a child's, see `Inheritable`
/// near.send(&("whatever serde takes", 7_u8), Duration::from_secs(1))?;
/// let (text, number): (String, u8) = far.receive(Duration::from_secs(1))?; // as it was sent: a message does not tell its type
/// assert_eq!((text.as_str(), number), ("whatever serde takes", 7));
/// drop(far);
/// assert!(near.receive::<u8>(Duration::from_secs(1)).is_err()); // at once
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Channel {
    socket: OwnedFd,
    /// Held while a message is written, so that messages of several threads do not mix.
    sending: Mutex<()>,
    /// What was received of a message that is not complete yet.
    received: Mutex<frame::Received>,
}

impl Channel {
    /// Two connected ends: keep one, and pass the other to a child process.
    ///
    /// # Errors
    /// [`Io`](ErrorKind::Io) when no descriptor is left.
    ///
    /// ```no_run
    /// # use std::process::Command;
    /// use ascend_ipc::Channel;
    ///
    /// let (channel, theirs) = Channel::pair()?;
    /// let mut command = Command::new(std::env::current_exe()?);
    /// theirs.pass_to(command.arg("--child"));
    /// let child = command.spawn()?;
    /// drop(command); // so that the child's death is noticed
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pair() -> Result<(Self, Inheritable)> {
        let (own, other) = unix_socket::pair()?;
        Ok((Self::over(own), Inheritable::new(other)))
    }

    /// A channel over a connected stream socket.
    pub(crate) fn over(socket: OwnedFd) -> Self {
        Self { socket, sending: Mutex::default(), received: Mutex::default() }
    }

    /// Sends a message; each [`Ticket`](crate::Ticket) in it that this process made takes a lease along.
    ///
    /// # Errors
    /// [`ChannelClosed`](ErrorKind::ChannelClosed) when the other end is gone; [`Timeout`](ErrorKind::Timeout) when it does
    /// not read; [`Protocol`](ErrorKind::Protocol) when the message is longer than [`LONGEST`], carries more than 253
    /// leases, or cannot be encoded. After a timeout in the middle of a message the channel is closed.
    /// [`Stale`](ErrorKind::Stale) when a ticket's object is closed here; [`ResourceExhausted`](ErrorKind::ResourceExhausted)
    /// when no descriptor is left for a lease; [`Io`](ErrorKind::Io) for whatever else the socket answers.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # fn offer(channel: &ascend_ipc::Channel, ticket: &ascend_ipc::Ticket) -> ascend_ipc::Result<()> {
    /// channel.send(&("weights", ticket), Duration::from_secs(5))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send<T: Serialize>(&self, message: &T, deadline: impl Into<Deadline>) -> Result<()> {
        let (bytes, descriptors) = frame::encode(message)?;
        let deadline = deadline.into();
        let _turn = turn(&self.sending, deadline)?;
        let mut sent = 0;
        let outcome = unix_socket::send_all(self.socket.as_fd(), &bytes, &descriptors, &mut sent, deadline);
        if outcome.is_err() && sent > 0 {
            // Half a message cannot be taken back: the other end must not take the next one for its rest.
            let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both);
        }
        outcome
    }

    /// Receives the next message.
    ///
    /// # Errors
    /// [`ChannelClosed`](ErrorKind::ChannelClosed) when the other end is gone; [`Timeout`](ErrorKind::Timeout) at the
    /// deadline, after which the message can still be received; [`Protocol`](ErrorKind::Protocol) when what came is no `T`;
    /// [`ResourceExhausted`](ErrorKind::ResourceExhausted) when no descriptor is left for a lease, after which the channel is
    /// closed; [`Io`](ErrorKind::Io) for whatever else the socket answers.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Channel, ErrorKind, Recorded, Result};
    /// # fn next(channel: &Channel) -> Result<Option<Recorded>> {
    /// match channel.receive(Duration::from_secs(5)) {
    ///     Err(error) if error.kind() == ErrorKind::ChannelClosed => Ok(None), // the other process ended
    ///     other => other.map(Some),
    /// }
    /// # }
    /// ```
    pub fn receive<T: DeserializeOwned>(&self, deadline: impl Into<Deadline>) -> Result<T> {
        let deadline = deadline.into();
        let mut received = turn(&self.received, deadline)?;
        if received.is_broken {
            return Err(Error::new(
                ErrorKind::ChannelClosed,
                "the channel was closed when leases of a message were lost",
            ));
        }
        loop {
            if let Some(body) = frame::take(&mut received)? {
                return frame::decode(body);
            }
            if unix_socket::receive_some(self.socket.as_fd(), &mut received, deadline)? == 0 {
                let rest = if received.bytes.is_empty() { "" } else { ", in the middle of a message" };
                return Err(Error::new(ErrorKind::ChannelClosed, format!("the other end closed the channel{rest}")));
            }
        }
    }
}

/// Waits for other threads that use the channel, no longer than the deadline.
fn turn<T>(lock: &Mutex<T>, deadline: Deadline) -> Result<MutexGuard<'_, T>> {
    let mut guard = None;
    let free = || {
        guard = match lock.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        Ok(guard.is_some())
    };
    crate::poll::until(free, deadline, None, "another thread was done with the channel")?;
    guard.ok_or_else(|| Error::new(ErrorKind::Timeout, "the channel stayed in use"))
}

impl AsFd for Channel {
    /// For polling: readable when there is something to receive, or the other end is gone.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl From<OwnedFd> for Channel {
    /// A channel over a stream socket that is connected already.
    fn from(socket: OwnedFd) -> Self {
        Self::over(socket)
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Channel").field(&self.socket).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);
    const GLANCE: Duration = Duration::from_millis(10);

    #[test]
    fn messages_arrive_in_order_and_as_they_were() {
        let (near, far) = Channel::pair().unwrap();
        let far = far.keep();
        for number in 0..100_u32 {
            near.send(&(number, "text"), PATIENCE).unwrap();
        }
        for number in 0..100 {
            assert_eq!(far.receive::<(u32, String)>(PATIENCE).unwrap(), (number, "text".to_owned()));
        }
    }

    #[test]
    fn a_deadline_holds_also_while_another_thread_waits() {
        let (near, far) = Channel::pair().unwrap();
        let far = far.keep();
        std::thread::scope(|threads| {
            let other = threads.spawn(|| near.receive::<u8>(PATIENCE));
            let start = Instant::now();
            assert_eq!(near.receive::<u8>(GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
            assert!(start.elapsed() < PATIENCE / 2);
            far.send(&1_u8, PATIENCE).unwrap();
            // Whichever of the two calls took the message: the other thread ends when the far end does.
            drop(far);
            let _ = other.join().unwrap();
        });
    }

    #[test]
    fn the_end_of_the_other_process_is_an_answer_at_once() {
        let (near, far) = Channel::pair().unwrap();
        drop(far);
        assert_eq!(near.receive::<u8>(PATIENCE).unwrap_err().kind(), ErrorKind::ChannelClosed);
        assert_eq!(near.send(&1_u8, PATIENCE).unwrap_err().kind(), ErrorKind::ChannelClosed);
    }

    #[test]
    fn a_peer_that_does_not_read_is_a_timeout_and_half_a_message_closes_the_channel() {
        let (near, far) = Channel::pair().unwrap();
        let far = far.keep();
        let big = vec![7_u8; LONGEST - 16];
        let error = (0..1000).find_map(|_| near.send(&big, GLANCE).err()).expect("the socket fills");
        assert_eq!(error.kind(), ErrorKind::Timeout);
        let end = std::iter::repeat_with(|| far.receive::<Vec<u8>>(PATIENCE)).find_map(Result::err);
        assert_eq!(end.map(|error| error.kind()), Some(ErrorKind::ChannelClosed));
    }

    #[test]
    fn a_message_of_another_kind_is_refused() {
        let (near, far) = Channel::pair().unwrap();
        let far = far.keep();
        near.send(&(1_u64, 2_u64), PATIENCE).unwrap();
        assert_eq!(far.receive::<u8>(PATIENCE).unwrap_err().kind(), ErrorKind::Protocol);
    }

    #[test]
    fn a_listener_accepts_who_connects_and_removes_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        std::thread::scope(|threads| {
            let connecting = threads.spawn(|| Channel::connect(&path, PATIENCE).unwrap()); // before anybody listens
            let listener = Listener::bind(&path).unwrap();
            let accepted = listener.accept(PATIENCE).unwrap();
            accepted.send(&"hello", PATIENCE).unwrap();
            assert_eq!(connecting.join().unwrap().receive::<String>(PATIENCE).unwrap(), "hello");
            assert_eq!(Listener::bind(&path).unwrap_err().kind(), ErrorKind::Io); // the path exists
            assert_eq!(listener.accept(GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
        });
        assert!(!path.exists());
        let error = Channel::connect(&path, GLANCE).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("socket"), "{error}");
    }
}
