//! Roles that do not end: each is found where it hangs, and ended; nothing waits longer than its budget.

use std::time::{Duration, Instant};

use ascend_testkit::{End, FailureKind, RoleCx, RoleResult, Setup, Signal, roles, run};

mod expect;

roles![sleeper, stubborn, slow_starter, long_starter, deaf, freezable];

const SHORT: Duration = Duration::from_millis(600);

fn sleeper(cx: &mut RoleCx, point: String) -> RoleResult {
    cx.point(&point);
    std::thread::sleep(Duration::from_secs(1000));
    Ok(())
}

#[test]
fn a_role_that_hangs_is_found_where_it_hangs_and_ended() {
    let begin = Instant::now();
    let report = Setup::new().body(SHORT).run_report(|s| {
        s.spawn(sleeper, "before the long sleep".to_owned());
    });
    expect::failed(
        &report,
        FailureKind::Deadline,
        &[
            "cause: [Deadline] the body took longer than 600ms, in the wait for the end of all roles (at ",
            "\n    sleeper, last at point `before the long sleep` (1 passed)",
            "where everybody was:\n    sleeper (pid ",
            "status   State: S (sleeping)",
            "wchan ",
            "died by SIGTERM (ended by the kit)",
        ],
    );
    assert!(begin.elapsed() < Duration::from_secs(10));
}

fn stubborn(cx: &mut RoleCx, (): ()) -> RoleResult {
    // The only way to ignore a signal without unsafe code is to become a program that does.
    cx.point("exec");
    let script = "trap '' TERM; echo deaf to TERM; exec sleep 1000";
    Err(std::os::unix::process::CommandExt::exec(std::process::Command::new("sh").args(["-c", script])).into())
}

#[test]
fn a_role_that_ignores_sigterm_is_killed() {
    let report = Setup::new().body(SHORT).teardown(SHORT).run_report(|s| {
        s.spawn(stubborn, ());
    });
    let texts = ["stubborn, last at point `exec`", "| deaf to TERM", "died by SIGKILL (ended by the kit)"];
    expect::failed(&report, FailureKind::Deadline, &texts);
    assert_eq!(report.roles()[0].end, Some(End::Killed(Signal::KILL)));
}

fn slow_starter(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.start_up(|| {
        cx.point("device.opening");
        std::thread::sleep(Duration::from_secs(1000));
    })?;
    Ok(())
}

#[test]
fn a_start_up_that_hangs_is_told_from_a_body_that_does() {
    let report = Setup::new().start_up(SHORT).run_report(|s| {
        s.spawn(slow_starter, ());
    });
    let cause = "cause: [Deadline] the start-up took longer than 600ms";
    let place = "slow_starter, last at point `device.opening` (1 passed), waiting for its own start-up";
    expect::failed(&report, FailureKind::Deadline, &[cause, place]);
}

fn long_starter(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.start_up(|| std::thread::sleep(2 * SHORT))?;
    Ok(())
}

#[test]
fn a_long_start_up_does_not_use_the_bodys_budget() {
    Setup::new().body(SHORT).run(|s| {
        s.spawn(long_starter, ());
    });
}

/// Reads nothing that is sent to it.
fn deaf(_: &mut RoleCx, (): ()) -> RoleResult {
    std::thread::sleep(Duration::from_secs(1000));
    Ok(())
}

#[test]
fn a_role_that_never_reads_does_not_block_the_body() {
    let report = Setup::new().body(SHORT).run_report(|s| {
        let deaf = s.spawn(deaf, ());
        for _ in 0..1000 {
            deaf.send("much", &vec![0_u8; 60_000]);
        }
    });
    expect::failed(&report, FailureKind::Deadline, &["cannot send to deaf: it does not read, at no point yet"]);
}

#[test]
fn a_body_that_blocks_outside_the_kit_is_noticed_too() {
    let begin = Instant::now();
    let report = Setup::new().body(SHORT).run_report(|s| {
        let role = s.spawn(sleeper, "x".to_owned());
        assert!(expect::goes(role.pid(), Duration::from_secs(20)), "the role that the body waits for was not ended");
    });
    let cause = "cause: [Deadline] the body took too long, and the body is in no wait of the kit";
    expect::failed(&report, FailureKind::Deadline, &[cause, "died by SIGKILL (ended by the kit)"]);
    assert!(begin.elapsed() < Duration::from_secs(15));
}

fn freezable(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.receive::<()>("go on")?;
    cx.send("gone on", &())?;
    cx.barrier("thawed")?;
    Ok(())
}

#[test]
fn a_role_that_is_stopped_for_a_while_is_not_taken_for_dead() {
    run(|s| {
        let role = s.spawn(freezable, ());
        let witness = s.spawn(freezable, ());
        role.stop();
        role.send("go on", &());
        witness.send("go on", &());
        std::thread::sleep(Duration::from_millis(500));
        assert!(!role.has_ended());
        role.resume();
        s.barrier("thawed", [&role, &witness]);
    });
}

#[test]
fn a_role_that_stays_stopped_is_ended_like_any_other() {
    let report = Setup::new().body(SHORT).run_report(|s| {
        let role = s.spawn(freezable, ());
        role.send("go on", &());
        role.receive::<()>("gone on"); // else it is its start-up that is stopped
        role.stop();
    });
    expect::failed(&report, FailureKind::Deadline, &["State: T (stopped)", "(ended by the kit)"]);
}
