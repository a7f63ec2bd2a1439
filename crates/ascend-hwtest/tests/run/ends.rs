//! Every way in which a case can end, and the exit code that belongs to it.

use ascend_hwtest::event::{Event, Phase};
use ascend_hwtest::verdict::Verdict;

use crate::stage::{Stage, lives, until};

#[test]
fn a_run_that_passes_goes_through_every_phase_and_is_labelled() {
    let stage = Stage::new("passes", "ok");
    let ran = stage.run(&[]);
    assert_eq!((ran.code, ran.verdict("passes")), (0, Verdict::Pass), "{}", ran.screen);
    let phases: Vec<Phase> = ran
        .lines
        .iter()
        .filter_map(|line| match &line.event {
            Event::PhaseEnd { phase, ok: true, .. } => Some(*phase),
            _ => None,
        })
        .collect();
    let expected = [
        Phase::Preflight,
        Phase::Build,
        Phase::Plan,
        Phase::Lease,
        Phase::Baseline,
        Phase::WarmUp,
        Phase::Matrix,
        Phase::PostCheck,
        Phase::Report,
    ];
    assert_eq!(phases, expected);
    assert!(matches!(&ran.lines[0].event, Event::RunBegin(run) if run.backend == "sim"));
    assert_eq!(ran.lines.last().unwrap().event, Event::RunEnd { exit: 0 });
    assert!(ran.screen.contains("SIMULATOR") && ran.screen.contains("exit 0"), "{}", ran.screen);
    let reproduction = stage.path("out").join(ran.end("passes").logs.as_ref().unwrap()).join("repro.sh");
    assert!(std::fs::read_to_string(&reproduction).unwrap().contains("backend sim"));
    let again = std::process::Command::new("sh").arg(reproduction).output().unwrap();
    assert!(again.status.success() && String::from_utf8_lossy(&again.stdout).contains("1 passed"));
}

#[test]
fn a_failure_is_100_and_says_the_cause() {
    let stage = Stage::new(
        "fails passes",
        r#"[ $test = passes ] && ok && exit; printf "thread 'x' panicked at a.rs:3:5:\nbroken\n" >&2; exit 101"#,
    );
    let ran = stage.run(&[]);
    assert_eq!((ran.code, ran.verdict("fails"), ran.verdict("passes")), (100, Verdict::Fail, Verdict::Pass));
    assert_eq!(ran.end("fails").reason, "broken (at a.rs:3:5)");
    assert!(ran.screen.contains("why     broken (at a.rs:3:5)"), "{}", ran.screen);
}

#[test]
fn a_hang_is_looked_at_and_everything_of_it_dies() {
    let stage = Stage::new("hangs", "");
    let pid = stage.path("pid");
    let body = format!(
        "trap '' TERM; setsid sh -c 'trap \"\" TERM; echo $$ > {}; while :; do sleep 600; done' & while :; do sleep 600; done",
        pid.display()
    );
    stage.program("hangs", &body);
    let ran = stage.run(&["--test-timeout", "1s", "--init-timeout", "0s", "--grace", "100ms"]);
    assert_eq!((ran.code, ran.verdict("hangs")), (100, Verdict::Hang), "{}", ran.screen);
    let dump = stage.path("out").join(ran.end("hangs").logs.as_ref().unwrap()).join("hang.txt");
    let dump = std::fs::read_to_string(dump).unwrap();
    assert!(
        dump.contains("backend sim") && dump.contains("-- wchan") && dump.matches("== process").count() >= 3,
        "{dump}"
    );
    assert!(pid.exists() && !lives(&pid));
}

#[test]
fn what_a_passing_test_leaves_behind_is_a_leak_and_is_ended() {
    let stage = Stage::new("leaks", "");
    let pid = stage.path("pid");
    stage.program("leaks", &format!("setsid sleep 600 & echo $! > {}; ok", pid.display()));
    let ran = stage.run(&[]);
    assert_eq!((ran.code, ran.verdict("leaks")), (100, Verdict::Leak), "{}", ran.screen);
    assert!(ran.end("leaks").reason.contains("`sleep`"), "{}", ran.end("leaks").reason);
    assert!(pid.exists() && !lives(&pid));
}

#[test]
fn when_everything_is_skipped_the_machine_cannot_run_it() {
    let stage = Stage::new("skips", "echo 'SKIP skips@sim: need a moon (1 of 1)' >&2; ok");
    let ran = stage.run(&[]);
    assert_eq!((ran.code, ran.verdict("skips")), (21, Verdict::Skip));
    assert_eq!(ran.end("skips").reason, "need a moon");
    stage.program("skips passes", "[ $test = skips ] && echo 'SKIP skips@sim: need a moon (1 of 1)' >&2; ok");
    let some = stage.ended("some", stage.start("some", &[]));
    assert_eq!(some.code, 0);
    let denied = stage.ended("denied", stage.start("denied", &["--deny", "skips"]));
    assert_eq!(denied.code, 100);
}

#[test]
fn a_program_that_dies_or_says_nothing_has_failed() {
    let stage = Stage::new("dies says_nothing", "[ $test = says_nothing ] || kill -SEGV $$");
    let ran = stage.run(&[]);
    assert_eq!(ran.code, 100);
    assert_eq!(ran.end("dies").reason, "died by signal 11");
    assert_eq!(ran.end("says_nothing").reason, "exited with 0 and without a verdict");
}

#[test]
fn a_known_issue_must_keep_failing() {
    let stage = Stage::new("broken", "exit 101");
    std::fs::write(stage.path("known.toml"), "[[known-issue]]\nid = \"X-1\"\nfilter = \"test(=broken)\"\n").unwrap();
    let ran = stage.run(&["--known-issues", "known.toml"]);
    assert_eq!((ran.code, ran.verdict("broken")), (0, Verdict::XFail), "{}", ran.screen);
    assert_eq!(ran.end("broken").known.as_deref(), Some("X-1"));
    stage.program("broken", "ok");
    let mended = stage.ended("mended", stage.start("mended", &["--known-issues", "known.toml"]));
    assert_eq!((mended.code, mended.verdict("broken")), (100, Verdict::XPass));
}

#[test]
fn the_time_for_the_run_ends_it_and_every_case_has_an_end() {
    let stage = Stage::new("a b c", "sleep 600");
    let ran = stage.run(&["--max-time", "3s", "--grace", "100ms", "--jobs", "1"]);
    assert_eq!(ran.code, 124, "{}", ran.screen);
    assert!(["a", "b", "c"].iter().all(|test| ran.verdict(test) == Verdict::Skip));
    assert_eq!(ran.lines.last().unwrap().event, Event::RunEnd { exit: 124 });
}

#[test]
fn the_first_failure_ends_a_run_that_fails_fast() {
    let stage = Stage::new("a b c d", "exit 101");
    let ran = stage.run(&["--fail-fast", "--jobs", "1"]);
    let failed = ["a", "b", "c", "d"].iter().filter(|test| ran.verdict(test) == Verdict::Fail).count();
    assert_eq!((ran.code, failed), (100, 1), "{}", ran.screen);
}

#[test]
fn an_interrupt_ends_the_run_with_a_report_and_nothing_of_it_is_left() {
    let stage = Stage::new("sleeps", "");
    let pid = stage.path("pid");
    stage.program("sleeps", &format!("echo $$ > {}; while :; do sleep 600; done", pid.display()));
    let child = stage.start("out", &["--grace", "100ms"]);
    until("the case runs", || lives(&pid));
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let ran = stage.ended("out", child);
    assert_eq!(ran.code, 130, "{}", ran.screen);
    assert_eq!(ran.lines.last().unwrap().event, Event::RunEnd { exit: 130 });
    let looked = |line: &ascend_hwtest::event::Line| {
        matches!(line.event, Event::PhaseEnd { phase: Phase::PostCheck, ok: true, .. })
    };
    assert!(ran.lines.iter().any(looked) && !lives(&pid));
}
