//! Frames over a connected pair of sockets: one packet each, with descriptors if need be; the peer's death is an answer.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};

use super::frame::LIMIT;

/// Most descriptors of one frame.
const DESCRIPTORS: usize = 2;

/// What came.
pub(crate) enum Received {
    /// A packet of that many bytes, and what it brought along.
    Packet(usize, Vec<OwnedFd>),
    /// A packet longer than any frame.
    TooLong,
    /// A packet whose descriptors did not all fit into this process.
    Cut,
    /// Nothing now.
    Nothing,
    /// The peer is gone.
    Closed,
}

/// The two ends of a control socket.
pub(crate) fn pair() -> Result<(OwnedFd, OwnedFd), Errno> {
    rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
}

/// The two ends of a stream between two roles.
pub(crate) fn stream_pair() -> Result<(OwnedFd, OwnedFd), Errno> {
    rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
}

/// Whether this is the role's end of a control socket.
pub(crate) fn is_control(socket: impl AsFd) -> bool {
    matches!(rustix::net::sockopt::socket_type(&socket), Ok(SocketType::SEQPACKET))
        && matches!(rustix::net::sockopt::socket_domain(&socket), Ok(AddressFamily::UNIX))
}

/// Sends one packet, blocking only if told to.
pub(crate) fn send(socket: impl AsFd, packet: &[u8], fds: &[BorrowedFd<'_>], flags: SendFlags) -> Result<(), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut along = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !along.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(Errno::INVAL);
    }
    loop {
        match rustix::net::sendmsg(&socket, &[IoSlice::new(packet)], &mut along, SendFlags::NOSIGNAL | flags) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Receives one packet into `buffer`, which holds the longest frame.
pub(crate) fn receive(socket: impl AsFd, buffer: &mut [u8], flags: RecvFlags) -> Result<Received, Errno> {
    debug_assert!(buffer.len() >= LIMIT, "a shorter buffer would cut good frames");
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut along = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | flags;
    let message = loop {
        match rustix::net::recvmsg(&socket, &mut [IoSliceMut::new(buffer)], &mut along, flags) {
            Ok(message) => break message,
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(Received::Nothing),
            Err(Errno::CONNRESET | Errno::PIPE) => return Ok(Received::Closed),
            Err(error) => return Err(error),
        }
    };
    let mut descriptors = Vec::new();
    for item in along.drain() {
        if let RecvAncillaryMessage::ScmRights(fds) = item {
            descriptors.extend(fds);
        }
    }
    if message.flags.contains(ReturnFlags::TRUNC) {
        return Ok(Received::TooLong);
    }
    if message.flags.contains(ReturnFlags::CTRUNC) {
        return Ok(Received::Cut);
    }
    if message.bytes == 0 && has_hung_up(&socket) {
        return Ok(Received::Closed); // an empty packet reads the same, but only garbage is empty
    }
    Ok(Received::Packet(message.bytes, descriptors))
}

fn has_hung_up(socket: impl AsFd) -> bool {
    let mut watched = [PollFd::new(&socket, PollFlags::IN)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    rustix::event::poll(&mut watched, Some(&now)).is_ok() && watched[0].revents().contains(PollFlags::HUP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(socket: &OwnedFd) -> Received {
        receive(socket, &mut vec![0; LIMIT], RecvFlags::DONTWAIT).unwrap()
    }

    #[test]
    fn an_empty_packet_is_not_the_end_and_the_end_is() {
        let (ours, theirs) = pair().unwrap();
        send(&theirs, b"", &[], SendFlags::empty()).unwrap();
        assert!(matches!(take(&ours), Received::Packet(0, _)));
        assert!(matches!(take(&ours), Received::Nothing));
        drop(theirs);
        assert!(matches!(take(&ours), Received::Closed));
    }

    #[test]
    fn what_was_sent_before_death_is_received_after_it() {
        let (ours, theirs) = pair().unwrap();
        send(&theirs, b"last", &[], SendFlags::empty()).unwrap();
        drop(theirs);
        assert!(matches!(take(&ours), Received::Packet(4, _)));
        assert!(matches!(take(&ours), Received::Closed));
    }

    #[test]
    fn a_packet_longer_than_a_frame_is_seen_as_such() {
        let (ours, theirs) = pair().unwrap();
        send(&theirs, &vec![1; LIMIT + 1], &[], SendFlags::empty()).unwrap();
        assert!(matches!(take(&ours), Received::TooLong));
    }

    #[test]
    fn descriptors_travel_with_their_packet() {
        let (ours, theirs) = pair().unwrap();
        let (left, right) = stream_pair().unwrap();
        send(&theirs, b"x", &[right.as_fd()], SendFlags::empty()).unwrap();
        drop(right);
        let Received::Packet(1, descriptors) = take(&ours) else { panic!("a packet was sent") };
        rustix::io::write(&descriptors[0], b"hello").unwrap();
        let mut text = [0; 5];
        rustix::io::read(&left, &mut text).unwrap();
        assert_eq!(&text, b"hello");
    }
}
