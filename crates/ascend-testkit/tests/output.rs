//! What roles print never blocks them, and is shown with the verdict.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is about what is printed")]

use std::io::Write;
use std::os::fd::AsFd;

use ascend_testkit::{FailureKind, RoleCx, RoleResult, roles, run_report};

mod expect;

roles![chatterbox, flood, closer, mumbler];

fn chatterbox(_: &mut RoleCx, (): ()) -> RoleResult {
    println!("to stdout");
    eprintln!("to stderr");
    Err("wanted".into())
}

#[test]
fn both_streams_are_shown_with_a_failure() {
    let report = run_report(|s| {
        s.spawn(chatterbox, ());
    });
    let texts = ["stdout, 10 bytes:\n    | to stdout\n", "stderr, 10 bytes:\n    | to stderr\n"];
    expect::failed(&report, FailureKind::Role, &texts);
}

const GIGABYTE: u64 = 1 << 30;

fn flood(_: &mut RoleCx, (): ()) -> RoleResult {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(b"the beginning\n")?;
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..GIGABYTE >> 20 {
        stdout.write_all(&piece)?;
    }
    stdout.write_all(b"\nthe end\n")?;
    stdout.flush()?;
    Err("wanted".into())
}

#[test]
fn a_gigabyte_is_capped_with_a_notice() {
    let report = run_report(|s| {
        s.spawn(flood, ());
    });
    let all = GIGABYTE + 23;
    let dropped = all - 2 * 65536;
    let bytes = format!("stdout, {all} bytes:\n    | the beginning\n");
    let notice = format!("[… {dropped} bytes dropped …]");
    expect::failed(&report, FailureKind::Role, &[&bytes, &notice, "\n    | the end\n"]);
    assert!(report.to_string().len() < 200_000);
}

/// Has no stdout, and nothing behind it, and goes on.
fn closer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let nothing = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdout(nothing.as_fd())?;
    rustix::stdio::dup2_stderr(nothing.as_fd())?;
    cx.barrier("closed")?;
    println!("nobody hears this");
    cx.send("still", &"here")?;
    Ok(())
}

#[test]
fn a_role_that_closes_its_output_is_still_heard() {
    let report = run_report(|s| {
        let closer = s.spawn(closer, ());
        s.barrier("closed", [&closer]);
        assert_eq!(closer.receive::<String>("still"), "here");
    });
    expect::passed(&report);
    assert!(report.roles()[0].stdout.is_empty() && report.roles()[0].stderr.is_empty());
}

fn mumbler(_: &mut RoleCx, (): ()) -> RoleResult {
    std::io::stdout().write_all(b"no line \xff\xfe end")?;
    std::process::abort()
}

#[test]
fn what_was_printed_before_a_crash_is_kept_whatever_its_bytes() {
    let report = run_report(|s| {
        s.spawn(mumbler, ());
    });
    // The harness flushes nothing at an abort, and neither does the role: what it wrote itself is what is there.
    expect::failed(&report, FailureKind::Role, &["mumbler died by SIGABRT"]);
    assert!(report.roles()[0].stdout.len() <= 18);
}
