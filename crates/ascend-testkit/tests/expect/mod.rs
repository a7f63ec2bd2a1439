//! What a report must say, and what must be gone when it does.
#![allow(dead_code, reason = "no test file needs all of it")]

use std::time::{Duration, Instant};

use ascend_testkit::{FailureKind, Report};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags};

/// The scenario failed, first of all by this, and its report says all of these; nobody is left.
#[track_caller]
pub(crate) fn failed(report: &Report, kind: FailureKind, texts: &[&str]) {
    let text = report.to_string();
    let Some(cause) = report.failures().first() else { panic!("the scenario should have failed:\n{text}") };
    assert_eq!(cause.kind(), kind, "{text}");
    for expected in texts {
        assert!(text.contains(expected), "no {expected:?} in:\n{text}");
    }
    assert!(text.contains("again: ") && text.contains(" -- --exact "), "no command to run it again:\n{text}");
    everybody_gone(report);
}

/// The scenario passed; nobody is left.
#[track_caller]
pub(crate) fn passed(report: &Report) {
    assert!(report.passed(), "{report}");
    everybody_gone(report);
}

/// No process of a role is there.
#[track_caller]
pub(crate) fn everybody_gone(report: &Report) {
    for role in report.roles() {
        assert!(role.end.is_some(), "{report}");
        assert!(!is_there(role.pid), "{} is still there:\n{report}", role.name);
    }
}

/// Whether a process is there; one that has ended and was not waited for is not.
///
/// `/proc` is no witness: for the moment in which a thread other than the first starts a new program, it shows nobody.
pub(crate) fn is_there(pid: u32) -> bool {
    let pid = Pid::from_raw(pid.try_into().expect("a process has a small number")).expect("and one above 0");
    let Ok(process) = rustix::process::pidfd_open(pid, PidfdFlags::empty()) else { return false };
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    let ended = rustix::event::poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&now));
    ended.expect("a process can be polled") == 0
}

/// Waits until a process is gone; whether it is.
pub(crate) fn goes(pid: u32, limit: Duration) -> bool {
    let end = Instant::now() + limit;
    while is_there(pid) {
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    true
}
