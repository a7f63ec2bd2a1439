//! An error as data, for reports and other processes.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::{Error, ErrorKind};

/// Everything that an [`Error`] knows, as plain data with serde.
///
/// ```
/// use ascend_ipc::{ErrorReport, Runtime};
/// let error = Runtime::open("/nowhere/libacl_rt.so").unwrap_err();
/// let report = ErrorReport::from(&error);
/// assert_eq!(report.kind, error.kind());
/// assert!(report.message.contains("/nowhere"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorReport {
    /// What went wrong.
    pub kind: ErrorKind,
    /// What failed, in one line.
    pub message: String,
    /// The C call that failed.
    pub call: Option<String>,
    /// The code that it answered.
    pub code: Option<i32>,
    /// The code's name.
    pub code_name: Option<String>,
    /// The id of the runtime's first message, such as `EE1001`.
    pub message_id: Option<String>,
    /// The runtime's own text.
    pub text: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether the same call may succeed later.
    pub retryable: bool,
}

impl From<&Error> for ErrorReport {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            message: error.to_line(),
            call: error.failed_call().map(str::to_owned),
            code: error.status().map(|status| status.0),
            code_name: error.code_name().map(str::to_owned),
            message_id: error.message_id().map(str::to_owned),
            text: error.text().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            retryable: error.is_retryable(),
        }
    }
}

impl fmt::Display for ErrorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " (hint: {hint})"),
            None => Ok(()),
        }
    }
}

impl Serialize for Error {
    /// As [`ErrorReport`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ErrorReport::from(self).serialize(serializer)
    }
}
