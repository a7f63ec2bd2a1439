//! Errors that explain: what failed, which C call, its code, the vendor's own text, and what to do.

use std::borrow::Cow;
use std::fmt;

use ascend_sys::{LoadError, MissingSymbol, Status};

use crate::ticket::TicketError;

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
/// Two are told by every verb, and not repeated in each `# Errors`: [`Forked`](Self::Forked), and, where a thread is bound to a
/// device first, [`Device`](Self::Device).
///
/// ```
/// # use ascend_ipc::{Error, ErrorKind};
/// fn is_worth_another_try(error: &Error) -> bool {
///     matches!(error.kind(), ErrorKind::Timeout | ErrorKind::ResourceExhausted)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// The ticket is damaged, stale, or for somebody else.
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
        error.0.text = text;
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

    /// The runtime's own text, taken on the same thread right after the call.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match (self.status()?.0, self.failed_call()?) {
            (100_039, _) => "a link-time stub of CANN was loaded: put the real lib64 before devlib in LD_LIBRARY_PATH",
            (107_001, _) => "device ids count from 0 among the devices that ASCEND_RT_VISIBLE_DEVICES leaves visible",
            (107_002, _) => "the device was reset behind this library's back",
            (107_017, "aclrtIpcOpenEventHandle") => "keep the creator's event until every peer has opened it",
            (207_000, "aclrtCreateEventExWithFlag") => {
                "IPC events need an Atlas A2, A3 or Ascend 950PR, CANN 8.5 or newer, and 4 KiB pages unless the driver is 26.0.RC1 or newer"
            }
            (507_033, _) => "the device could not be brought up: look at npu-smi info and at the driver's log",
            (107_000, "aclrtIpcMemImportByKey") | (107_017, "aclrtMemImportFromShareableHandle") => {
                "keep the exporter's buffer until every peer has opened it"
            }
            (507_899, "aclrtIpcMemImportByKey" | "aclrtMemImportFromShareableHandle" | "aclrtNotifyImportByKey") => {
                "the two devices may have no common link, or the exporter has not listed this process by its bare pid"
            }
            (507_899, "aclrtMemExportToShareableHandle") => "physical memory can be exported only once",
            _ => return None,
        })
    }
}

/// The kind that a code means to a program.
fn kind_of(call: &'static str, status: Status) -> ErrorKind {
    match status.0 {
        // The key is not known, or not any more.
        107_000 if matches!(call, "aclrtNotifyImportByKey" | "aclrtIpcMemImportByKey") => ErrorKind::Stale,
        107_001 | 107_002 | 207_004 | 507_033 => ErrorKind::Device,
        107_017 => ErrorKind::Stale,
        207_000 => ErrorKind::Unsupported,
        207_001 | 207_005 | 207_007..=207_009 => ErrorKind::ResourceExhausted,
        507_046 | 507_047 => ErrorKind::Timeout,
        507_012 => ErrorKind::Expired,
        100_000 | 107_000 | 107_003 | 507_007 => ErrorKind::Misuse,
        _ => ErrorKind::Runtime,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.write_str(&inner.what)?;
        if let (Some(call), Some(status)) = (inner.call, inner.status) {
            if !inner.what.is_empty() {
                f.write_str(": ")?;
            }
            write!(f, "{call} answered {status}")?;
        }
        if let Some(hint) = self.hint() {
            write!(f, " (hint: {hint})")?;
        }
        if let Some(text) = &inner.text {
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
