//! Names an AscendCL result code and says what it means.

use core::fmt;

use crate::abi::aclError;
use crate::generated::CODES;

/// `aclError`—The result of a C call: 0 is success, every other value an error.
///
/// A newtype, not an enum: the runtime may return a value that no header names, and that must print, not be undefined
/// behaviour. Every code of the header is a constant of this type, under its C name.
///
/// ```
/// use ascend_sys::Status;
/// assert_eq!(
///     Status::ACL_ERROR_RT_CONTEXT_NULL.to_string(),
///     "ACL_ERROR_RT_CONTEXT_NULL (107002): calling thread has no usable current context",
/// );
/// assert_eq!(Status(123456).to_string(), "unknown AscendCL code 123456");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Status(pub aclError);

impl Status {
    /// Success as `Ok`, everything else as `Err`.
    ///
    /// # Errors
    /// The status itself, when it is not 0.
    #[inline]
    pub const fn ok(self) -> Result<(), Self> {
        if self.0 == 0 { Ok(()) } else { Err(self) }
    }

    /// The C name of the code, if the header has one; where several names share a value, the plainest.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.entry().map(|(_, name, _)| *name)
    }

    /// What the code means, in a few words.
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        self.entry().map(|(_, _, meaning)| *meaning)
    }

    /// Every code of the header, by ascending value.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.iter().map(|(value, _, _)| Self(*value))
    }

    fn entry(self) -> Option<&'static (i32, &'static str, &'static str)> {
        if self.0 == 0 {
            return CODES.iter().find(|(_, name, _)| *name == "ACL_SUCCESS");
        }
        let first = CODES.partition_point(|(value, _, _)| *value < self.0);
        CODES.get(first).filter(|(value, _, _)| *value == self.0)
    }
}

impl From<aclError> for Status {
    fn from(code: aclError) -> Self {
        Self(code)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry() {
            Some((value, name, meaning)) => write!(f, "{name} ({value}): {meaning}"),
            None => write!(f, "unknown AscendCL code {}", self.0),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "Status({}, {name})", self.0),
            None => write!(f, "Status({})", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_254_codes_in_ascending_order() {
        assert_eq!(CODES.len(), 254);
        assert!(CODES.is_sorted_by_key(|(value, _, _)| *value));
    }

    #[test]
    fn every_code_has_a_name_and_a_meaning() {
        for (value, name, meaning) in CODES {
            assert!(Status(*value).name().is_some(), "{value}");
            assert!(name.starts_with("ACL_") && meaning.len() > 3, "{name}: {meaning}");
        }
    }

    #[test]
    fn success_is_the_plainest_of_its_three_names() {
        assert_eq!(Status(0).name(), Some("ACL_SUCCESS"));
        assert_eq!(Status(0).ok(), Ok(()));
    }

    #[test]
    fn unknown_codes_print() {
        for code in [-1, 1, i32::MAX, i32::MIN] {
            assert_eq!(Status(code).to_string(), format!("unknown AscendCL code {code}"));
            assert_eq!(Status(code).ok(), Err(Status(code)));
        }
    }
}
