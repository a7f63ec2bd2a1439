//! `junit.xml`: a suite for each program on each placement, and one each for preflight and post-check.

use std::collections::BTreeMap;
use std::time::Duration;

use quick_junit::{FlakyOrRerun, NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::Source;
use super::logs::{Log, Logs};
use super::tally::dirt;
use crate::event::{Case, Phase, Severity};
use crate::verdict::Verdict;
use crate::view::{Attempt, CaseView, State, View, seconds};
use crate::words::Word;

/// Bytes of logs in a test case; the page shows more.
const LOG: usize = 16 << 10;

/// The file's text.
pub(super) fn text(source: &Source) -> std::io::Result<String> {
    let mut report = Report::new(format!("hw-test {}", source.view.run.run));
    report.timestamp = source.view.run.started.parse().ok();
    report.set_time(Duration::from_nanos(source.view.end));
    report.add_test_suites(suites(source, ""));
    report.to_string().map_err(std::io::Error::other)
}

/// The suites of a run; `suffix` tells those of several runs apart.
pub(super) fn suites(source: &Source, suffix: &str) -> Vec<TestSuite> {
    let view = &source.view;
    // Results that say nothing about hardware must not be counted as if they did.
    let label = match view.run.backend.as_str() {
        "hw" => String::new(),
        "" => "@unknown".to_owned(),
        other => format!("@{other}"),
    };
    let mut by_suite: BTreeMap<String, Vec<&CaseView>> = BTreeMap::new();
    for case in &view.cases {
        let name = format!("{}@{}@{}", case.case.program, case.case.placement.word(), view.soc(&case.case));
        by_suite.entry(name).or_default().push(case);
    }
    let mut suites = vec![preflight(view)];
    suites.extend(by_suite.into_iter().map(|(name, cases)| {
        let mut suite = TestSuite::new(name);
        let seconds: f64 = cases.iter().map(|case| case.seconds()).sum();
        suite.set_time(Duration::from_secs_f64(seconds));
        suite.add_test_cases(cases.into_iter().map(|case| test_case(case, view, &source.logs)));
        suite
    }));
    suites.push(post_check(view));
    suites.retain(|suite| suite.tests > 0);
    for suite in &mut suites {
        suite.name = format!("{}{label}{suffix}", suite.name.as_str()).into();
        suite.add_properties(properties(view));
    }
    suites
}

fn properties(view: &View) -> Vec<Property> {
    let run = &view.run;
    let mut properties = vec![
        Property::new("backend", view.label()),
        Property::new("run", run.run.as_str()),
        Property::new("seed", format!("{:#x}", run.seed)),
        Property::new("isolation", run.isolation.as_str()),
    ];
    properties.extend(run.git.iter().map(|git| Property::new("git", git.as_str())));
    properties.extend(run.versions.iter().map(|(name, value)| Property::new(name.as_str(), value.as_str())));
    let buses: Vec<_> = view.dies.iter().map(|die| format!("{}={}", die.logic, die.bus)).collect();
    if !buses.is_empty() {
        properties.push(Property::new("bus-ids", buses.join(" ")));
    }
    properties
}

fn test_case(case: &CaseView, view: &View, logs: &Logs) -> TestCase {
    let status = match case.attempts.split_last() {
        Some((last, earlier)) => status(last, earlier, view),
        None => unfinished(view),
    };
    let mut test = TestCase::new(name(&case.case), status);
    test.set_classname(format!("{}@{}", case.case.program, case.case.placement.word()));
    test.set_time(Duration::from_secs_f64(case.seconds()));
    test.add_property(("case", case.case.name.as_str()));
    if !case.case.dies.is_empty() {
        let dies: Vec<_> = case.case.dies.iter().map(u32::to_string).collect();
        test.add_property(("dies", dies.join(" ").as_str()));
    }
    if let Some(end) = case.last() {
        let named = [("again", &end.again), ("logs", &end.logs), ("known-issue", &end.known)];
        let told = named.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        test.add_properties(told.map(Property::from));
        let (out, err): (Vec<&Log>, Vec<&Log>) =
            logs.of(&case.case.name, end.attempt).iter().partition(|log| !log.name.ends_with("stderr"));
        if !out.is_empty() {
            test.set_system_out(joined(&out));
        }
        if !err.is_empty() {
            test.set_system_err(joined(&err));
        }
    }
    test
}

/// The test's name, with what else tells the case from others of its suite, such as its devices.
fn name(case: &Case) -> String {
    let whole = case.name.strip_prefix(&format!("{}::", case.program)).unwrap_or(&case.name);
    whole.replacen(&format!("@{}", case.placement.word()), "", 1)
}

fn status(last: &Attempt, earlier: &[Attempt], view: &View) -> TestCaseStatus {
    let Some(end) = &last.outcome else { return unfinished(view) };
    let reruns = earlier.iter().filter_map(rerun);
    let mut status = match kind(end.verdict) {
        Kind::Passed => TestCaseStatus::success(),
        Kind::Skipped(ty) => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(end.reason.as_str());
            if let Some(ty) = ty {
                skipped.set_type(ty);
                skipped.set_description(end.known.as_deref().unwrap_or_default());
            }
            return skipped;
        }
        Kind::Failed(kind, ty) => {
            let mut failed = TestCaseStatus::non_success(kind);
            failed
                .set_message(end.reason.lines().next().unwrap_or_default())
                .set_type(ty)
                .set_description(end.reason.as_str());
            failed.set_rerun_kind(FlakyOrRerun::Rerun);
            failed
        }
    };
    status.add_reruns(reruns);
    status
}

fn rerun(attempt: &Attempt) -> Option<TestRerun> {
    let end = attempt.outcome.as_ref()?;
    let Kind::Failed(kind, ty) = kind(end.verdict) else { return None };
    let mut rerun = TestRerun::new(kind);
    rerun.set_type(ty).set_message(end.reason.lines().next().unwrap_or_default()).set_description(end.reason.as_str());
    rerun.set_time(Duration::from_secs_f64(seconds(end)));
    Some(rerun)
}

enum Kind {
    Passed,
    Skipped(Option<&'static str>),
    Failed(NonSuccessKind, &'static str),
}

fn kind(verdict: Verdict) -> Kind {
    use NonSuccessKind::{Error, Failure};
    match verdict {
        Verdict::Pass => Kind::Passed,
        Verdict::Skip => Kind::Skipped(None),
        // JUnit has no expected failures; a skip with a type is what its readers show without alarm.
        Verdict::XFail => Kind::Skipped(Some("known-issue")),
        Verdict::XPass => Kind::Failed(Failure, "xpass"),
        Verdict::Fail => Kind::Failed(Failure, "fail"),
        Verdict::Leak => Kind::Failed(Failure, "leak"),
        Verdict::Hang => Kind::Failed(Failure, "hang"),
        Verdict::HangInDriver => Kind::Failed(Error, "infra.hang-in-driver"),
        Verdict::Infra => Kind::Failed(Error, "infra.environment"),
    }
}

fn unfinished(view: &View) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let why = if view.exit.is_some() { "the case did not end" } else { "the run ended before the case did" };
    status.set_type("infra.unfinished").set_message(why);
    status
}

/// The ends of logs under their names, shortened at the front.
fn joined(logs: &[&Log]) -> String {
    let mut text = String::new();
    for log in logs {
        let start = log.text.ceil_char_boundary(log.text.len().saturating_sub(LOG / logs.len()));
        let omitted = log.omitted + start as u64;
        let before = if omitted > 0 { format!(" ({omitted} bytes before)") } else { String::new() };
        text.push_str(&format!("==== {}{before}\n{}\n", log.name, &log.text[start..]));
    }
    text
}

fn preflight(view: &View) -> TestSuite {
    let mut suite = TestSuite::new("@preflight");
    phase_case(&mut suite, view, Phase::Preflight, "infra.preflight");
    for finding in &view.findings {
        let text = format!("{}\n{}\nfix: {}\neffect: {}", finding.title, finding.detail, finding.fix, finding.effect);
        let mut status = match finding.severity {
            Severity::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
            Severity::Skip => TestCaseStatus::skipped(),
            Severity::Warning => TestCaseStatus::success(),
        };
        if finding.severity == Severity::Error {
            status.set_type(format!("infra.{}", finding.code));
        }
        // A status that is no success takes them; a success has only output.
        status.set_message(finding.title.as_str()).set_description(text.as_str());
        let mut test = TestCase::new(finding.code.as_str(), status);
        if finding.severity == Severity::Warning {
            test.set_system_out(format!("warning: {text}"));
        }
        test.set_classname("@preflight");
        suite.add_test_case(test);
    }
    suite
}

fn post_check(view: &View) -> TestSuite {
    let mut suite = TestSuite::new("@postcheck");
    phase_case(&mut suite, view, Phase::PostCheck, "dirty");
    let dirt = dirt(view);
    let mut seen: Vec<&str> = Vec::new();
    for State { bus, .. } in view.states.iter().filter(|state| state.phase == Phase::PostCheck) {
        if seen.contains(&bus.as_str()) {
            continue;
        }
        seen.push(bus);
        let left: Vec<&str> = dirt.iter().filter(|(on, _)| on == bus).map(|(_, text)| text.as_str()).collect();
        let mut status = TestCaseStatus::success();
        if !left.is_empty() {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("dirty").set_message(left.join("; "));
        }
        let mut test = TestCase::new(bus.as_str(), status);
        test.set_classname("@postcheck");
        suite.add_test_case(test);
    }
    suite
}

/// The phase itself as a test case, if it began.
fn phase_case(suite: &mut TestSuite, view: &View, phase: Phase, ty: &str) {
    let Some(span) = view.phases.iter().rfind(|span| span.phase == phase) else { return };
    let kind = if phase == Phase::PostCheck { NonSuccessKind::Failure } else { NonSuccessKind::Error };
    let status = match span.ok {
        Some(true) => TestCaseStatus::success(),
        Some(false) => {
            let mut status = TestCaseStatus::non_success(kind);
            status.set_type(ty).set_message(span.summary.as_str());
            status
        }
        None => unfinished(view),
    };
    let mut test = TestCase::new(phase.word(), status);
    test.set_classname(suite.name.as_str());
    test.set_time(Duration::from_nanos(span.end.unwrap_or(view.end).saturating_sub(span.begin)));
    suite.add_test_case(test);
}
