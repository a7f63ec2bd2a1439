//! How a scenario went: the first cause first, then each role with what it said and printed.

use std::fmt;
use std::time::Duration;

use rustix::process::Signal;

use crate::fault::signal_name;
use crate::output::Output;

/// How a scenario went.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) name: String,
    pub(crate) skipped: Option<String>,
    pub(crate) failures: Vec<Failure>,
    pub(crate) roles: Vec<RoleReport>,
    pub(crate) hang: Option<String>,
    pub(crate) times: [Duration; 3],
    pub(crate) rerun: String,
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: FailureKind,
    text: String,
}

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// A role failed, panicked, crashed, or ended without a verdict.
    Role,
    /// The body panicked.
    Body,
    /// Somebody did not come to a barrier, or did not send what was awaited.
    Missing,
    /// A budget was used up.
    Deadline,
    /// A role wrote what is no message to its control socket.
    Protocol,
    /// A role loaded another library than the one that was asked for.
    Backend,
    /// Something was still there after the end.
    Leftover,
    /// The scenario could not be set up.
    Setup,
}

/// What one role did.
#[derive(Clone, Debug)]
pub struct RoleReport {
    /// What it was called.
    pub name: String,
    /// Its process.
    pub pid: u32,
    /// How the process ended; `None` if it could not be ended.
    pub end: Option<End>,
    /// Whether the kit ended it, after the scenario had failed.
    pub cancelled: bool,
    /// Its last point, and what it waited for.
    pub place: String,
    /// What it said at its end.
    pub verdict: Option<Verdict>,
    /// What it printed.
    pub stdout: Output,
    /// What it printed to stderr, panics included.
    pub stderr: Output,
}

/// What a role said at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Its function ended well.
    Passed,
    /// Its function returned this error.
    Failed(String),
    /// Its function panicked: at which place, and with which message.
    Panicked(String),
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It exited with this code.
    Exited(i32),
    /// A signal ended it.
    Killed(Signal),
}

/// How a role ended, for a body that expects that it may not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What it said, if anything.
    pub verdict: Option<Verdict>,
    /// How its process ended.
    pub end: End,
}

impl Outcome {
    /// Whether the role said that it passed, and exited so.
    pub fn passed(&self) -> bool {
        self.verdict == Some(Verdict::Passed) && self.end == End::Exited(0)
    }
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// What went wrong.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Report {
    /// The name: the test's path, the case if there is one, and the backend.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether nothing went wrong; a skipped scenario has not passed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.skipped.is_none()
    }

    /// Why the scenario was skipped, if it was.
    pub fn skipped(&self) -> Option<&str> {
        self.skipped.as_deref()
    }

    /// What went wrong, in the order in which it did.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The roles, in the order in which they were started.
    pub fn roles(&self) -> &[RoleReport] {
        &self.roles
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match (&self.skipped, &self.failures[..]) {
            (_, [_, ..]) => "FAIL",
            (Some(_), []) => "SKIP",
            (None, []) => "PASS",
        };
        let [start_up, body, teardown] = self.times.map(|time| time.as_secs_f64());
        writeln!(out, "{word} {} (start-up {start_up:.3} s, body {body:.3} s, teardown {teardown:.3} s)", self.name)?;
        if let Some(reason) = &self.skipped {
            writeln!(out, "  skipped: {reason}")?;
        }
        for (index, failure) in self.failures.iter().enumerate() {
            let when = if index == 0 { "cause" } else { "then" };
            writeln!(out, "  {when}: [{}] {}", failure.kind, indented(&failure.text, "    "))?;
        }
        for role in &self.roles {
            role.write(out, self.told(role))?;
        }
        if let Some(hang) = &self.hang {
            writeln!(out, "  where everybody was:\n    {}", indented(hang, "    "))?;
        }
        if self.failures.is_empty() { Ok(()) } else { writeln!(out, "  again: {}", self.rerun) }
    }
}

impl Report {
    /// Whether the verdict of a role is among the failures already.
    fn told(&self, role: &RoleReport) -> bool {
        let verdict = role.verdict.as_ref().map(ToString::to_string);
        verdict.is_some_and(|verdict| self.failures.iter().any(|failure| failure.text.contains(&verdict)))
    }
}

impl RoleReport {
    fn write(&self, out: &mut fmt::Formatter<'_>, told: bool) -> fmt::Result {
        let end = self.end.map_or_else(|| "is still there".to_owned(), |end| end.to_string());
        let by = if self.cancelled { " (ended by the kit)" } else { "" };
        let verdict = match &self.verdict {
            None => "no verdict".to_owned(),
            Some(_) if told => "verdict above".to_owned(),
            Some(verdict) => verdict.to_string(),
        };
        writeln!(
            out,
            "  role {} (pid {}): {end}{by}, {}; {}",
            self.name,
            self.pid,
            self.place,
            indented(&verdict, "    ")
        )?;
        for (stream, output) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !output.is_empty() {
                let text = output.to_string();
                writeln!(out, "    {stream}, {} bytes:\n    | {}", output.len(), indented(text.trim_end(), "    | "))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for RoleReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(out, false)
    }
}

/// The text with every line but the first behind `indent`.
fn indented(text: &str, indent: &str) -> String {
    text.trim_end().replace('\n', &format!("\n{indent}"))
}

impl fmt::Display for FailureKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => out.write_str("passed"),
            Self::Failed(reason) => write!(out, "failed: {reason}"),
            Self::Panicked(reason) => write!(out, "panicked at {reason}"),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(out, "exited with {code}"),
            Self::Killed(signal) => write!(out, "died by {}", signal_name(*signal)),
        }
    }
}
