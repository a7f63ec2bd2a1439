//! Unix stream sockets: pairs, a listener on a path, and bounded reads and writes.

use std::collections::VecDeque;
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType,
};

use super::Channel;
use super::frame::{MOST_DESCRIPTORS, Received};
use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Result};

/// Waits for connections of unrelated processes, of the same user, on a path.
///
/// The path is removed when the listener is dropped.
///
/// ```
/// use std::time::Duration;
/// use ascend_ipc::{Channel, Listener};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("socket");
/// let listener = Listener::bind(&path)?;
/// std::thread::scope(|threads| -> ascend_ipc::Result<()> {
///     threads.spawn(|| Channel::connect(&path, Duration::from_secs(5))?.send(&"hello", Duration::from_secs(5))); // elsewhere
///     let channel = listener.accept(Duration::from_secs(5))?;
///     assert_eq!(channel.receive::<String>(Duration::from_secs(5))?, "hello");
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Listener {
    socket: OwnedFd,
    path: PathBuf,
}

impl Listener {
    /// Listens on a path that does not exist yet; only this user can connect.
    ///
    /// # Errors
    /// [`Io`](ErrorKind::Io) when the path exists, is too long, or its folder cannot be written.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// let listener = ascend_ipc::Listener::bind("/run/user/1000/weights")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bind(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let at = |error: Errno| Error::from(error).while_(format!("listening on {}: {error}", path.display()));
        let socket = socket().map_err(at)?;
        rustix::net::bind(&socket, &address(&path)?).map_err(at)?;
        let listener = Self { socket, path: path.clone() };
        // Nobody can connect before `listen`, so the permissions are in place in time.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        rustix::net::listen(&listener.socket, 16).map_err(at)?;
        Ok(listener)
    }

    /// Accepts the next connection; one of another user is closed and refused.
    ///
    /// # Errors
    /// [`Timeout`](ErrorKind::Timeout) when nobody connects; [`Io`](ErrorKind::Io) when the peer is another user.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// let listener = ascend_ipc::Listener::bind("/run/user/1000/weights")?;
    /// let channel = listener.accept(Duration::from_secs(60))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn accept(&self, deadline: impl Into<Deadline>) -> Result<Channel> {
        let deadline = deadline.into();
        loop {
            ready(self.socket.as_fd(), PollFlags::IN, deadline, "a connection")?;
            match rustix::net::accept_with(&self.socket, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK) {
                Ok(socket) => return same_user(socket).map(Channel::over),
                Err(Errno::AGAIN | Errno::INTR | Errno::CONNABORTED) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path); // somebody may have removed it before
    }
}

impl Channel {
    /// Connects to a [`Listener`] of the same user; waits for it to appear.
    ///
    /// # Errors
    /// [`Timeout`](ErrorKind::Timeout) when nobody listens on the path before the deadline; [`Io`](ErrorKind::Io) when it
    /// cannot be reached, or the listener is another user.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// let channel = ascend_ipc::Channel::connect("/run/user/1000/weights", Duration::from_secs(60))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn connect(path: impl AsRef<Path>, deadline: impl Into<Deadline>) -> Result<Self> {
        let (path, deadline) = (path.as_ref(), deadline.into());
        let address = address(path)?;
        let mut outcome = Ok(None);
        crate::poll::until(
            || {
                let socket = socket()?;
                match rustix::net::connect(&socket, &address) {
                    Ok(()) => outcome = Ok(Some(socket)),
                    Err(Errno::NOENT | Errno::CONNREFUSED | Errno::AGAIN | Errno::INTR) => return Ok(false),
                    Err(error) => outcome = Err(error),
                }
                Ok(true)
            },
            deadline,
            None,
            "somebody listened on the path",
        )
        .map_err(|error| {
            if error.kind() == ErrorKind::Timeout {
                error.while_(format!("nobody listens on {}", path.display()))
            } else {
                error
            }
        })?;
        let socket =
            outcome.map_err(|error| Error::from(error).while_(format!("connecting to {}: {error}", path.display())))?;
        let socket = socket.ok_or_else(|| Error::new(ErrorKind::Io, "not connected"))?;
        same_user(socket).map(Self::over)
    }
}

fn socket() -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
}

fn address(path: &Path) -> Result<SocketAddrUnix> {
    SocketAddrUnix::new(path)
        .map_err(|error| Error::from(error).while_(format!("the path {}: {error}", path.display())))
}

/// Two connected sockets.
pub(super) fn pair() -> Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?)
}

/// Refuses a peer that is not this user.
fn same_user(socket: OwnedFd) -> Result<OwnedFd> {
    let peer = rustix::net::sockopt::socket_peercred(&socket)?;
    if peer.uid == rustix::process::geteuid() {
        return Ok(socket);
    }
    Err(Error::new(ErrorKind::Io, format!("the peer is user {}, which is not this one", peer.uid.as_raw())))
}

/// Writes everything, the descriptors with the first byte; counts in `sent` what was written, also when it fails.
pub(super) fn send_all(
    socket: BorrowedFd<'_>,
    bytes: &[u8],
    descriptors: &VecDeque<OwnedFd>,
    sent: &mut usize,
    deadline: Deadline,
) -> Result<()> {
    let descriptors: Vec<BorrowedFd<'_>> = descriptors.iter().map(AsFd::as_fd).collect();
    let mut space = vec![MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    while *sent < bytes.len() {
        let mut along = SendAncillaryBuffer::new(&mut space);
        if *sent == 0 && !descriptors.is_empty() && !along.push(SendAncillaryMessage::ScmRights(&descriptors)) {
            return Err(Error::new(ErrorKind::Protocol, "too many leases for one message"));
        }
        let rest = [IoSlice::new(&bytes[*sent..])];
        // Without a signal when the other end is gone.
        match rustix::net::sendmsg(socket, &rest, &mut along, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
            Ok(count) => *sent += count,
            Err(Errno::AGAIN) => ready(socket, PollFlags::OUT, deadline, "room for a message")?,
            Err(Errno::INTR) => {}
            Err(error) => return Err(closed(error)),
        }
    }
    Ok(())
}

/// Appends what there is to `received`, waiting for some; 0 is the end.
pub(super) fn receive_some(socket: BorrowedFd<'_>, received: &mut Received, deadline: Deadline) -> Result<usize> {
    let mut chunk = [0_u8; 4096];
    let mut space = vec![MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    loop {
        let mut along = RecvAncillaryBuffer::new(&mut space);
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        match rustix::net::recvmsg(socket, &mut [IoSliceMut::new(&mut chunk)], &mut along, flags) {
            Ok(message) => {
                for along in along.drain() {
                    if let RecvAncillaryMessage::ScmRights(descriptors) = along {
                        received.descriptors.extend(descriptors);
                    }
                }
                if message.flags.contains(ReturnFlags::CTRUNC) {
                    // What is lost would be missed by later messages: nothing more is read.
                    received.clear();
                    received.is_broken = true;
                    let _ = rustix::net::shutdown(socket, rustix::net::Shutdown::Both);
                    let what = "no descriptor left for the leases of a message: raise ulimit -n";
                    return Err(Error::new(ErrorKind::ResourceExhausted, what));
                }
                if received.descriptors.len() > 2 * MOST_DESCRIPTORS {
                    return Err(Error::new(ErrorKind::Protocol, "descriptors came that no message announced"));
                }
                received.bytes.extend_from_slice(&chunk[..message.bytes]);
                return Ok(message.bytes);
            }
            Err(Errno::AGAIN) => ready(socket, PollFlags::IN, deadline, "a message")?,
            Err(Errno::INTR) => {}
            Err(error) => return Err(closed(error)),
        }
    }
}

fn closed(error: Errno) -> Error {
    match error {
        Errno::PIPE | Errno::CONNRESET => Error::new(ErrorKind::ChannelClosed, "the other end closed the channel"),
        error => error.into(),
    }
}

/// Waits until a descriptor is ready, or its other end is gone.
fn ready(socket: BorrowedFd<'_>, flags: PollFlags, deadline: Deadline, what: &str) -> Result<()> {
    loop {
        let left = deadline.left();
        let limit = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        match rustix::event::poll(&mut [PollFd::from_borrowed_fd(socket, flags)], Some(&limit)) {
            Ok(0) if deadline.has_passed() => {
                return Err(Error::new(ErrorKind::Timeout, format!("{what} did not come before the deadline")));
            }
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
