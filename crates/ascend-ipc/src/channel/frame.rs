//! A message on the wire: its length, a version, how many descriptors travel with it, then its content.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{LONGEST, passenger};
use crate::error::{Error, ErrorKind, Result};

/// Length (4 bytes, little endian), version, number of descriptors.
const HEADER: usize = 6;
const VERSION: u8 = 2;
/// The kernel takes no more descriptors along with one message.
pub(super) const MOST_DESCRIPTORS: usize = 253;

/// What was received of messages that are not complete yet.
#[derive(Default)]
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    pub(super) descriptors: VecDeque<OwnedFd>,
    /// Leases were lost: what is still under way could not be told apart, so it is not read.
    pub(super) is_broken: bool,
}

impl Received {
    /// Forgets everything, and closes the descriptors.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.descriptors.clear();
    }
}

/// A message's content, and the descriptors that came with it.
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    descriptors: VecDeque<OwnedFd>,
}

/// A message as bytes, and the descriptors of its tickets' leases.
pub(super) fn encode<T: Serialize>(message: &T) -> Result<(Vec<u8>, VecDeque<OwnedFd>)> {
    let unfit =
        |error: postcard::Error| Error::new(ErrorKind::Protocol, format!("the message cannot be encoded: {error}"));
    let encode = || postcard::to_extend(message, vec![0; HEADER]);
    let (mut bytes, descriptors) = passenger::with(VecDeque::new(), encode, unfit)?;
    if descriptors.len() > MOST_DESCRIPTORS {
        let what = format!("a message with {} tickets is too long: send at most {MOST_DESCRIPTORS}", descriptors.len());
        return Err(Error::new(ErrorKind::Protocol, what));
    }
    let length = bytes.len() - HEADER;
    if length > LONGEST {
        return Err(Error::new(ErrorKind::Protocol, format!("a message of {length} bytes is longer than {LONGEST}")));
    }
    bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
    bytes[4] = VERSION;
    bytes[5] = descriptors.len() as u8;
    Ok((bytes, descriptors))
}

/// Takes the first message out of what was received, if it is complete.
pub(super) fn take(received: &mut Received) -> Result<Option<Body>> {
    let Some((header, _)) = received.bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
    let [l0, l1, l2, l3, version, count] = *header;
    let (length, count) = (u32::from_le_bytes([l0, l1, l2, l3]) as usize, usize::from(count));
    if version != VERSION || length > LONGEST || count > MOST_DESCRIPTORS {
        let what = format!("what came is no message of ours (version {version}, {length} bytes)");
        return Err(Error::new(ErrorKind::Protocol, what));
    }
    if received.bytes.len() < HEADER + length {
        return Ok(None);
    }
    if received.descriptors.len() < count {
        let what = format!("a message came with {} of its {count} leases", received.descriptors.len());
        return Err(Error::new(ErrorKind::Protocol, what));
    }
    // Descriptors come with the first byte of the message that announces them.
    if received.bytes.len() == HEADER + length && received.descriptors.len() > count {
        received.clear();
        return Err(Error::new(ErrorKind::Protocol, "descriptors came that no message announced"));
    }
    let rest = received.bytes.split_off(HEADER + length);
    let mut message = std::mem::replace(&mut received.bytes, rest);
    Ok(Some(Body { bytes: message.split_off(HEADER), descriptors: received.descriptors.drain(..count).collect() }))
}

/// A message's content as a value.
pub(super) fn decode<T: DeserializeOwned>(body: Body) -> Result<T> {
    let kind = std::any::type_name::<T>();
    let unfit = |error: postcard::Error| Error::new(ErrorKind::Protocol, format!("what came is no {kind}: {error}"));
    let decode = || postcard::take_from_bytes(&body.bytes);
    match passenger::with(body.descriptors, decode, unfit)? {
        ((message, []), left) if left.is_empty() => Ok(message),
        ((_, rest), left) => {
            let what = format!("{} bytes and {} leases follow a {kind}", rest.len(), left.len());
            Err(Error::new(ErrorKind::Protocol, what))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<T: Serialize>(message: &T) -> Vec<u8> {
        encode(message).unwrap().0
    }

    fn body(bytes: &[u8]) -> Body {
        Body { bytes: bytes.to_vec(), descriptors: VecDeque::new() }
    }

    #[test]
    fn messages_come_out_whole_and_in_order_however_they_arrive() {
        let mut stream = bytes(&"first");
        stream.extend(bytes(&(2_u64, "second")));
        for piece in 1..stream.len() {
            let mut received = Received::default();
            let mut bodies = Vec::new();
            for chunk in stream.chunks(piece) {
                received.bytes.extend_from_slice(chunk);
                while let Some(body) = take(&mut received).unwrap() {
                    bodies.push(body);
                }
            }
            let [first, second] = <[Body; 2]>::try_from(bodies).ok().unwrap_or_else(|| panic!("in pieces of {piece}"));
            assert_eq!(decode::<String>(first).unwrap(), "first");
            assert_eq!(decode::<(u64, String)>(second).unwrap(), (2, "second".to_owned()));
        }
    }

    #[test]
    fn absurd_lengths_and_other_versions_are_refused_at_once() {
        let absurd = [
            [255, 255, 255, 255, VERSION, 0],
            [0, 0, 0, 0, 0, 0],
            [1, 0, 1, 0, VERSION, 0],
            [0, 0, 0, 0, VERSION, 255],
        ];
        for header in absurd {
            let mut received = Received { bytes: header.to_vec(), ..Received::default() };
            assert_eq!(take(&mut received).err().map(|error| error.kind()), Some(ErrorKind::Protocol), "{header:?}");
        }
    }

    #[test]
    fn a_message_without_the_leases_that_it_promises_is_refused() {
        let mut received = Received { bytes: vec![0, 0, 0, 0, VERSION, 1], ..Received::default() };
        assert_eq!(take(&mut received).err().map(|error| error.kind()), Some(ErrorKind::Protocol));
    }

    #[test]
    fn descriptors_that_no_message_announces_are_refused_and_closed() {
        let (near, far) = super::super::unix_socket::pair().unwrap();
        let mut received = Received { bytes: bytes(&7_u8), descriptors: VecDeque::from([near]), ..Received::default() };
        assert_eq!(take(&mut received).err().map(|error| error.kind()), Some(ErrorKind::Protocol));
        assert_eq!(rustix::io::read(&far, &mut [0; 1]), Ok(0), "the other end is closed");
    }

    #[test]
    fn a_message_that_is_too_long_is_not_sent() {
        assert_eq!(encode(&vec![0_u8; LONGEST + 1]).unwrap_err().kind(), ErrorKind::Protocol);
    }

    #[test]
    fn trailing_bytes_and_other_content_are_refused() {
        assert_eq!(decode::<u8>(body(&[1, 2])).unwrap_err().kind(), ErrorKind::Protocol);
        assert_eq!(decode::<String>(body(&[200])).unwrap_err().kind(), ErrorKind::Protocol);
    }
}
