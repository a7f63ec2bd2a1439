//! Passes one end of a channel to a child process.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Channel;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi;

/// Tells a child which descriptor is its channel, and which socket that must be: a process further down inherits the
/// variable, but not the descriptor, whose number may mean anything there.
const VARIABLE: &str = "ASCEND_IPC_CHANNEL";

/// The end of a channel that is for a child process.
///
/// ```no_run
/// # use std::process::Command;
/// # fn start(theirs: ascend_ipc::channel::Inheritable) -> std::io::Result<std::process::Child> {
/// let mut command = Command::new("./worker");
/// theirs.pass_to(&mut command); // `Channel::inherited` there
/// command.spawn()
/// # }
/// ```
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
        command.env(VARIABLE, format!("{}:{}", self.0.as_raw_fd(), ffi::inherit::inode(self.0.as_fd()).unwrap_or(0)));
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
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// let parent = ascend_ipc::Channel::inherited()?;
    /// let ticket: ascend_ipc::Ticket = parent.receive(Duration::from_secs(5))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn inherited() -> Result<Self> {
        static TAKEN: AtomicBool = AtomicBool::new(false);
        let missing =
            || Error::misuse(format!("this process inherited no channel: {VARIABLE} names no open descriptor"));
        let told = std::env::var(VARIABLE).ok();
        let told = told.as_deref().and_then(|told| told.split_once(':'));
        let told = told.and_then(|(number, inode)| Some((number.parse().ok()?, inode.parse().ok()?)));
        let (number, inode) = told.ok_or_else(missing)?;
        if TAKEN.swap(true, Ordering::Relaxed) {
            return Err(Error::misuse("the inherited channel was taken before"));
        }
        let socket = ffi::inherit::adopt(number, inode).map_err(|error| {
            Error::new(ErrorKind::Misuse, format!("this process inherited no channel: descriptor {number}: {error}"))
        })?;
        Ok(Self::over(socket))
    }
}
