//! How a role may end, and what is said about it.
#![allow(unsafe_code)]

use std::time::Duration;

use ascend_testkit::{End, FailureKind, RoleCx, RoleResult, Signal, Verdict, roles, run, run_report};

mod expect;

roles![quitter, panicker, crasher, failer, late_crasher, aborter, waiter];

fn quitter(cx: &mut RoleCx, code: i32) -> RoleResult {
    cx.point("before the exit");
    std::process::exit(code)
}

#[test]
fn an_exit_without_a_verdict_is_a_failure_even_with_0() {
    for code in [0, 3] {
        let report = run_report(|s| {
            s.spawn(quitter, code);
        });
        let cause = format!(
            "cause: [Role] quitter exited with {code} and without a verdict, last at point `before the exit` (1 passed)"
        );
        expect::failed(&report, FailureKind::Role, &[&cause, "no verdict"]);
        assert_eq!(report.roles()[0].end, Some(End::Exited(code)));
        assert_eq!(report.failures().len(), 1, "{report}");
    }
}

fn panicker(_: &mut RoleCx, (): ()) -> RoleResult {
    panic!("the sky falls")
}

#[test]
fn a_panic_is_a_failure_with_its_message_and_its_place() {
    let report = run_report(|s| {
        s.spawn(panicker, ());
    });
    let texts =
        ["cause: [Role] panicker panicked at crates/ascend-testkit/", "tests/verdict.rs:", "the sky falls", "stderr, "];
    expect::failed(&report, FailureKind::Role, &texts);
    assert_eq!(report.roles()[0].end, Some(End::Exited(1)));
}

fn crasher(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.point("before the crash");
    // SAFETY: none; the crash is what is wanted, and the process is this role's own.
    unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) };
    Ok(())
}

#[test]
fn a_crash_is_named_by_its_signal_and_its_last_point() {
    let report = run_report(|s| {
        s.spawn(crasher, ());
    });
    let cause = "cause: [Role] crasher died by SIGSEGV, last at point `before the crash` (1 passed)";
    expect::failed(&report, FailureKind::Role, &[cause]);
}

fn aborter(_: &mut RoleCx, (): ()) -> RoleResult {
    std::process::abort()
}

#[test]
fn an_abort_is_named_by_its_signal() {
    let report = run_report(|s| {
        s.spawn(aborter, ());
    });
    expect::failed(&report, FailureKind::Role, &["cause: [Role] aborter died by SIGABRT, at no point yet"]);
}

fn failer(_: &mut RoleCx, (): ()) -> RoleResult {
    std::fs::File::open("/no/such/file")?;
    Ok(())
}

#[test]
fn an_error_is_the_verdict() {
    let report = run_report(|s| {
        s.spawn(failer, ());
    });
    expect::failed(&report, FailureKind::Role, &["cause: [Role] failer failed: No such file or directory"]);
}

extern "C" fn crash_at_exit() {
    std::process::abort();
}

unsafe extern "C" {
    safe fn atexit(handler: extern "C" fn()) -> i32;
}

fn late_crasher(_: &mut RoleCx, (): ()) -> RoleResult {
    atexit(crash_at_exit);
    Ok(())
}

#[test]
fn a_role_that_passes_and_then_crashes_has_not_passed() {
    let report = run_report(|s| {
        s.spawn(late_crasher, ());
    });
    expect::failed(&report, FailureKind::Role, &["cause: [Role] late_crasher passed, but then died by SIGABRT"]);
}

fn waiter(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.send("here", &())?;
    cx.receive::<()>("what never comes")?;
    Ok(())
}

#[test]
fn the_first_failure_ends_the_others_and_is_named_first() {
    let report = run_report(|s| {
        let waiter = s.spawn(waiter, ());
        waiter.receive::<()>("here");
        s.spawn(failer, ());
        waiter.receive::<()>("an answer");
    });
    expect::failed(
        &report,
        FailureKind::Role,
        &["cause: [Role] failer failed", "waiting for message `what never comes`"],
    );
    assert_eq!(report.roles()[0].end, Some(End::Killed(Signal::TERM)), "{report}");
    assert!(report.roles()[0].cancelled && !report.roles()[1].cancelled);
}

#[test]
fn a_panic_of_the_body_is_its_own_kind_and_ends_everybody() {
    let report = run_report(|s| {
        s.spawn(waiter, ());
        assert_eq!(1 + 1, 3, "arithmetic");
    });
    expect::failed(&report, FailureKind::Body, &["cause: [Body] the body panicked: assertion", "arithmetic"]);
}

#[test]
fn a_body_may_judge_an_outcome_itself() {
    run(|s| {
        let failer = s.spawn(failer, ()).judged();
        let quitter = s.spawn(quitter, 7).judged();
        let outcome = failer.outcome();
        assert!(matches!(&outcome.verdict, Some(Verdict::Failed(reason)) if reason.contains("No such file")));
        assert!(!outcome.passed());
        assert_eq!((quitter.outcome().verdict, quitter.outcome().end), (None, End::Exited(7)));
    });
}

#[test]
fn a_message_that_can_no_longer_come_is_missed_at_once() {
    let report = run_report(|s| {
        s.spawn(quitter, 0).judged().receive::<u32>("number");
    });
    let cause =
        "cause: [Missing] message `number` will never come: quitter exited with 0, last at point `before the exit`";
    expect::failed(&report, FailureKind::Missing, &[cause, "tests/verdict.rs:"]);
    assert!(report.roles()[0].end == Some(End::Exited(0)));
}

#[test]
fn a_failure_panics_with_its_report() {
    let thrown = std::panic::catch_unwind(|| {
        ascend_testkit::Setup::new().body(Duration::from_secs(20)).run(|s| {
            s.spawn(failer, ());
        });
    });
    let text = *thrown.unwrap_err().downcast::<String>().unwrap();
    assert!(text.starts_with("FAIL a_failure_panics_with_its_report@sim (start-up "), "{text}");
    let again = "again: cargo test -p ascend-testkit --test verdict -- --exact a_failure_panics_with_its_report";
    assert!(text.contains(again), "{text}");
}
