//! The end of a scenario: everybody is ended, what is left is counted, and the report is written.

use std::mem::take;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::Scenario;
use crate::clock::Phase;
use crate::process::files;
use crate::process::listing::Belonging;
use crate::process::remains::{self, wait_dead};
use crate::report::{Failure, FailureKind, Report, RoleReport};
use crate::state::Shared;

/// Most of the teardown's budget that is spent on being polite.
const POLITE: Duration = Duration::from_secs(1);

/// Ends the scenario.
pub(super) fn finish(mut scenario: Scenario, skipped: Option<String>, rerun: String) -> Report {
    scenario.shared.lock().clock.switch(Phase::Teardown);
    end_roles(&scenario.shared);
    let roles: Vec<u32> =
        scenario.shared.lock().roles.iter().map(|role| role.pid.as_raw_pid().unsigned_abs()).collect();
    let belonging = Belonging { scenario: &scenario.id, roles: &roles, files: &scenario.files };
    let mut left = if roles.is_empty() { Vec::new() } else { remains::end_strays(&belonging) };

    scenario.listener.stop(&scenario.shared);
    let Scenario { shared, listener, name, files: made, before, .. } = scenario;
    drop(listener);
    let mut state = shared.lock();
    let mut reports = Vec::new();
    for role in take(&mut state.roles) {
        let place = role.place();
        let place = place.trim_start_matches(", ").to_owned();
        if role.end.is_none() {
            left.push(format!("role {} (pid {}), NOT GONE even after SIGKILL", role.name, role.pid.as_raw_pid()));
        }
        reports.push(RoleReport {
            name: role.name,
            pid: role.pid.as_raw_pid().unsigned_abs(),
            end: role.end,
            cancelled: role.cancelled,
            place,
            verdict: role.verdict,
            stdout: role.stdout,
            stderr: role.stderr,
        });
    }
    left.extend(remains::descriptors(&made, &roles));
    left.extend(files::new_files(&before, &roles));
    for text in left {
        state.fail(Failure::new(FailureKind::Leftover, text));
    }
    let times = [Phase::StartUp, Phase::Body, Phase::Teardown].map(|phase| state.clock.spent(phase));
    let (failures, hang) = (take(&mut state.failures), take(&mut state.hang));
    Report { name, skipped, failures, roles: reports, hang, times, rerun }
}

/// Ends every role that has not ended: politely, then not. One that has spoken its verdict is about to end by itself.
fn end_roles(shared: &Shared) {
    let deadline = shared.lock().clock.deadline();
    let polite = Instant::now() + POLITE.min(shared.lock().clock.budget(Phase::Teardown) / 2);
    for (signals, end) in [(&[Signal::TERM, Signal::CONT][..], polite), (&[Signal::KILL][..], deadline)] {
        let is_last = end == deadline;
        let mut running = Vec::new();
        for role in shared.lock().roles.iter_mut().filter(|role| role.end.is_none()) {
            running.push(Arc::clone(&role.lines));
            if role.verdict.is_some() && !is_last {
                continue;
            }
            role.cancelled = true;
            for signal in signals {
                let _ = rustix::process::pidfd_send_signal(&role.lines.process, *signal); // it may have ended just now
            }
        }
        for lines in &running {
            wait_dead(&lines.process, end);
        }
        // The listening thread books the end a moment after it.
        let booked = shared.changed.wait_timeout_while(shared.lock(), Duration::from_secs(1), |state| {
            state.roles.iter().any(|role| role.end.is_none() && is_dead(&role.lines.process))
        });
        drop(booked);
    }
}

fn is_dead(process: &std::os::fd::OwnedFd) -> bool {
    wait_dead(process, Instant::now())
}
