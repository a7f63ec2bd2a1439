//! What happens in a run, one line of `events.jsonl` each: the truth of which every other file is a view.
//!
//! Lines are appended whole, as things happen; a reader skips a torn last line and kinds that it does not know.

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// The version of the format.
pub const VERSION: u32 = 1;

/// A line of `events.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// [`VERSION`].
    pub v: u32,
    /// Nanoseconds since the run began, on a clock that never jumps.
    pub t: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ev", rename_all = "kebab-case")]
pub enum Event {
    /// The first line.
    RunBegin(Box<Run>),
    /// A phase begins.
    PhaseBegin {
        /// Which.
        phase: Phase,
    },
    /// A phase has ended.
    PhaseEnd {
        /// Which.
        phase: Phase,
        /// Whether the run can go on.
        ok: bool,
        /// One line for people.
        summary: String,
    },
    /// Preflight, or another look at the machine, found something.
    Finding(Finding),
    /// The devices that the run may use, and how they reach each other.
    Topology {
        /// The devices.
        dies: Vec<Die>,
        /// One for each ordered pair of different devices.
        links: Vec<Link>,
    },
    /// An attempt at a case begins.
    CaseBegin {
        /// The case.
        case: Case,
        /// Counted from 1.
        attempt: u32,
    },
    /// An attempt at a case has ended.
    CaseEnd(CaseEnd),
    /// A measurement that a case printed.
    Measure {
        /// Name of the case.
        case: String,
        /// What was measured, such as `record-to-wait`.
        name: String,
        /// Its unit, such as `us`.
        unit: String,
        /// The samples.
        samples: Vec<f64>,
    },
    /// What a device looks like before the matrix, or after it.
    State {
        /// [`Phase::Baseline`] or [`Phase::PostCheck`].
        phase: Phase,
        /// Its bus id.
        bus: String,
        /// Used device memory in MiB, if known.
        used_mib: Option<u64>,
        /// Processes that use it, by pid and name.
        processes: Vec<(u32, String)>,
        /// As the driver says it.
        health: Option<String>,
    },
    /// The last line.
    RunEnd {
        /// The exit code.
        exit: u8,
    },
    /// A kind of a later version.
    #[serde(other)]
    Unknown,
}

/// A part of a run; each has its own budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Which cases, on which devices.
    Plan,
    /// Builds the test programs, or opens the bundle.
    Build,
    /// Looks whether the machine can run them.
    Preflight,
    /// Locks devices.
    Lease,
    /// Looks at the devices before.
    Baseline,
    /// Brings the devices up, and keeps them up.
    WarmUp,
    /// Runs the cases.
    Matrix,
    /// Looks at the devices afterwards.
    PostCheck,
    /// Writes the views.
    Report,
}

/// What a run is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id, a few hexadecimal digits.
    pub run: String,
    /// `sim` or `hw`; a simulator run is labelled in every file.
    pub backend: String,
    /// Seed of the order of cases.
    pub seed: u64,
    /// When it began, RFC 3339.
    pub started: String,
    /// The command line.
    pub argv: Vec<String>,
    /// `exclusive` or `shared`.
    pub isolation: String,
    /// Commit of the source, with `-dirty` if it was changed.
    pub git: Option<String>,
    /// SoC, driver, CANN, runtime, rustc, kernel, by these names.
    pub versions: std::collections::BTreeMap<String, String>,
    /// Sha-256 of each test program, by name.
    pub programs: std::collections::BTreeMap<String, String>,
}

/// A device of an NPU: what AscendCL numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Die {
    /// The id that AscendCL counts, without any filter.
    pub logic: u32,
    /// The card's number.
    pub card: u32,
    /// PCI bus id.
    pub bus: String,
    /// Name of the SoC.
    pub soc: String,
}

/// How a device reaches another one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Logic id.
    pub from: u32,
    /// Logic id.
    pub to: u32,
    /// `SIO`, `HCCS`, `HCCS_SW`, `PIX`, … as npu-smi or the runtime says; `?` if unknown.
    pub kind: String,
    /// What `aclrtDeviceCanAccessPeer` says.
    pub reachable: bool,
}

/// Where a case's processes run, seen from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Both on one die.
    SameDie,
    /// On the two dies of one card.
    SiblingDie,
    /// On two cards.
    CrossCard,
}

/// A test on certain devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// `PROGRAM::TEST@PLACEMENT`, unique in the run.
    pub name: String,
    /// The test program, such as `event`.
    pub program: String,
    /// The test's name in it.
    pub test: String,
    /// Where.
    pub placement: Placement,
    /// Logic ids, in the order in which the test counts devices.
    pub dies: Vec<u32>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseEnd {
    /// Name of the case.
    pub case: String,
    /// Counted from 1.
    pub attempt: u32,
    /// How.
    pub verdict: Verdict,
    /// Why, cause first; empty if it passed.
    pub reason: String,
    /// The known issue that it matched.
    pub known: Option<String>,
    /// How long it took.
    pub seconds: f64,
    /// Folder of its logs, below the run's.
    pub logs: Option<String>,
    /// How to run it alone.
    pub again: Option<String>,
}

/// Something that preflight found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `P16`.
    pub code: String,
    /// `error`, `warning` or `skip`.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// What was seen.
    pub detail: String,
    /// What to do.
    pub fix: String,
    /// What it means for this run.
    pub effect: String,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing can be run.
    Error,
    /// Some cases are skipped.
    Skip,
    /// Worth knowing.
    Warning,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_flat_object_and_comes_back() {
        let line = Line { v: VERSION, t: 12, event: Event::PhaseBegin { phase: Phase::WarmUp } };
        let text = serde_json::to_string(&line).unwrap();
        assert_eq!(text, r#"{"v":1,"t":12,"ev":"phase-begin","phase":"warm-up"}"#);
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
    }

    #[test]
    fn a_kind_of_a_later_version_is_unknown_and_no_error() {
        let line: Line = serde_json::from_str(r#"{"v":2,"t":1,"ev":"quantum-leap","x":1}"#).unwrap();
        assert_eq!(line.event, Event::Unknown);
    }
}
