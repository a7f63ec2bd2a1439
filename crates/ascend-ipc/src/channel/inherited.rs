//! Passes one end of a channel to a child process.

use std::os::fd::{AsRawFd, OwnedFd};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Channel;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi;

/// Tells a child which descriptor is its channel.
const VARIABLE: &str = "ASCEND_IPC_CHANNEL";

/// The end of a channel that is for a child process.
#[derive(Debug)]
pub struct Inheritable(OwnedFd);

impl Inheritable {
    pub(super) const fn new(socket: OwnedFd) -> Self {
        Self(socket)
    }

    /// Lets the process that `command` starts have this end: it calls [`Channel::inherited`].
    ///
    /// Drop the command after spawning: as long as it lives, the end counts as open in this process.
    pub fn pass_to(self, command: &mut Command) {
        command.env(VARIABLE, self.0.as_raw_fd().to_string());
        ffi::inherit::inherit(command, self.0);
    }

    /// Keeps this end in this process instead.
    #[must_use]
    pub fn keep(self) -> Channel {
        Channel::over(self.0)
    }
}

impl Channel {
    /// The channel that the parent process passed with [`Inheritable::pass_to`]; it can be taken once.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) when there is none, or it was taken before.
    pub fn inherited() -> Result<Self> {
        static TAKEN: AtomicBool = AtomicBool::new(false);
        let missing =
            || Error::misuse(format!("this process inherited no channel: {VARIABLE} names no open descriptor"));
        let number = std::env::var(VARIABLE).ok().and_then(|number| number.parse().ok()).ok_or_else(missing)?;
        if TAKEN.swap(true, Ordering::Relaxed) {
            return Err(Error::misuse("the inherited channel was taken before"));
        }
        let socket = ffi::inherit::adopt(number).map_err(|error| {
            Error::new(ErrorKind::Misuse, format!("this process inherited no channel: descriptor {number}: {error}"))
        })?;
        Ok(Self::over(socket))
    }
}
