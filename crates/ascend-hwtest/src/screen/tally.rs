//! The counts of a run, folded from its events.

use std::collections::BTreeMap;

use crate::event::{CaseEnd, Event, Finding, Line, Phase, Placement, Run};
use crate::plan::word;
use crate::verdict::Verdict;

/// A case that is running.
#[derive(Clone, Debug)]
pub struct Running {
    /// Since when, in nanoseconds of the run.
    pub since: u64,
    /// Where.
    pub dies: Vec<u32>,
}

/// What has happened so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// What the run is.
    pub run: Run,
    /// How many cases there will be.
    pub planned: usize,
    /// The last end of each case.
    pub last: BTreeMap<String, CaseEnd>,
    /// Cases that passed after an attempt that failed.
    pub flaky: usize,
    /// Cases that passed after the environment had failed, and how.
    pub recovered: Vec<CaseEnd>,
    /// Those that run now.
    pub running: BTreeMap<String, Running>,
    /// Ended phases: whether they went well, what they said, and how long they took.
    pub phases: Vec<(Phase, bool, String, f64)>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The exit code, when there is one.
    pub exit: Option<u8>,
    begun: Option<(Phase, u64)>,
    placements: BTreeMap<String, Placement>,
    last_time: u64,
}

impl Tally {
    /// Folds in one more.
    pub fn add(&mut self, line: &Line) {
        self.last_time = line.t;
        match &line.event {
            Event::RunBegin(run) => self.run = (**run).clone(),
            Event::PhaseBegin { phase } => self.begun = Some((*phase, line.t)),
            Event::PhaseEnd { phase, ok, summary } => {
                let begin = self.begun.filter(|(begun, _)| begun == phase).map_or(line.t, |(_, t)| t);
                self.phases.push((*phase, *ok, summary.clone(), seconds(line.t.saturating_sub(begin))));
            }
            Event::Finding(finding) => self.findings.push(finding.clone()),
            Event::CaseBegin { case, .. } => {
                self.placements.insert(case.name.clone(), case.placement);
                self.running.insert(case.name.clone(), Running { since: line.t, dies: case.dies.clone() });
            }
            Event::CaseEnd(end) => {
                self.running.remove(&end.case);
                if let Some(before) = self.last.insert(end.case.clone(), end.clone())
                    && end.verdict == Verdict::Pass
                {
                    if before.verdict.is_infra() {
                        self.recovered.push(before);
                    } else if before.verdict.is_failure() {
                        self.flaky += 1;
                    }
                }
            }
            Event::RunEnd { exit } => self.exit = Some(*exit),
            _ => {}
        }
    }

    /// Of a whole journal.
    #[must_use]
    pub fn of(lines: &[Line]) -> Self {
        let mut tally = Self::default();
        lines.iter().for_each(|line| tally.add(line));
        tally.planned = tally.planned.max(tally.last.len());
        tally
    }

    /// How many cases have ended so.
    #[must_use]
    pub fn count(&self, is: impl Fn(Verdict) -> bool) -> usize {
        self.last.values().filter(|end| is(end.verdict)).count()
    }

    /// Whether it runs on the simulator.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.run.backend == "sim"
    }

    /// Ended and failed cases by placement.
    #[must_use]
    pub fn by_placement(&self) -> BTreeMap<&'static str, (usize, usize)> {
        let mut counts = BTreeMap::new();
        for end in self.last.values() {
            if let Some(placement) = self.placements.get(&end.case) {
                let count: &mut (usize, usize) = counts.entry(word(*placement)).or_default();
                count.0 += 1;
                count.1 += usize::from(end.verdict.is_failure());
            }
        }
        counts
    }

    /// How long the run took, so far.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        seconds(self.last_time)
    }
}

/// Nanoseconds in seconds.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "a time for people")]
fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}
