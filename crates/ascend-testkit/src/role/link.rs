//! The role's end of the control socket: whichever thread reads, everybody gets what is theirs.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Condvar, Mutex, PoisonError};

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags};

use crate::locked;
use crate::wire::diary::Diary;
use crate::wire::frame::{self, FrameError, LIMIT};
use crate::wire::message::{FromRole, ToRole};
use crate::wire::socket::{self, Received};

/// Why a role could not talk to its scenario.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The scenario has ended, or its process has.
    #[error("the scenario is gone")]
    Closed,
    /// The value does not fit into a frame, or is not what was asked for.
    #[error("{what}: {cause}")]
    Value {
        /// Which message.
        what: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A descriptor could not be received, most likely because of the limit.
    #[error("a descriptor was sent, but this process can hold no more")]
    NoDescriptor,
    /// A system call failed.
    #[error("the control socket: {0}")]
    System(#[from] std::io::Error),
    /// The verdict contradicts what was asked for.
    #[error("{0}")]
    Backend(String),
}

impl From<Errno> for LinkError {
    fn from(error: Errno) -> Self {
        match error {
            Errno::PIPE | Errno::CONNRESET => Self::Closed,
            other => Self::System(other.into()),
        }
    }
}

/// The link of one role.
pub(crate) struct Link {
    socket: OwnedFd,
    inbox: Mutex<Inbox>,
    changed: Condvar,
    pub(crate) diary: Diary,
}

/// What has come and was not yet asked for.
#[derive(Default)]
pub(crate) struct Inbox {
    pub(crate) messages: Vec<(String, Vec<u8>)>,
    pub(crate) opened: Vec<String>,
    pub(crate) sockets: Vec<(String, OwnedFd)>,
    pub(crate) go: usize,
    pub(crate) vanish: bool,
    /// A thread is reading on behalf of all.
    reading: bool,
}

impl Link {
    pub(crate) fn new(socket: OwnedFd, diary: Diary) -> Self {
        Self { socket, inbox: Mutex::default(), changed: Condvar::new(), diary }
    }

    pub(crate) fn socket(&self) -> &OwnedFd {
        &self.socket
    }

    /// Sends one message.
    pub(crate) fn send(&self, message: &FromRole, what: &str) -> Result<(), LinkError> {
        let frame = frame::encode(message)
            .map_err(|error| LinkError::Value { what: what.to_owned(), cause: error.to_string() })?;
        Ok(socket::send(&self.socket, &frame, &[], SendFlags::empty())?)
    }

    /// Waits until `pick` finds in the inbox what it wants. No deadline of its own: the scenario has one, and ends us.
    pub(crate) fn wait<T>(&self, what: &str, mut pick: impl FnMut(&mut Inbox) -> Option<T>) -> Result<T, LinkError> {
        let mut inbox = locked(&self.inbox);
        if let Some(found) = pick(&mut inbox) {
            return Ok(found);
        }
        self.diary.waits(what);
        let outcome = loop {
            if inbox.reading {
                inbox = self.changed.wait(inbox).unwrap_or_else(PoisonError::into_inner);
            } else {
                inbox.reading = true;
                drop(inbox);
                let received = self.receive();
                inbox = locked(&self.inbox);
                inbox.reading = false;
                self.changed.notify_all();
                match received {
                    Ok((message, descriptors)) => inbox.put(message, descriptors),
                    Err(error) => break Err(error),
                }
            }
            if let Some(found) = pick(&mut inbox) {
                break Ok(found);
            }
        };
        drop(inbox);
        self.diary.waits("");
        outcome
    }

    /// Reads the next message, blocking.
    pub(crate) fn receive(&self) -> Result<(ToRole, Vec<OwnedFd>), LinkError> {
        receive(&self.socket)
    }
}

/// Reads one message from a control socket, blocking.
pub(crate) fn receive(socket: impl AsFd) -> Result<(ToRole, Vec<OwnedFd>), LinkError> {
    let mut buffer = vec![0; LIMIT];
    let bad = |error: FrameError| LinkError::Value { what: "a frame".to_owned(), cause: error.to_string() };
    match socket::receive(socket, &mut buffer, RecvFlags::empty())? {
        Received::Packet(length, descriptors) => Ok((frame::decode(&buffer[..length]).map_err(bad)?, descriptors)),
        Received::TooLong => Err(bad(FrameError::TooLong(LIMIT + 1))),
        Received::Cut => Err(LinkError::NoDescriptor),
        Received::Nothing | Received::Closed => Err(LinkError::Closed),
    }
}

impl Inbox {
    fn put(&mut self, message: ToRole, descriptors: Vec<OwnedFd>) {
        match message {
            ToRole::Start(_) => {} // was taken before there was an inbox
            ToRole::Message { name, body } => self.messages.push((name, body)),
            ToRole::Open { barrier } => self.opened.push(barrier),
            ToRole::Go => self.go += 1,
            ToRole::Vanish => self.vanish = true,
            ToRole::Socket { name } => {
                self.sockets.extend(descriptors.into_iter().map(|socket| (name.clone(), socket)))
            }
        }
    }
}
