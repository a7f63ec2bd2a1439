//! Screens, as people see them.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Lines, Screen, Tally, bars};
use crate::event::{Case, CaseEnd, Event, Finding, Line, Phase, Placement, Run, Severity, VERSION};
use crate::verdict::Verdict;

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn at(seconds: u64, event: Event) -> Line {
    Line { v: VERSION, t: seconds * 1_000_000_000, event }
}

fn begin(seconds: u64, test: &str, placement: Placement, dies: &[u32]) -> Line {
    let (program, test) = ("event".to_owned(), test.to_owned());
    let name = format!("event::{test}@{}", crate::plan::word(placement));
    at(seconds, Event::CaseBegin { case: Case { name, program, test, placement, dies: dies.to_vec() }, attempt: 1 })
}

fn end(seconds: u64, case: &str, verdict: Verdict, reason: &str, known: Option<&str>) -> Line {
    let failed = verdict.is_failure();
    at(
        seconds,
        Event::CaseEnd(CaseEnd {
            case: format!("event::{case}"),
            attempt: 1,
            verdict,
            reason: reason.to_owned(),
            known: known.map(str::to_owned),
            seconds: 1.5,
            logs: failed.then(|| "cases/x/1".to_owned()),
            again: failed.then(|| "sh /runs/7f3a/cases/x/1/repro.sh".to_owned()),
        }),
    )
}

fn a_run(backend: &str) -> Vec<Line> {
    let versions = [("soc", "Ascend910B3"), ("driver", "25.5.1"), ("kernel", "6.6")];
    let versions = versions.map(|(name, version)| (name.to_owned(), version.to_owned())).into();
    let run = Run { run: "7f3a".into(), backend: backend.into(), seed: 0x5eed, versions, ..Run::default() };
    let finding = Finding {
        code: "P16".into(),
        severity: Severity::Skip,
        title: "IPC events need 4 KiB pages with this driver".into(),
        detail: "page size is 65536 and driver is 25.5.1 (< 26.0.RC1)".into(),
        fix: "upgrade the driver".into(),
        effect: "120 cases are skipped".into(),
    };
    let post = "devices clean: memory back to baseline".to_owned();
    vec![
        at(0, Event::RunBegin(Box::new(run))),
        at(0, Event::PhaseBegin { phase: Phase::Preflight }),
        at(2, Event::Finding(finding)),
        at(2, Event::PhaseEnd { phase: Phase::Preflight, ok: true, summary: "8 dies, 1 note".into() }),
        at(2, Event::PhaseBegin { phase: Phase::Matrix }),
        begin(3, "a", Placement::SameDie, &[0]),
        begin(3, "b", Placement::CrossCard, &[1, 2]),
        end(4, "a@same-die", Verdict::Pass, "", None),
        end(5, "b@cross-card", Verdict::Fail, "no progress (at crates/ascend-ipc/tests/event/wait.rs:36:11)", None),
        end(6, "c@same-die", Verdict::XFail, "still broken", Some("CANN-IPC-1")),
        end(6, "d@cross-card", Verdict::Skip, "need 4 dies, have 2", None),
        begin(7, "e", Placement::SiblingDie, &[4, 5]),
        end(7, "e@sibling-die", Verdict::Infra, "the device is busy (EL0005)", None),
        end(9, "e@sibling-die", Verdict::Pass, "", None),
        begin(10, "f", Placement::SiblingDie, &[4, 5]),
        end(70, "f@sibling-die", Verdict::Hang, "did not end within its time", None),
        at(75, Event::PhaseEnd { phase: Phase::Matrix, ok: false, summary: "6 cases, 2 failed, 1 skipped".into() }),
        at(75, Event::PhaseBegin { phase: Phase::PostCheck }),
        at(76, Event::PhaseEnd { phase: Phase::PostCheck, ok: true, summary: post }),
        at(76, Event::RunEnd { exit: 100 }),
    ]
}

fn shown(backend: &str, github: bool, quiet: bool) -> String {
    let paper = Paper::default();
    let mut lines = Lines::new(Box::new(paper.clone()), "/runs/7f3a".into(), github, quiet);
    lines.planned(6);
    for line in a_run(backend) {
        lines.tick(Duration::from_nanos(line.t));
        lines.show(&line);
    }
    String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
}

#[test]
fn lines_tell_each_case_the_cause_of_failures_and_the_end() {
    let expected = include_str!("shots/lines.txt");
    assert_eq!(shown("hw", false, false), expected);
}

#[test]
fn a_quiet_screen_tells_failures_and_the_end_and_labels_the_simulator() {
    let expected = include_str!("shots/quiet.txt");
    assert_eq!(shown("sim", false, true), expected);
}

#[test]
fn github_gets_groups_and_errors_with_their_place() {
    let shown = shown("hw", true, false);
    let commands: Vec<&str> = shown.lines().filter(|line| line.starts_with("::")).collect();
    let expected = [
        "::group::preflight",
        "::endgroup::",
        "::group::matrix",
        "::error file=crates/ascend-ipc/tests/event/wait.rs,line=36,title=event%3A%3Ab@cross-card::FAIL: no progress (at crates/ascend-ipc/tests/event/wait.rs:36:11)",
        "::error title=event%3A%3Ae@sibling-die::INFRA: the device is busy (EL0005)",
        "::error title=event%3A%3Af@sibling-die::HANG: did not end within its time",
        "::endgroup::",
        "::group::post-check",
        "::endgroup::",
    ];
    assert_eq!(commands, expected);
}

#[test]
fn below_the_bar_stand_placements_and_what_runs_now() {
    let mut tally = Tally::default();
    a_run("hw")[..15].iter().for_each(|line| tally.add(line));
    let expected = "1 running   1 skipped   1 failed\n     cross-card 1 ✘   same-die 1 ✔   sibling-die 1 ✔\n     \
                    now: event::f@sibling-die 4→5 · 10.0s";
    assert_eq!(bars::below(&tally, Duration::from_secs(20)), expected);
}

#[test]
fn a_run_without_end_is_told_as_far_as_it_went() {
    let tally = Tally::of(&a_run("sim")[..9]);
    assert_eq!(tally.exit, None);
    let text = super::end::text(&tally, None, 1);
    assert_eq!(text, " 2 cases in 5.0s: 1 pass · 1 FAIL\n exit 1   SIMULATOR: nothing was run on an NPU\n");
}
