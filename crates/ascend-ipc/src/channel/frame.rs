//! A message on the wire: its length and a version, then its content.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LONGEST;
use crate::error::{Error, ErrorKind, Result};

/// Length (4 bytes, little endian) and version.
const HEADER: usize = 5;
const VERSION: u8 = 1;

/// A message as bytes.
pub(super) fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>> {
    let unfit = |error| Error::new(ErrorKind::Protocol, format!("the message cannot be encoded: {error}"));
    let mut bytes = vec![0; HEADER];
    bytes = postcard::to_extend(message, bytes).map_err(unfit)?;
    let length = bytes.len() - HEADER;
    if length > LONGEST {
        return Err(Error::new(ErrorKind::Protocol, format!("a message of {length} bytes is longer than {LONGEST}")));
    }
    bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
    bytes[4] = VERSION;
    Ok(bytes)
}

/// Takes the first message's content out of what was received, if it is complete.
pub(super) fn take(received: &mut Vec<u8>) -> Result<Option<Vec<u8>>> {
    let Some((header, _)) = received.split_first_chunk::<HEADER>() else { return Ok(None) };
    let [l0, l1, l2, l3, version] = *header;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if version != VERSION || length > LONGEST {
        let what = format!("what came is no message of ours (version {version}, {length} bytes)");
        return Err(Error::new(ErrorKind::Protocol, what));
    }
    if received.len() < HEADER + length {
        return Ok(None);
    }
    let rest = received.split_off(HEADER + length);
    let mut message = std::mem::replace(received, rest);
    Ok(Some(message.split_off(HEADER)))
}

/// A message's content as a value.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let kind = std::any::type_name::<T>();
    match postcard::take_from_bytes(body) {
        Ok((message, [])) => Ok(message),
        Ok((_, rest)) => Err(Error::new(ErrorKind::Protocol, format!("{} bytes follow a {kind}", rest.len()))),
        Err(error) => Err(Error::new(ErrorKind::Protocol, format!("what came is no {kind}: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_whole_and_in_order_however_they_arrive() {
        let mut stream = encode(&"first").unwrap();
        stream.extend(encode(&(2_u64, "second")).unwrap());
        for piece in 1..stream.len() {
            let mut received = Vec::new();
            let mut bodies = Vec::new();
            for chunk in stream.chunks(piece) {
                received.extend_from_slice(chunk);
                while let Some(body) = take(&mut received).unwrap() {
                    bodies.push(body);
                }
            }
            assert_eq!(bodies.len(), 2, "in pieces of {piece}");
            assert_eq!(decode::<String>(&bodies[0]).unwrap(), "first");
            assert_eq!(decode::<(u64, String)>(&bodies[1]).unwrap(), (2, "second".to_owned()));
        }
    }

    #[test]
    fn absurd_lengths_and_other_versions_are_refused_at_once() {
        for header in [[255, 255, 255, 255, VERSION], [0, 0, 0, 0, 0], [1, 0, 1, 0, VERSION]] {
            assert_eq!(take(&mut header.to_vec()).unwrap_err().kind(), ErrorKind::Protocol, "{header:?}");
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_not_sent() {
        assert_eq!(encode(&vec![0_u8; LONGEST + 1]).unwrap_err().kind(), ErrorKind::Protocol);
    }

    #[test]
    fn trailing_bytes_and_other_content_are_refused() {
        assert_eq!(decode::<u8>(&[1, 2]).unwrap_err().kind(), ErrorKind::Protocol);
        assert_eq!(decode::<String>(&[200]).unwrap_err().kind(), ErrorKind::Protocol);
    }
}
