//! Barriers: all come, one is dead, one is late.

use std::time::{Duration, Instant};

use ascend_testkit::{FailureKind, RoleCx, RoleResult, Setup, roles, run, run_report};

mod expect;

roles![comer, leaver, sleeper];

fn comer(cx: &mut RoleCx, rounds: u32) -> RoleResult {
    for round in 0..rounds {
        cx.barrier(&format!("round {round}"))?;
    }
    Ok(())
}

#[test]
fn everybody_goes_on_together() {
    run(|s| {
        let roles: Vec<_> = (0..6).map(|_| s.spawn(comer, 20)).collect();
        for round in 0..20 {
            s.barrier(&format!("round {round}"), &roles);
        }
    });
}

fn leaver(cx: &mut RoleCx, verdict: bool) -> RoleResult {
    cx.point("near the barrier");
    if verdict { Ok(()) } else { std::process::exit(0) }
}

#[test]
fn a_dead_role_fails_the_barrier_at_once() {
    let begin = Instant::now();
    let report = run_report(|s| {
        let comer = s.spawn(comer, 1);
        let leaver = s.spawn(leaver, false);
        s.barrier("round 0", [&comer, &leaver]);
    });
    expect::failed(
        &report,
        FailureKind::Role,
        &[
            "cause: [Role] leaver exited with 0 and without a verdict, last at point `near the barrier`",
            "then: [Missing] barrier `round 0`: leaver will never come: it exited with 0, last at point `near the barrier`",
            "tests/barrier.rs:",
        ],
    );
    assert!(begin.elapsed() < Duration::from_secs(10), "not at once");
}

#[test]
fn a_role_that_passed_without_coming_fails_the_barrier_too() {
    let report = run_report(|s| {
        let roles = [s.spawn(comer, 1), s.spawn(leaver, true)];
        s.barrier("round 0", &roles);
    });
    let cause = "cause: [Missing] barrier `round 0`: leaver will never come: it exited with 0";
    expect::failed(&report, FailureKind::Missing, &[cause]);
}

fn sleeper(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.point("asleep");
    std::thread::sleep(Duration::from_secs(1000));
    cx.barrier("round 0")?;
    Ok(())
}

#[test]
fn a_late_role_fails_the_barrier_at_the_deadline() {
    let report = Setup::new().body(Duration::from_millis(600)).run_report(|s| {
        let roles = [s.spawn(comer, 1), s.spawn(sleeper, ())];
        s.barrier("round 0", &roles);
    });
    expect::failed(
        &report,
        FailureKind::Deadline,
        &[
            "cause: [Deadline] the body took longer than 600ms, in the wait for barrier `round 0`",
            "sleeper, last at point `asleep` (1 passed)\n",
            "comer, at no point yet, waiting for barrier `round 0`",
            "where everybody was:",
            "State: S (sleeping)",
        ],
    );
}
