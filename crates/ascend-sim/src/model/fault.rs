//! What a refused or failed call answers: a code, the layer that refused, and a text that explains.

use std::borrow::Cow;
use std::fmt;

use ascend_sys::abi::aclError;
use rustix::io::Errno;

/// The layer that refuses; only the runtime's own refusals become a thread's last error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Checks arguments before anything else.
    Front,
    /// Everything behind.
    Runtime,
}

/// A refusal or failure.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The public code.
    pub(crate) code: aclError,
    /// Who refuses.
    pub(crate) layer: Layer,
    message_id: &'static str,
    cause: Cow<'static, str>,
    hint: &'static str,
}

/// The result of everything that can be refused.
pub(crate) type Answer<T = ()> = Result<T, Fault>;

impl Fault {
    /// A runtime fault with a cause and what to do about it.
    pub(crate) fn new(
        code: aclError,
        message_id: &'static str,
        cause: impl Into<Cow<'static, str>>,
        hint: &'static str,
    ) -> Self {
        Self { code, layer: Layer::Runtime, message_id, cause: cause.into(), hint }
    }

    /// The front layer found a null pointer.
    pub(crate) fn null(argument: &'static str) -> Self {
        let cause = format!("{argument} is a null pointer");
        Self { layer: Layer::Front, ..Self::new(100_000, "EH0002", cause, "Pass the address of an object.") }
    }

    /// The front layer rejects a value.
    pub(crate) fn front(cause: impl Into<Cow<'static, str>>, hint: &'static str) -> Self {
        Self { layer: Layer::Front, ..Self::new(100_000, "EH0001", cause, hint) }
    }

    /// The front layer rejects a reserved argument.
    pub(crate) fn front_unsupported(cause: impl Into<Cow<'static, str>>) -> Self {
        Self { layer: Layer::Front, ..Self::new(200_006, "EH0006", cause, "Pass 0.") }
    }

    /// The runtime rejects a value.
    pub(crate) fn parameter(cause: impl Into<Cow<'static, str>>, hint: &'static str) -> Self {
        Self::new(107_000, "EE1003", cause, hint)
    }

    /// The device does not exist.
    pub(crate) fn device(id: i32, count: usize) -> Self {
        let cause = format!("device {id} does not exist; this process sees {count} devices");
        Self::new(107_001, "EE1001", cause, "Use an id from 0 to the number of devices less one.")
    }

    /// The calling thread has no context.
    pub(crate) fn no_context() -> Self {
        let hint = "Call aclrtSetDevice or aclrtSetCurrentContext on this very thread first.";
        Self::new(107_002, "EE1010", "the calling thread has no current context", hint)
    }

    /// The stream belongs to a context that is not current.
    pub(crate) fn foreign_stream() -> Self {
        let hint = "Make the stream's context current on this thread, or use a stream of the current one.";
        Self::new(107_003, "EE1011", "the stream belongs to another context", hint)
    }

    /// The handle names nothing.
    pub(crate) fn handle(what: &'static str) -> Self {
        let cause = format!("the {what} handle is unknown or its object was destroyed");
        Self::new(107_017, "EE1017", cause, "Use handles only between their creation and destruction.")
    }

    /// The thread serves no stream.
    pub(crate) fn thread_not_subscribed() -> Self {
        let hint = "Call aclrtSubscribeReport with this thread's pthread_self first.";
        Self::new(107_012, "EE1018", "the thread is not subscribed for any stream's callbacks", hint)
    }

    /// This hardware, profile or simulator cannot do it.
    pub(crate) fn unsupported(cause: impl Into<Cow<'static, str>>) -> Self {
        Self::new(207_000, "EE1006", cause, "Probe for the feature and take another way where it is missing.")
    }

    /// A host-side wait ran out of time.
    pub(crate) fn timeout(code: aclError, what: &'static str) -> Self {
        let cause = format!("the {what} did not finish within the given time");
        Self::new(code, "EE1002", cause, "The work goes on; wait again, or find out what it waits for.")
    }

    /// What the driver would say to this answer of the kernel.
    pub(crate) fn system(error: Errno, doing: &'static str) -> Self {
        let code = match error {
            Errno::NOMEM => 207_001,
            Errno::NOSPC | Errno::MFILE | Errno::NFILE => 207_005,
            Errno::PERM => 207_006,
            _ => 507_899,
        };
        let cause = format!("{doing} failed: {error}");
        Self::new(code, "EE1013", cause, "Check memory, descriptors (ulimit -n) and permissions.")
    }

    /// What was to complete never will, since fault injection has dropped it.
    pub(crate) fn dropped(what: fmt::Arguments<'_>, rule: &str) -> Self {
        let cause =
            format!("{what} was dropped by the rule \"{rule}\"; a real runtime that lost it waits here for ever");
        Self::new(507_899, "EE9998", cause, "Let waiters keep a deadline, or remove the rule from ASCEND_SIM_FAULTS.")
    }

    /// The same fault, found by the front layer.
    pub(crate) fn at_front(self) -> Self {
        Self { layer: Layer::Front, ..self }
    }

    /// The same fault under another code.
    pub(crate) fn with_code(self, code: aclError) -> Self {
        Self { code, ..self }
    }

    /// Puts a call's name in front of the text.
    pub(crate) fn text(&self, call: &str) -> String {
        format!("{}: {call}: {}.\n        Solution: {}", self.message_id, self.cause, self.hint)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.cause, self.code)
    }
}
