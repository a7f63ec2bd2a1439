//! A run as its journal tells it: lines folded into phases, cases with their attempts, devices and measurements.

use std::path::Path;

use crate::event::{Case, CaseEnd, Die, Event, Finding, Line, Link, Phase, Placement, Run};
use crate::journal_reader::{self, Journal};
use crate::verdict::Verdict;
use crate::words::{PLACEMENTS, Word};

/// A run, finished or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// What the run is; empty if its first line is lost.
    pub run: Run,
    /// The phases that began, in their order.
    pub phases: Vec<Span>,
    /// What was found on the machine.
    pub findings: Vec<Finding>,
    /// The devices.
    pub dies: Vec<Die>,
    /// How they reach each other.
    pub links: Vec<Link>,
    /// The cases, in the order in which they were first heard of.
    pub cases: Vec<CaseView>,
    /// What cases measured; the same name of the same case once.
    pub measures: Vec<Measure>,
    /// What the devices looked like.
    pub states: Vec<State>,
    /// The exit code; `None` if the run was killed, or still goes on.
    pub exit: Option<u8>,
    /// When the last line was written, in nanoseconds since the run began.
    pub end: u64,
    /// Whether the journal's last line is torn.
    pub torn: bool,
    /// How many of its lines make no sense.
    pub unread: usize,
    /// How many are of kinds that this version does not know.
    pub unknown: usize,
}

/// A phase, from its beginning to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Which.
    pub phase: Phase,
    /// Nanoseconds since the run began.
    pub begin: u64,
    /// Nanoseconds since the run began, if it ended.
    pub end: Option<u64>,
    /// Whether the run could go on; `None` if the phase has not ended.
    pub ok: Option<bool>,
    /// One line for people.
    pub summary: String,
}

/// A case with its attempts.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// Its attempts, in the order of their numbers.
    pub attempts: Vec<Attempt>,
}

/// One attempt at a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// Nanoseconds since the run began; `None` for what was never begun, such as a skipped case.
    pub begin: Option<u64>,
    /// Nanoseconds since the run began, if it ended.
    pub end: Option<u64>,
    /// How it ended, if it did.
    pub outcome: Option<CaseEnd>,
}

/// What a case measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Name of the case.
    pub case: String,
    /// Where the case ran, if that is known.
    pub placement: Option<Placement>,
    /// What was measured.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Samples that are numbers.
    pub samples: Vec<f64>,
}

/// What a device looked like.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Before the matrix, or after it.
    pub phase: Phase,
    /// Its bus id.
    pub bus: String,
    /// Used device memory in MiB, if known.
    pub used_mib: Option<u64>,
    /// Processes that use it, by pid and name.
    pub processes: Vec<(u32, String)>,
    /// As the driver says it.
    pub health: Option<String>,
}

impl CaseView {
    /// How the last attempt ended; `None` if it did not.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.last().map(|end| end.verdict)
    }

    /// The outcome of the last attempt, if it ended.
    #[must_use]
    pub fn last(&self) -> Option<&CaseEnd> {
        self.attempts.last()?.outcome.as_ref()
    }

    /// Whether it passed in the end, but not at first.
    #[must_use]
    pub fn is_flaky(&self) -> bool {
        self.verdict() == Some(Verdict::Pass) && self.attempts.len() > 1
    }

    /// Seconds of all attempts together.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.attempts
            .iter()
            .filter_map(|attempt| attempt.outcome.as_ref())
            .map(seconds)
            .fold(0.0, |sum, each| sum + each)
    }

    /// The device on which it begins and the one that it reaches; twice the same if it uses one.
    #[must_use]
    pub fn pair(&self) -> Option<(u32, u32)> {
        let first = *self.case.dies.first()?;
        Some((first, self.case.dies.get(1).copied().unwrap_or(first)))
    }
}

impl View {
    /// The view of the run in `folder`.
    ///
    /// # Errors
    ///
    /// If its journal cannot be read.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        Ok(Self::new(journal_reader::open(folder)?))
    }

    /// The view of a journal.
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        let mut view =
            Self { torn: journal.torn, unread: journal.unread.len(), unknown: journal.unknown, ..Self::default() };
        for line in journal.lines {
            view.add(line);
        }
        for case in &mut view.cases {
            case.attempts.sort_by_key(|attempt| attempt.number);
        }
        for index in 0..view.measures.len() {
            view.measures[index].placement = view.case(&view.measures[index].case).map(|found| found.case.placement);
        }
        view
    }

    /// Whether it ran on hardware. Only a run that says so did.
    #[must_use]
    pub fn is_hardware(&self) -> bool {
        self.run.backend == "hw"
    }

    /// What it ran on, for people.
    #[must_use]
    pub fn label(&self) -> String {
        match self.run.backend.as_str() {
            "hw" => "hardware".to_owned(),
            "sim" => "SIMULATOR".to_owned(),
            "" => "unknown backend".to_owned(),
            other => format!("not hardware: {other}"),
        }
    }

    /// The case of this name.
    #[must_use]
    pub fn case(&self, name: &str) -> Option<&CaseView> {
        self.cases.iter().find(|case| case.case.name == name)
    }

    /// The SoC on which the case runs, `unknown` if nobody said it.
    #[must_use]
    pub fn soc(&self, case: &Case) -> &str {
        let die = case.dies.first().and_then(|logic| self.dies.iter().find(|die| die.logic == *logic));
        let soc = die.map(|die| die.soc.as_str()).filter(|soc| !soc.is_empty());
        soc.or_else(|| self.version("soc")).unwrap_or("unknown")
    }

    /// A version by its name, whatever its case.
    #[must_use]
    pub fn version(&self, name: &str) -> Option<&str> {
        let (_, value) = self.run.versions.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    fn add(&mut self, line: Line) {
        self.end = self.end.max(line.t);
        match line.event {
            Event::RunBegin(run) => self.run = *run,
            Event::PhaseBegin { phase } => {
                self.phases.push(Span { phase, begin: line.t, end: None, ok: None, summary: String::new() });
            }
            Event::PhaseEnd { phase, ok, summary } => {
                let open = self.phases.iter().rposition(|span| span.phase == phase && span.end.is_none());
                let index = open.unwrap_or_else(|| {
                    self.phases.push(Span { phase, begin: line.t, end: None, ok: None, summary: String::new() });
                    self.phases.len() - 1
                });
                let span = &mut self.phases[index];
                (span.end, span.ok, span.summary) = (Some(line.t.max(span.begin)), Some(ok), summary);
            }
            Event::Finding(finding) => self.findings.push(finding),
            // A later look replaces an earlier one.
            Event::Topology { dies, links } => (self.dies, self.links) = (dies, links),
            Event::CaseBegin { case, attempt } => {
                let view = self.case_mut(&case.name);
                view.case = case;
                view.attempt(attempt).begin = Some(line.t);
            }
            Event::CaseEnd(end) => {
                let attempt = self.case_mut(&end.case).attempt(end.attempt);
                attempt.end = Some(line.t.max(attempt.begin.unwrap_or(0)));
                attempt.outcome = Some(end);
            }
            Event::Measure { case, name, unit, mut samples } => {
                samples.retain(|sample| sample.is_finite());
                let known =
                    |measure: &&mut Measure| measure.case == case && measure.name == name && measure.unit == unit;
                match self.measures.iter_mut().find(known) {
                    Some(measure) => measure.samples.append(&mut samples),
                    None => self.measures.push(Measure { case, placement: None, name, unit, samples }),
                }
            }
            Event::State { phase, bus, used_mib, processes, health } => {
                self.states.push(State { phase, bus, used_mib, processes, health });
            }
            Event::RunEnd { exit } => self.exit = Some(exit),
            Event::Unknown => self.unknown += 1,
        }
    }

    fn case_mut(&mut self, name: &str) -> &mut CaseView {
        let found = self.cases.iter().position(|case| case.case.name == name);
        let index = found.unwrap_or_else(|| {
            self.cases.push(CaseView { case: named(name), attempts: Vec::new() });
            self.cases.len() - 1
        });
        &mut self.cases[index]
    }
}

impl CaseView {
    fn attempt(&mut self, number: u32) -> &mut Attempt {
        let found = self.attempts.iter().position(|attempt| attempt.number == number);
        let index = found.unwrap_or_else(|| {
            self.attempts.push(Attempt { number, begin: None, end: None, outcome: None });
            self.attempts.len() - 1
        });
        &mut self.attempts[index]
    }
}

/// What a case's name says, for one whose beginning is not in the journal: `PROGRAM::TEST@PLACEMENT`.
fn named(name: &str) -> Case {
    let (path, place) = name.rsplit_once('@').unwrap_or((name, ""));
    let (program, test) = path.split_once("::").unwrap_or(("", path));
    let placement = PLACEMENTS.into_iter().find(|placement| place.starts_with(placement.word()));
    Case {
        name: name.to_owned(),
        program: program.to_owned(),
        test: test.to_owned(),
        placement: placement.unwrap_or(Placement::SameDie),
        dies: Vec::new(),
    }
}

/// The seconds of an attempt, 0 if they are no sensible number.
#[must_use]
pub fn seconds(end: &CaseEnd) -> f64 {
    if end.seconds.is_finite() && end.seconds > 0.0 { end.seconds.min(1e9) } else { 0.0 }
}
