//! The text forms of an envelope: hexadecimal and base64, told apart by themselves.
//!
//! An envelope begins with four fixed letters, so its base64 form has a letter that is no hexadecimal digit.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::check::TicketError;
use super::envelope::LONGEST;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a string cannot fail
        text
    })
}

pub(super) fn to_base64(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

/// Reads either form.
pub(super) fn read(text: &str) -> Result<Vec<u8>, TicketError> {
    let text = text.trim();
    if text.len() > 2 * LONGEST {
        return Err(TicketError::NotText);
    }
    if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return from_hex(text);
    }
    let engine = if text.contains(['+', '/']) { STANDARD } else { URL_SAFE };
    engine.decode(text).map_err(|_| TicketError::NotText)
}

fn from_hex(text: &str) -> Result<Vec<u8>, TicketError> {
    if !text.len().is_multiple_of(2) {
        return Err(TicketError::NotText);
    }
    let byte = |pair: &[u8]| {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)
    };
    text.as_bytes().chunks_exact(2).map(|pair| byte(pair).ok_or(TicketError::NotText)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_are_read_padded_or_not() {
        let bytes = b"AIPC\xfb\xff\xbe\x01"; // whose base64 form needs what the alphabets differ in
        for text in ["QUlQQ_v_vgE", "QUlQQ_v_vgE=", "QUlQQ/v/vgE", "QUlQQ/v/vgE=", "  41495043fbffbe01\n"] {
            assert_eq!(read(text).unwrap(), bytes, "{text}");
        }
        assert_eq!(to_base64(bytes), "QUlQQ_v_vgE");
        for text in ["QUlQQ_v/vgE", "4149504", "QUl QQ", "ä", &"A".repeat(4096)] {
            assert_eq!(read(text).unwrap_err(), TicketError::NotText, "{text}");
        }
    }
}
