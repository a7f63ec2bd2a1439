//! Errors that explain: what failed, which C call, its code, the vendor's own text, and what to do.

mod hint;
pub(crate) mod in_drop;
mod report;
#[cfg(all(test, feature = "sim"))]
mod rules;
mod vendor_text;

use std::borrow::Cow;
use std::fmt;

use ascend_sys::{LoadError, MissingSymbol, Status};
use serde::{Deserialize, Serialize};

use crate::ticket::TicketError;

pub use in_drop::on_drop_error;
pub use report::ErrorReport;

/// The result of everything in this crate.
///
/// ```
/// fn count(acl: &ascend_ipc::Runtime) -> ascend_ipc::Result<u32> {
///     acl.device_count()
/// }
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as far as a program can act on it.
///
/// | kind | codes | retry? | what to do |
/// |---|---|---|---|
/// | `NotFound` | | no | install CANN or name its library; the text lists every path that was tried |
/// | `MissingSymbol` | | no | install a newer CANN, or do without; the text names symbol, library and version |
/// | `Unsupported` | 207000, 200006 | no | ask [`Device::capabilities`](crate::Device::capabilities) why, take another way |
/// | `Device` | 107001, 107002, 107022, 207004, 507033 | no | look at the device's id, its nodes and `npu-smi info` |
/// | `ResourceExhausted` | 207001, 207005, 207007–207009, 207012 | later | release something, or wait until others do |
/// | `Ticket` | | no | have the other process share again |
/// | `Stale` | 107017 | no | keep the creator's object until every peer has opened it |
/// | `Timeout` | 507046, 507047 | yes | the work goes on: wait again, or find out what it waits for |
/// | `Expired` | 507012 | no | a stream's own wait reached its limit: find out why no record came |
/// | `PeerDied` | | no | start the peer anew and share again |
/// | `Poisoned` | | no | drop the object, create and share a new one |
/// | `Forked` | | no | start another program instead of forking, or fork before the first call |
/// | `ChannelClosed` | | no | the peer has ended the conversation |
/// | `Protocol` | | no | both ends must be of one version and speak in the same order |
/// | `Io` | | no | what the operating system says |
/// | `Misuse` | 100000, 107000, 107003, 507007 | no | the caller's bug; the text names the rule |
/// | `Runtime` | 100039 and all others | if busy (EL0005) | the hint and the runtime's text |
///
/// "Retry?" is what [`Error::is_retryable`] answers. Where a function's documentation says "whatever the call answers", the
/// kind is that of the code in this table. Every function that calls the runtime may besides answer `Forked`, and `Device`
/// when its device was reset or aborted by somebody else; this is not repeated at each.
///
/// ```
/// # use ascend_ipc::{Error, ErrorKind};
/// fn is_worth_a_later_try(error: &Error) -> bool {
///     error.is_retryable() || error.kind() == ErrorKind::ResourceExhausted
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No AscendCL runtime could be opened.
    NotFound,
    /// The runtime lacks a function that this call needs.
    MissingSymbol,
    /// This hardware, driver or runtime cannot do it.
    Unsupported,
    /// The device does not exist or cannot be used.
    Device,
    /// Memory or another resource is used up.
    ResourceExhausted,
    /// The ticket is damaged, of another boot, backend, SoC or version, or for somebody else.
    Ticket,
    /// The shared object is gone: its creator destroyed it or exited before it was opened.
    Stale,
    /// The deadline passed first; the work goes on.
    Timeout,
    /// A wait on the device ran into its own limit: what the stream was to wait for had not happened.
    Expired,
    /// The process at the other end died.
    PeerDied,
    /// The process at the other end died earlier; the object is not touched any more, and can only be dropped.
    Poisoned,
    /// This process was forked from one that uses AscendCL, which does not survive a fork.
    Forked,
    /// The other end closed the channel.
    ChannelClosed,
    /// The channel carried something that is no message of ours, or too large a one.
    Protocol,
    /// The operating system refused.
    Io,
    /// The caller broke a rule that the types cannot express; the text names it.
    Misuse,
    /// The runtime reports a failure of the device or of itself.
    Runtime,
}

/// What failed, and why.
///
/// `Display` is one line (the vendor's text excepted); [`hint`](Self::hint) says what to do, where that is known.
///
/// ```
/// # let acl = ascend_ipc::Runtime::simulated()?;
/// let error = acl.device(4711).unwrap_err();
/// assert_eq!(error.failed_call(), Some("aclrtSetDevice"));
/// assert_eq!(error.status().map(|status| status.0), Some(107_001));
/// assert!(error.text().is_some() && error.hint().is_some());
/// eprintln!("{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    what: Cow<'static, str>,
    call: Option<&'static str>,
    status: Option<Status>,
    text: Option<String>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, what: what.into(), call: None, status: None, text: None }))
    }

    pub(crate) fn misuse(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Misuse, what)
    }

    /// A C call that answered with an error; `text` is what the runtime said about it on the same thread.
    #[cold]
    pub(crate) fn call(call: &'static str, status: Status, text: Option<String>) -> Self {
        let mut error = Self::new(kind_of(call, status), "");
        error.0.call = Some(call);
        error.0.status = Some(status);
        error.0.text = text.map(|text| vendor_text::first_cause_first(&text));
        error
    }

    /// Says what was being done, before the rest of the text.
    pub(crate) fn while_(mut self, what: impl Into<Cow<'static, str>>) -> Self {
        self.0.what = what.into();
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The C call that failed, if one did.
    #[must_use]
    pub fn failed_call(&self) -> Option<&'static str> {
        self.0.call
    }

    /// The code that the C call answered.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.0.status
    }

    /// The C name of that code, such as `ACL_ERROR_RT_CONTEXT_NULL`; `None` for a code that no header names.
    #[must_use]
    pub fn code_name(&self) -> Option<&'static str> {
        self.status()?.name()
    }

    /// The runtime's own text, taken on the same thread right after the call; of several messages the first cause first.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// The id of the runtime's first message, such as `EE1001`.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        vendor_text::id(self.text()?)
    }

    /// Whether the same call may succeed later, when others have released what is used up, or time has passed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Timeout | ErrorKind::ResourceExhausted => true,
            ErrorKind::Runtime => self.message_id() == Some("EL0005"), // the device is busy
            _ => false,
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        hint::find(self.status()?, self.failed_call()?, self.message_id())
    }

    /// What failed, without hint and text.
    pub(crate) fn to_line(&self) -> String {
        let inner = &self.0;
        match (inner.call, inner.status) {
            (Some(call), Some(status)) if inner.what.is_empty() => format!("{call} answered {status}"),
            (Some(call), Some(status)) => format!("{}: {call} answered {status}", inner.what),
            _ => inner.what.clone().into_owned(),
        }
    }
}

/// The kind that a code means to a program.
fn kind_of(call: &'static str, status: Status) -> ErrorKind {
    match status.0 {
        // The key is not known, or not any more.
        107_000 if matches!(call, "aclrtNotifyImportByKey" | "aclrtIpcMemImportByKey") => ErrorKind::Stale,
        107_001 | 107_002 | 107_022 | 207_004 | 507_033 => ErrorKind::Device,
        107_017 => ErrorKind::Stale,
        200_006 | 207_000 => ErrorKind::Unsupported,
        207_001 | 207_005 | 207_007..=207_009 | 207_012 => ErrorKind::ResourceExhausted,
        507_046 | 507_047 => ErrorKind::Timeout,
        507_012 => ErrorKind::Expired,
        100_000 | 107_000 | 107_003 | 507_007 => ErrorKind::Misuse,
        _ => ErrorKind::Runtime,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_line())?;
        if let Some(hint) = self.hint() {
            write!(f, " (hint: {hint})")?;
        }
        if let Some(text) = self.text() {
            write!(f, "\n    runtime: {}", text.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}

impl From<MissingSymbol> for Error {
    fn from(missing: MissingSymbol) -> Self {
        Self::new(ErrorKind::MissingSymbol, missing.to_string())
    }
}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        Self::new(ErrorKind::NotFound, error.to_string())
    }
}

impl From<TicketError> for Error {
    fn from(error: TicketError) -> Self {
        let kind = if matches!(error, TicketError::CreatorGone { .. }) { ErrorKind::Stale } else { ErrorKind::Ticket };
        Self::new(kind, error.to_string())
    }
}

impl From<rustix::io::Errno> for Error {
    fn from(error: rustix::io::Errno) -> Self {
        Self::from(std::io::Error::from(error))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, error.to_string())
    }
}

/// A consuming call that failed: why, and the value back, so that nothing is lost.
///
/// `?` turns it into an [`Error`] and drops the value; match on it to keep the value.
///
/// ```no_run
/// # use std::time::Duration;
/// # use ascend_ipc::{IpcEvent, Refused, event::Shared};
/// # fn close(event: IpcEvent<Shared>) {
/// let Err(Refused { error, value }) = event.close(Duration::from_secs(1)) else { return };
/// eprintln!("tries again: {error}");
/// let _ = value.close(Duration::from_secs(10));
/// # }
/// ```
pub struct Refused<T> {
    /// Why the call failed.
    pub error: Error,
    /// What was to be consumed.
    pub value: T,
}

impl<T> fmt::Display for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T> fmt::Debug for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

impl<T> std::error::Error for Refused<T> {}

impl<T> From<Refused<T>> for Error {
    fn from(refused: Refused<T>) -> Self {
        refused.error
    }
}
