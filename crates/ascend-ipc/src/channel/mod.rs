//! A connection between two processes for tickets, records and other small messages.
//!
//! Two ways to get one: [`Channel::pair`] with [`Inheritable::pass_to`] for a parent and its child, and [`Listener`] with
//! [`Channel::connect`] for processes that only know a path. Every send and receive has a deadline; the other end's death
//! is [`ChannelClosed`](crate::ErrorKind::ChannelClosed), at once.

mod frame;
mod inherited;
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
pub const LONGEST: usize = 64 * 1024;

/// One end of a connection. Sending and receiving take turns among threads, each on its own.
pub struct Channel {
    socket: OwnedFd,
    /// Held while a message is written, so that messages of several threads do not mix.
    sending: Mutex<()>,
    /// What was received of a message that is not complete yet.
    received: Mutex<Vec<u8>>,
}

impl Channel {
    /// Two connected ends: keep one, and pass the other to a child process.
    ///
    /// # Errors
    /// [`Io`](ErrorKind::Io) when no descriptor is left.
    pub fn pair() -> Result<(Self, Inheritable)> {
        let (own, other) = unix_socket::pair()?;
        Ok((Self::over(own), Inheritable::new(other)))
    }

    /// A channel over a connected stream socket.
    pub(crate) fn over(socket: OwnedFd) -> Self {
        Self { socket, sending: Mutex::default(), received: Mutex::default() }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`ChannelClosed`](ErrorKind::ChannelClosed) when the other end is gone; [`Timeout`](ErrorKind::Timeout) when it does
    /// not read; [`Protocol`](ErrorKind::Protocol) when the message is longer than [`LONGEST`]. After a timeout in the
    /// middle of a message the channel is closed.
    pub fn send<T: Serialize>(&self, message: &T, deadline: impl Into<Deadline>) -> Result<()> {
        let bytes = frame::encode(message)?;
        let deadline = deadline.into();
        let _turn = turn(&self.sending, deadline)?;
        let mut sent = 0;
        let outcome = unix_socket::send_all(self.socket.as_fd(), &bytes, &mut sent, deadline);
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
    /// deadline, after which the message can still be received; [`Protocol`](ErrorKind::Protocol) when what came is no `T`.
    pub fn receive<T: DeserializeOwned>(&self, deadline: impl Into<Deadline>) -> Result<T> {
        let deadline = deadline.into();
        let mut received = turn(&self.received, deadline)?;
        loop {
            if let Some(body) = frame::take(&mut received)? {
                return frame::decode(&body);
            }
            if unix_socket::receive_some(self.socket.as_fd(), &mut received, deadline)? == 0 {
                let rest = if received.is_empty() { "" } else { ", in the middle of a message" };
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
