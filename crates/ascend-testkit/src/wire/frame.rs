//! A frame: a header that says whose it is, which version, and how long; then the content.

use std::any::type_name;

use serde::{Serialize, de::DeserializeOwned};

/// The longest frame, header included.
pub(crate) const LIMIT: usize = 64 * 1024;

const MAGIC: [u8; 3] = *b"ATK";
const VERSION: u8 = 1;
const HEADER: usize = 8;

/// Why bytes are no frame, or a value fits in none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    #[error("{0} bytes, of at most {LIMIT}")]
    TooLong(usize),
    #[error("{0} bytes, which is no header")]
    TooShort(usize),
    #[error("begins with {0:02x?}, which is not the kit's mark")]
    Foreign([u8; 3]),
    #[error("has version {0}, not {VERSION}")]
    Version(u8),
    #[error("says that {said} bytes follow, but {are} do")]
    Length { said: usize, are: usize },
    #[error("its content cannot be read: {0}")]
    Content(String),
}

/// The frame that holds `value`.
pub(crate) fn encode(value: &impl Serialize) -> Result<Vec<u8>, FrameError> {
    let mut frame = vec![0; HEADER];
    frame[..3].copy_from_slice(&MAGIC);
    frame[3] = VERSION;
    let mut frame = postcard::to_extend(value, frame).map_err(|error| FrameError::Content(error.to_string()))?;
    if frame.len() > LIMIT {
        return Err(FrameError::TooLong(frame.len()));
    }
    let length = (frame.len() - HEADER) as u32; // at most LIMIT
    frame[4..HEADER].copy_from_slice(&length.to_le_bytes());
    Ok(frame)
}

/// The value that a frame holds.
pub(crate) fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<T, FrameError> {
    let Some((header, content)) = frame.split_first_chunk::<HEADER>() else {
        return Err(FrameError::TooShort(frame.len()));
    };
    let [a, b, c, version, length @ ..] = *header;
    if [a, b, c] != MAGIC {
        return Err(FrameError::Foreign([a, b, c]));
    }
    if version != VERSION {
        return Err(FrameError::Version(version));
    }
    let said = u32::from_le_bytes(length) as usize;
    if said != content.len() {
        return Err(FrameError::Length { said, are: content.len() });
    }
    unpack(content)
}

/// The bytes of a value for the inside of a frame, with the name of its type.
pub(crate) fn pack_named<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, FrameError> {
    pack(&(type_name::<T>(), value))
}

/// The value of such bytes, if it may be taken for a `T`.
///
/// Types may differ, as a `&str` and a `String` do. Numbers may not: they can be read as one another, and come out wrong.
pub(crate) fn unpack_named<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    const NUMBERS: [&str; 14] =
        ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64"];
    let asked = type_name::<T>();
    let (sent, rest) =
        postcard::take_from_bytes::<String>(bytes).map_err(|error| FrameError::Content(error.to_string()))?;
    let sent = sent.trim_start_matches('&');
    let differ = |why: String| FrameError::Content(format!("was sent as {sent}, and asked for as {asked}{why}"));
    if sent != asked && (NUMBERS.contains(&sent) || NUMBERS.contains(&asked)) {
        return Err(differ(String::new()));
    }
    unpack(rest).map_err(|error| if sent == asked { error } else { differ(format!(": {error}")) })
}

/// The bytes of a value alone.
pub(crate) fn pack(value: &impl Serialize) -> Result<Vec<u8>, FrameError> {
    postcard::to_stdvec(value).map_err(|error| FrameError::Content(error.to_string()))
}

/// The value of these bytes, all of them.
pub(crate) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(FrameError::Content(format!("{} bytes too many", rest.len()))),
        Err(error) => Err(FrameError::Content(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded() {
        let value = (7_u32, "seven".to_owned(), vec![1_u8, 2, 3]);
        assert_eq!(decode::<(u32, String, Vec<u8>)>(&encode(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn a_number_is_not_taken_for_another_but_a_text_is_for_an_owned_one() {
        let sent = pack_named(&1_i32).unwrap();
        assert_eq!(unpack_named::<i32>(&sent).unwrap(), 1);
        let error = unpack_named::<u32>(&sent).unwrap_err().to_string();
        assert!(error.contains("was sent as i32, and asked for as u32"), "{error}");
        assert_eq!(unpack_named::<String>(&pack_named("x").unwrap()).unwrap(), "x");
        assert_eq!(unpack_named::<Vec<u8>>(&pack_named(&[1_u8, 2][..]).unwrap()).unwrap(), [1, 2]);
        let error = unpack_named::<(u8, u8)>(&pack_named("").unwrap()).unwrap_err().to_string();
        assert!(error.contains("was sent as str, and asked for as (u8, u8): "), "{error}");
    }

    #[test]
    fn a_value_that_does_not_fit_is_refused() {
        assert!(matches!(encode(&vec![0_u8; LIMIT]), Err(FrameError::TooLong(_))));
        assert_eq!(encode(&vec![0_u8; LIMIT - HEADER - 3]).unwrap().len(), LIMIT);
    }

    #[test]
    fn each_damage_of_a_header_is_named() {
        let good = encode(&5_u32).unwrap();
        assert_eq!(decode::<u32>(&good[..7]), Err(FrameError::TooShort(7)));
        let damaged = |at: usize, byte: u8| {
            let mut frame = good.clone();
            frame[at] = byte;
            decode::<u32>(&frame).unwrap_err()
        };
        assert_eq!(damaged(0, b'B'), FrameError::Foreign(*b"BTK"));
        assert_eq!(damaged(3, 9), FrameError::Version(9));
        assert_eq!(damaged(4, 200), FrameError::Length { said: 200, are: 1 });
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_message_or_an_error(bytes: Vec<u8>) {
            let _ = decode::<crate::wire::message::FromRole>(&bytes); // it does not panic
            let mut framed = encode(&()).unwrap();
            framed[4..8].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
            framed.extend(&bytes);
            if let Ok(message) = decode::<crate::wire::message::FromRole>(&framed) {
                proptest::prop_assert_eq!(encode(&message).unwrap().len() <= framed.len(), true);
            }
        }
    }

    #[test]
    fn no_truncation_and_no_excess_is_taken_for_a_frame() {
        let good = encode(&("abc".to_owned(), 300_u32)).unwrap();
        for end in 0..good.len() {
            assert!(decode::<(String, u32)>(&good[..end]).is_err(), "{end} bytes");
        }
        let mut longer = pack(&1_u32).unwrap();
        longer.push(0);
        assert!(unpack::<u32>(&longer).is_err());
    }
}
