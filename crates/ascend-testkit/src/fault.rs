//! What is done to a role, and where.

use std::fmt;
use std::time::Duration;

use rustix::process::Signal;

/// What is done to a role that has stopped at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A signal that ends it, such as `SIGKILL` or `SIGSEGV`.
    Signal(Signal),
    /// `SIGSTOP`, and `SIGCONT` after this time; it goes on from the point.
    Stop(Duration),
    /// It exits with 0, and says nothing.
    Vanish,
    /// It goes on from the point after this time.
    Delay(Duration),
}

impl Fault {
    /// `SIGKILL`.
    pub const KILL: Self = Self::Signal(Signal::KILL);
    /// `SIGSEGV`.
    pub const SEGV: Self = Self::Signal(Signal::SEGV);
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(signal) => out.write_str(&signal_name(*signal)),
            Self::Stop(time) => write!(out, "STOP_CONT({time:?})"),
            Self::Vanish => out.write_str("EXIT0"),
            Self::Delay(time) => write!(out, "DELAY({time:?})"),
        }
    }
}

/// Where a role stops, and what is done to it there.
///
/// `At::point("record.submitted").nth(3).kill()`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    pub(crate) point: String,
    pub(crate) nth: u32,
    pub(crate) fault: Fault,
}

impl At {
    /// At a point, when it is passed for the first time; `SIGKILL`, if nothing else is said.
    pub fn point(name: &str) -> Self {
        Self { point: name.to_owned(), nth: 1, fault: Fault::KILL }
    }

    /// When the point is passed for the `nth` time, from 1.
    pub fn nth(self, nth: u32) -> Self {
        Self { nth, ..self }
    }

    /// What is done there.
    pub fn fault(self, fault: Fault) -> Self {
        Self { fault, ..self }
    }

    /// A signal that ends the role.
    pub fn signal(self, signal: Signal) -> Self {
        self.fault(Fault::Signal(signal))
    }

    /// `SIGKILL`.
    pub fn kill(self) -> Self {
        self.fault(Fault::KILL)
    }

    /// `SIGSTOP`, and `SIGCONT` after `time`.
    pub fn stop(self, time: Duration) -> Self {
        self.fault(Fault::Stop(time))
    }

    /// Exit with 0 and without a verdict.
    pub fn vanish(self) -> Self {
        self.fault(Fault::Vanish)
    }

    /// Nothing but a pause of `time`.
    pub fn delay(self, time: Duration) -> Self {
        self.fault(Fault::Delay(time))
    }
}

impl fmt::Display for At {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.point)?;
        if self.nth != 1 {
            write!(out, "#{}", self.nth)?;
        }
        write!(out, "/{}", self.fault)
    }
}

/// `SIGKILL` and the like; the number for a signal without a name.
pub(crate) fn signal_name(signal: Signal) -> String {
    let name = match signal {
        Signal::HUP => "SIGHUP",
        Signal::INT => "SIGINT",
        Signal::QUIT => "SIGQUIT",
        Signal::ILL => "SIGILL",
        Signal::ABORT => "SIGABRT",
        Signal::BUS => "SIGBUS",
        Signal::FPE => "SIGFPE",
        Signal::KILL => "SIGKILL",
        Signal::USR1 => "SIGUSR1",
        Signal::SEGV => "SIGSEGV",
        Signal::USR2 => "SIGUSR2",
        Signal::PIPE => "SIGPIPE",
        Signal::ALARM => "SIGALRM",
        Signal::TERM => "SIGTERM",
        Signal::CONT => "SIGCONT",
        Signal::STOP => "SIGSTOP",
        other => return format!("signal {}", other.as_raw()),
    };
    name.to_owned()
}

/// The signal of a number, if it has a name.
pub(crate) fn signal(number: i32) -> Option<Signal> {
    Signal::from_named_raw(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_what_happens_there_have_one_name() {
        assert_eq!(At::point("a.b").kill().to_string(), "a.b/SIGKILL");
        assert_eq!(At::point("a").nth(3).stop(Duration::from_millis(250)).to_string(), "a#3/STOP_CONT(250ms)");
        assert_eq!(At::point("a").vanish().to_string(), "a/EXIT0");
        assert_eq!(At::point("a").signal(Signal::USR1).to_string(), "a/SIGUSR1");
    }
}
