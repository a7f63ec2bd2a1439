//! A rule: which calls of which processes, and what happens to them.

use std::fmt;
use std::time::Duration;

use super::parse::WITHOUT_ANSWER;

/// A rule of fault injection, made from its text: `FUNCTION[@CALLS][/PROCESS]=ACTION`.
///
/// ```
/// let rule: ascend_sim::faults::Rule = "aclrtRecordEvent@3..5=ACL_ERROR_RT_INTERNAL_ERROR".parse()?;
/// assert_eq!(rule.to_string(), "aclrtRecordEvent@3..5=507000");
/// # Ok::<(), ascend_sim::faults::BadRule>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The C function; `None` for any that answers a code.
    pub(super) function: Option<&'static str>,
    pub(super) calls: Calls,
    /// A pid or a name; `None` for any process.
    pub(super) process: Option<String>,
    pub(super) action: Action,
}

/// Calls by number, both ends included; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Calls {
    pub(super) const ALL: Self = Self { first: 1, last: u64::MAX };
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// The call answers with a code and does nothing.
    Answer(i32),
    /// The call's task is executed so much later.
    Delay(Duration),
    /// The call's task never completes.
    Drop,
}

/// Names a process to rules.
#[derive(Debug, Default)]
pub(super) struct Myself {
    pub(super) pid: u32,
    pub(super) names: Vec<String>,
}

impl Rule {
    pub(super) fn is_for_call(&self, call: &str) -> bool {
        self.function.map_or_else(|| !WITHOUT_ANSWER.contains(&call), |function| function == call)
    }

    pub(super) fn is_for_process(&self, me: &Myself) -> bool {
        self.process
            .as_ref()
            .is_none_or(|wanted| wanted.parse() == Ok(me.pid) || me.names.iter().any(|name| name == wanted))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.unwrap_or("*"))?;
        match self.calls {
            Calls::ALL => {}
            Calls { first, last: u64::MAX } => write!(f, "@{first}..")?,
            Calls { first, last } if first == last => write!(f, "@{first}")?,
            Calls { first, last } => write!(f, "@{first}..{last}")?,
        }
        if let Some(process) = &self.process {
            write!(f, "/{process}")?;
        }
        match self.action {
            Action::Answer(code) => write!(f, "={code}"),
            Action::Delay(by) => match by.as_micros() {
                whole if whole.is_multiple_of(1_000_000) => write!(f, "=delay:{}s", whole / 1_000_000),
                whole if whole.is_multiple_of(1000) => write!(f, "=delay:{}ms", whole / 1000),
                whole => write!(f, "=delay:{whole}us"),
            },
            Action::Drop => f.write_str("=drop"),
        }
    }
}

/// A rule that is in force.
#[derive(Debug)]
pub(crate) struct Injection {
    pub(super) id: u64,
    pub(super) rule: Rule,
}

impl Injection {
    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    pub(crate) const fn rule(&self) -> &Rule {
        &self.rule
    }
}
