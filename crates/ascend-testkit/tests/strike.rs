//! Kill points: what is done to a role happens where it was said, and is made sure of.

use std::time::{Duration, Instant};

use ascend_testkit::{At, End, FailureKind, Fault, Matrix, RoleCx, RoleResult, Setup, Signal, roles, run, run_report};

mod expect;
mod rerun;

roles![stepper, bystander, pinger, ponger];

fn stepper(cx: &mut RoleCx, steps: u32) -> RoleResult {
    for step in 0..steps {
        cx.point("step.begun");
        cx.send("step", &step)?;
        cx.point("step.done");
    }
    Ok(())
}

#[test]
fn a_role_dies_at_the_point_and_pass_where_it_is_struck() {
    for signal in [Signal::KILL, Signal::TERM, Signal::SEGV, Signal::ABORT] {
        let report = run_report(|s| {
            let stepper = s.spawn_armed(stepper, 5, At::point("step.begun").nth(3).signal(signal));
            stepper.strike();
            assert!(stepper.has_ended());
            assert_eq!((stepper.receive::<u32>("step"), stepper.receive::<u32>("step")), (0, 1));
        });
        expect::passed(&report);
        assert_eq!(report.roles()[0].end, Some(End::Killed(signal)));
        assert!(report.roles()[0].place.starts_with("last at point `step.begun` (5 passed)"), "{report}");
    }
}

#[test]
fn nothing_happens_behind_the_point_before_the_strike() {
    run(|s| {
        let stepper = s.spawn_armed(stepper, 2, At::point("step.begun").nth(2).vanish());
        stepper.reach();
        assert_eq!(stepper.receive::<u32>("step"), 0);
        std::thread::sleep(Duration::from_millis(50)); // time enough for a role that was not held
        assert!(!stepper.has_ended());
        stepper.strike();
        assert_eq!(stepper.outcome().end, End::Exited(0));
    });
}

#[test]
fn a_stopped_role_goes_on_afterwards() {
    run(|s| {
        let begin = Instant::now();
        let stepper = s.spawn_armed(stepper, 1, At::point("step.begun").stop(Duration::from_millis(100)));
        stepper.strike();
        assert!(begin.elapsed() >= Duration::from_millis(100));
        assert_eq!(stepper.receive::<u32>("step"), 0);
    });
}

#[test]
fn a_delayed_role_goes_on_afterwards() {
    run(|s| {
        let begin = Instant::now();
        let stepper = s.spawn_armed(stepper, 1, At::point("step.done").delay(Duration::from_millis(100)));
        stepper.strike();
        assert!(begin.elapsed() >= Duration::from_millis(100));
        assert!(stepper.outcome().passed());
    });
}

#[test]
fn a_released_role_goes_on_unharmed() {
    run(|s| {
        let stepper = s.spawn_armed(stepper, 3, At::point("step.begun").kill());
        stepper.release();
        assert!(stepper.outcome().passed());
    });
}

#[test]
fn a_role_that_never_comes_to_its_point_is_a_failure() {
    let report = run_report(|s| s.spawn_armed(stepper, 2, At::point("step.begun").nth(3).kill()).strike());
    let cause = "cause: [Missing] stepper exited with 0, last at point `step.done` (4 passed) \
                 without having come to point `step.begun#3/SIGKILL`";
    expect::failed(&report, FailureKind::Missing, &[cause, "tests/strike.rs:"]);
}

#[test]
fn a_role_that_nobody_strikes_is_a_failure_and_no_hang() {
    let begin = Instant::now();
    let report = run_report(|s| {
        s.spawn_armed(stepper, 2, At::point("step.begun").kill());
    });
    let cause = "cause: [Missing] stepper stands at point `step.begun`, and nobody has struck it";
    expect::failed(&report, FailureKind::Missing, &[cause]);
    assert!(begin.elapsed() < Duration::from_secs(10));
}

fn bystander(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.receive::<()>("an end")?;
    Ok(())
}

#[test]
fn a_role_can_be_killed_anywhere() {
    let report = run_report(|s| {
        let bystander = s.spawn(bystander, ());
        bystander.kill(Signal::KILL);
    });
    expect::passed(&report);
}

#[test]
fn a_role_that_has_ended_before_its_death_was_ordered_did_not_die_of_it() {
    let report = run_report(|s| {
        let bystander = s.spawn(bystander, ());
        bystander.send("an end", &());
        while !bystander.has_ended() {
            std::thread::yield_now();
        }
        bystander.kill(Signal::KILL);
    });
    let cause = "bystander exited with 0";
    expect::failed(&report, FailureKind::Role, &[cause, "SIGKILL"]);
}

#[test]
fn striking_a_role_that_was_not_armed_is_the_bodys_fault() {
    let report = run_report(|s| s.spawn(bystander, ()).strike());
    expect::failed(&report, FailureKind::Body, &["cause: [Body] bystander was armed at no point"]);
}

fn pinger(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.point("ping.begun");
    cx.send("ping", &1_u32)?;
    cx.point("ping.sent");
    Ok(())
}

fn ponger(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.point("pong.begun");
    cx.send("pong", &2_u32)?;
    cx.point("pong.sent");
    Ok(())
}

fn matrix() -> Matrix {
    Matrix::new()
        .setup(Setup::new().body(Duration::from_secs(20)))
        .victim("pinger", &["ping.begun", "ping.sent"])
        .victim("ponger", &["pong.begun", "pong.sent"])
        .faults(&[Fault::KILL, Fault::SEGV, Fault::Vanish, Fault::Stop(Duration::from_millis(5))])
}

#[test]
fn each_case_of_a_matrix_is_a_scenario_of_its_own() {
    let reports = matrix().run_reports(|s, case| {
        let (pinger, ponger) = (case.spawn(s, pinger, ()), case.spawn(s, ponger, ()));
        let (victim, survivor) = case.sort(pinger, ponger);
        assert!(case.is_victim(&victim));
        victim.strike();
        assert!(survivor.outcome().passed());
    });
    assert_eq!(reports.len(), 16);
    reports.iter().for_each(expect::passed);
    let name = "each_case_of_a_matrix_is_a_scenario_of_its_own[pinger@ping.begun/SIGKILL]@sim";
    assert_eq!(reports[0].name(), name);
}

#[test]
fn a_case_that_fails_is_named_with_the_command_that_runs_it_alone() {
    let thrown = std::panic::catch_unwind(|| {
        matrix().run(|s, case| {
            let (victim, _) = case.sort(case.spawn(s, pinger, ()), case.spawn(s, ponger, ()));
            victim.strike();
            if case.to_string() == "ponger@pong.sent/SIGSEGV" {
                s.fail("this one");
            }
        });
    });
    let text = *thrown.unwrap_err().downcast::<String>().unwrap();
    assert!(text.starts_with("1 of 16 cases failed\n"), "{text}");
    let rule = "a_case_that_fails_is_named_with_the_command_that_runs_it_alone";
    assert!(text.contains(&format!("FAIL {rule}[ponger@pong.sent/SIGSEGV]@sim")), "{text}");
    let again = format!(
        "again: ASCEND_TEST_CASE='ponger@pong.sent/SIGSEGV' cargo test -p ascend-testkit --test strike -- --exact {rule}"
    );
    assert!(text.contains(&again), "{text}");
}

#[test]
#[ignore = "run by one_case_can_be_run_alone"]
fn inner_matrix() {
    matrix().run(|s, case| {
        let (victim, _) = case.sort(case.spawn(s, pinger, ()), case.spawn(s, ponger, ()));
        victim.strike();
        s.fail("to be seen");
    });
}

#[test]
fn one_case_can_be_run_alone() {
    let inner = |case: &str| {
        let arguments = ["inner_matrix", "--exact", "--ignored", "--nocapture"];
        rerun::text(&rerun::command(&arguments, &[("ASCEND_TEST_CASE", case)]).output().unwrap())
    };
    let text = inner("ponger@pong.begun/SIGKILL");
    assert!(text.contains("1 of 1 cases failed") && text.contains("[ponger@pong.begun/SIGKILL]@sim"), "{text}");
    let text = inner("nobody@nowhere/SIGKILL");
    assert!(text.contains("the matrix has no case nobody@nowhere/SIGKILL"), "{text}");
}
