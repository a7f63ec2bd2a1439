//! `summary.json`: the whole run for programs, schema `hw-test/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Source;
use super::tally::{Spread, Tally, dirt};
use crate::event::{Die, Finding, Link, Phase, Placement};
use crate::verdict::Verdict;
use crate::view::{Attempt, View, seconds};
use crate::words::{PLACEMENTS, Word};

/// Name and version of the schema: fields are added to a version, never taken away.
pub(super) const SCHEMA: &str = "hw-test/1";

#[derive(Serialize)]
struct Summary<'a> {
    schema: &'static str,
    run: &'a str,
    backend: &'a str,
    /// Whether the results say something about hardware.
    hardware: bool,
    started: &'a str,
    seconds: f64,
    exit: Option<u8>,
    /// Whether the run came to its end.
    complete: bool,
    isolation: &'a str,
    seed: u64,
    argv: &'a [String],
    git: Option<&'a str>,
    versions: &'a BTreeMap<String, String>,
    programs: &'a BTreeMap<String, String>,
    redacted: bool,
    totals: Tally,
    by_placement: BTreeMap<&'static str, Tally>,
    topology: Topology<'a>,
    phases: Vec<SpanOut<'a>>,
    findings: &'a [Finding],
    cases: Vec<CaseOut<'a>>,
    measures: Vec<MeasureOut<'a>>,
    /// Known issues that were met, and the cases that met them.
    known_issues: BTreeMap<&'a str, Vec<&'a str>>,
    states: Vec<StateOut<'a>>,
    /// What devices were left with, by bus id.
    dirt: Vec<(String, String)>,
    journal: JournalOut,
}

#[derive(Serialize)]
struct Topology<'a> {
    dies: &'a [Die],
    links: &'a [Link],
}

#[derive(Serialize)]
struct SpanOut<'a> {
    phase: Phase,
    begin_s: f64,
    seconds: Option<f64>,
    ok: Option<bool>,
    summary: &'a str,
}

#[derive(Serialize)]
struct CaseOut<'a> {
    name: &'a str,
    program: &'a str,
    test: &'a str,
    placement: Placement,
    dies: &'a [u32],
    soc: &'a str,
    verdict: Option<Verdict>,
    flaky: bool,
    seconds: f64,
    attempts: Vec<AttemptOut<'a>>,
}

#[derive(Serialize)]
struct AttemptOut<'a> {
    attempt: u32,
    verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<&'a str>,
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logs: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    again: Option<&'a str>,
}

#[derive(Serialize)]
struct MeasureOut<'a> {
    case: &'a str,
    name: &'a str,
    unit: &'a str,
    #[serde(flatten)]
    spread: Spread,
}

#[derive(Serialize)]
struct StateOut<'a> {
    phase: Phase,
    bus: &'a str,
    used_mib: Option<u64>,
    processes: &'a [(u32, String)],
    health: Option<&'a str>,
}

#[derive(Serialize)]
struct JournalOut {
    torn: bool,
    unread: usize,
    unknown: usize,
}

/// The file's text.
pub(super) fn text(source: &Source) -> std::io::Result<String> {
    let view = &source.view;
    let run = &view.run;
    let summary = Summary {
        schema: SCHEMA,
        run: &run.run,
        backend: &run.backend,
        hardware: view.is_hardware(),
        started: &run.started,
        seconds: in_seconds(view.end),
        exit: view.exit,
        complete: view.exit.is_some(),
        isolation: &run.isolation,
        seed: run.seed,
        argv: &run.argv,
        git: run.git.as_deref(),
        versions: &run.versions,
        programs: &run.programs,
        redacted: source.redacted,
        totals: Tally::of(&view.cases),
        by_placement: by_placement(view).into_iter().map(|(placement, tally)| (placement.word(), tally)).collect(),
        topology: Topology { dies: &view.dies, links: &view.links },
        phases: phases(view),
        findings: &view.findings,
        cases: cases(view),
        measures: measures(view),
        known_issues: known_issues(view),
        states: states(view),
        dirt: dirt(view),
        journal: JournalOut { torn: view.torn, unread: view.unread, unknown: view.unknown },
    };
    let mut text = serde_json::to_string_pretty(&summary)?;
    text.push('\n');
    Ok(text)
}

/// Nanoseconds as seconds.
pub(super) fn in_seconds(nanoseconds: u64) -> f64 {
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
}

/// Counts for each placement that has cases.
pub(super) fn by_placement(view: &View) -> Vec<(Placement, Tally)> {
    let of = |placement| Tally::of(view.cases.iter().filter(|case| case.case.placement == placement));
    PLACEMENTS.into_iter().map(|placement| (placement, of(placement))).filter(|(_, tally)| tally.cases > 0).collect()
}

/// Known issues that attempts matched, each with its cases.
pub(super) fn known_issues(view: &View) -> BTreeMap<&str, Vec<&str>> {
    let mut issues: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in &view.cases {
        if let Some(known) = case.last().and_then(|end| end.known.as_deref()) {
            issues.entry(known).or_default().push(&case.case.name);
        }
    }
    issues
}

fn phases(view: &View) -> Vec<SpanOut<'_>> {
    let mut spans = Vec::new();
    for span in &view.phases {
        let seconds = span.end.map(|end| in_seconds(end - span.begin));
        spans.push(SpanOut {
            phase: span.phase,
            begin_s: in_seconds(span.begin),
            seconds,
            ok: span.ok,
            summary: &span.summary,
        });
    }
    spans
}

fn cases(view: &View) -> Vec<CaseOut<'_>> {
    let mut cases = Vec::new();
    for each in &view.cases {
        cases.push(CaseOut {
            name: &each.case.name,
            program: &each.case.program,
            test: &each.case.test,
            placement: each.case.placement,
            dies: &each.case.dies,
            soc: view.soc(&each.case),
            verdict: each.verdict(),
            flaky: each.is_flaky(),
            seconds: each.seconds(),
            attempts: each.attempts.iter().map(AttemptOut::of).collect(),
        });
    }
    cases
}

impl<'a> AttemptOut<'a> {
    fn of(attempt: &'a Attempt) -> Self {
        let end = attempt.outcome.as_ref();
        Self {
            attempt: attempt.number,
            verdict: end.map(|end| end.verdict),
            reason: end.map_or("", |end| &end.reason),
            known: end.and_then(|end| end.known.as_deref()),
            seconds: end.map(seconds),
            logs: end.and_then(|end| end.logs.as_deref()),
            again: end.and_then(|end| end.again.as_deref()),
        }
    }
}

fn measures(view: &View) -> Vec<MeasureOut<'_>> {
    let mut measures = Vec::new();
    for measure in &view.measures {
        if let Some(spread) = Spread::of(&measure.samples) {
            measures.push(MeasureOut { case: &measure.case, name: &measure.name, unit: &measure.unit, spread });
        }
    }
    measures
}

fn states(view: &View) -> Vec<StateOut<'_>> {
    let mut states = Vec::new();
    for state in &view.states {
        states.push(StateOut {
            phase: state.phase,
            bus: &state.bus,
            used_mib: state.used_mib,
            processes: &state.processes,
            health: state.health.as_deref(),
        });
    }
    states
}
