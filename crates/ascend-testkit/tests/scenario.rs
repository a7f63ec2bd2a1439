//! What a scenario is for: messages, sockets of their own, names, arguments.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use ascend_testkit::{FailureKind, RoleCx, RoleResult, roles, run, run_report};

mod expect;

roles![doubler, talker, listener, forwarder, bystander, oversized, threads, environment, resident];

fn doubler(cx: &mut RoleCx, rounds: u32) -> RoleResult {
    for _ in 0..rounds {
        let number: u32 = cx.receive("number")?;
        cx.send("double", &(2 * number))?;
    }
    Ok(())
}

#[test]
fn a_message_is_answered() {
    run(|s| {
        let doubler = s.spawn(doubler, 2);
        for number in [21, 4] {
            doubler.send("number", &number);
            assert_eq!(doubler.receive::<u32>("double"), 2 * number);
        }
    });
}

#[test]
fn a_number_is_not_received_as_another_type() {
    let report = run_report(|s| {
        let doubler = s.spawn(doubler, 1);
        doubler.send("number", &1_u32);
        doubler.receive::<i64>("double");
    });
    expect::failed(
        &report,
        FailureKind::Missing,
        &["message `double` of doubler", "was sent as u32, and asked for as i64"],
    );
}

fn talker(cx: &mut RoleCx, (): ()) -> RoleResult {
    let mut socket = UnixStream::from(cx.socket("talk")?);
    socket.write_all(b"hello")?;
    socket.shutdown(Shutdown::Write)?;
    Ok(())
}

fn listener(cx: &mut RoleCx, expected: String) -> RoleResult {
    let mut heard = String::new();
    UnixStream::from(cx.socket("talk")?).read_to_string(&mut heard)?;
    if heard == expected { Ok(()) } else { Err(format!("heard {heard:?}").into()) }
}

#[test]
fn roles_talk_to_each_other_through_a_socket_of_their_own() {
    run(|s| {
        let talker = s.spawn(talker, ());
        let listener = s.spawn(listener, "hello".to_owned());
        s.connect("talk", &talker, &listener);
    });
}

#[test]
fn a_roles_error_is_the_scenarios_failure() {
    let report = run_report(|s| {
        let talker = s.spawn(talker, ());
        let listener = s.spawn(listener, "goodbye".to_owned());
        s.connect("talk", &talker, &listener);
    });
    expect::failed(
        &report,
        FailureKind::Role,
        &["cause: [Role] listener failed: heard \"hello\"", "role talker (pid "],
    );
}

fn forwarder(cx: &mut RoleCx, last: bool) -> RoleResult {
    let text: String = if last { cx.receive("text")? } else { "sent before anybody asks".to_owned() };
    cx.send("text", text.as_str())?;
    Ok(())
}

#[test]
fn a_message_is_relayed_as_it_is() {
    run(|s| {
        let first = s.spawn(forwarder, false);
        let last = s.spawn(forwarder, true);
        s.relay(&first, "text", &last);
        assert_eq!(last.receive::<String>("text"), "sent before anybody asks");
        assert_eq!((first.name(), last.name()), ("forwarder".to_owned(), "forwarder#2".to_owned()));
    });
}

fn bystander(_: &mut RoleCx, (): ()) -> RoleResult {
    Ok(())
}

#[test]
fn roles_are_called_what_they_are_called() {
    let report = run_report(|s| {
        s.prepare(bystander, ()).named("nobody").start();
    });
    expect::passed(&report);
    assert_eq!(report.roles()[0].name, "nobody");
    assert_eq!(report.name(), "roles_are_called_what_they_are_called@sim");
}

#[test]
fn a_function_that_was_not_named_as_a_role_cannot_start() {
    fn stranger(_: &mut RoleCx, (): ()) -> RoleResult {
        Ok(())
    }
    let report = run_report(|s| {
        s.spawn(stranger, ());
    });
    expect::failed(
        &report,
        FailureKind::Setup,
        &["stranger` is no role: name it in `roles![…]`", "tests/scenario.rs:"],
    );
}

#[test]
fn a_message_that_does_not_fit_is_refused_on_either_side() {
    let report = run_report(|s| {
        s.spawn(doubler, 1).send("number", &vec![0_u8; 70_000]);
    });
    expect::failed(&report, FailureKind::Body, &["cannot send to doubler: 70", " bytes, of at most 65536"]);
    run(|s| {
        s.spawn(oversized, ());
    });
}

fn oversized(cx: &mut RoleCx, (): ()) -> RoleResult {
    match cx.send("much", &vec![0_u8; 70_000]) {
        Err(error) if error.to_string().contains("of at most 65536") => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
    let report = run_report(|s| {
        s.spawn(listener, "x".repeat(70_000));
    });
    expect::failed(&report, FailureKind::Setup, &["cannot start listener: its arguments: 70", "of at most 65536"]);
}

#[test]
fn a_role_outlives_the_thread_that_asked_for_it() {
    run(|s| {
        let doubler = std::thread::scope(|scope| scope.spawn(|| s.spawn(doubler, 1)).join().unwrap());
        doubler.send("number", &4_u32);
        assert_eq!(doubler.receive::<u32>("double"), 8);
    });
}

/// Many threads wait at once; each gets what is its own.
fn threads(cx: &mut RoleCx, count: u32) -> RoleResult {
    let cx = &*cx;
    std::thread::scope(|scope| {
        let waiters: Vec<_> =
            (0..count).map(|index| scope.spawn(move || cx.receive::<u32>(&format!("to {index}")))).collect();
        waiters.into_iter().enumerate().try_for_each(|(index, waiter)| match waiter.join() {
            Ok(Ok(value)) if value == index as u32 => Ok(()),
            other => Err(format!("thread {index}: {other:?}").into()),
        })
    })
}

#[test]
fn threads_of_a_role_may_wait_at_once() {
    run(|s| {
        let role = s.spawn(threads, 8);
        for index in (0..8_u32).rev() {
            role.send(&format!("to {index}"), &index);
        }
    });
}

fn environment(cx: &mut RoleCx, (): ()) -> RoleResult {
    let get = |key: &str| std::env::var(key).unwrap_or_default();
    cx.send("seen", &["ASCEND_LOG_DEVICE_FLUSH_TIMEOUT", "ASCEND_COREDUMP_SIGNAL", "PATH", "OWN"].map(get))?;
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default();
    cx.send("cores", &cores.split_whitespace().nth(4).map(str::to_owned))?;
    Ok(())
}

#[test]
fn a_role_inherits_the_environment_except_what_would_slow_or_dump_it() {
    run(|s| {
        let role = s.prepare(environment, ()).env("OWN", "value").start();
        let path = std::env::var("PATH").unwrap_or_default();
        assert_eq!(role.receive::<[String; 4]>("seen"), ["0".to_owned(), "none".to_owned(), path, "value".to_owned()]);
        assert_eq!(role.receive::<Option<String>>("cores").as_deref(), Some("0"));
    });
}

/// What this process has open.
fn open_files() -> std::io::Result<Vec<String>> {
    let targets = std::fs::read_dir("/proc/self/fd")?.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    Ok(targets.map(|target| target.to_string_lossy().into_owned()).collect())
}

/// Reports its process group, and what it has open.
fn resident(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.send("group", &rustix::process::getpgrp().as_raw_pid())?;
    cx.send("open", &open_files()?)?;
    cx.barrier("seen")?;
    Ok(())
}

#[test]
fn a_role_stays_in_the_process_group_of_its_test() {
    run(|s| {
        let role = s.spawn(resident, ());
        assert_eq!(role.receive::<i32>("group"), rustix::process::getpgrp().as_raw_pid());
        s.barrier("seen", [&role]);
    });
}

#[test]
fn a_role_inherits_no_descriptor_of_another() {
    run(|s| {
        let inherited = open_files().unwrap(); // whoever started this test may have left some open for everybody
        let roles: Vec<_> = (0..3).map(|_| s.spawn(resident, ())).collect();
        for role in &roles {
            let mut open: Vec<String> = role.receive("open");
            open.retain(|name| !inherited.contains(name) || name.contains("diary"));
            let count = |kind: &str| open.iter().filter(|name| name.starts_with(kind)).count();
            let counts = (count("socket:"), count("pipe:"), count("/memfd:ascend-testkit-diary"));
            assert_eq!(counts, (1, 2, 1), "{open:?}");
        }
        s.barrier("seen", &roles);
    });
}
