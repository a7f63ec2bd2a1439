//! How a body waits: for what it wants, but not past a role's failure, nor past the deadline.

use std::fmt::Write as _;
use std::os::fd::BorrowedFd;
use std::panic::{Location, resume_unwind};
use std::sync::PoisonError;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::SendFlags;

use super::Scenario;
use crate::process::dump;
use crate::report::{Failure, FailureKind};
use crate::state::{Shared, State};
use crate::wire::frame;
use crate::wire::message::ToRole;
use crate::wire::socket;

/// What a body that ends early throws: past every frame of it, and without the noise of a panic.
pub(super) enum Stop {
    /// Why is already booked.
    Failed,
    /// The scenario does not fit the machine.
    Skip(String),
}

/// What a look at the state has shown.
pub(super) enum Look<T> {
    /// It is there.
    Done(T),
    /// It will never come.
    Failed(Failure),
    /// Not yet.
    Wait,
    /// Not before this time.
    Until(Instant),
}

/// Ends the body.
pub(super) fn unwind(stop: Stop) -> ! {
    resume_unwind(Box::new(stop))
}

/// Books a failure, and ends the body.
#[track_caller]
pub(super) fn stop(shared: &Shared, failure: Failure) -> ! {
    stop_at(shared, failure, Location::caller())
}

fn stop_at(shared: &Shared, failure: Failure, place: &Location<'_>) -> ! {
    let failure = located(failure, place);
    let mut state = shared.lock();
    state.fail_after_troubles(None, failure);
    drop(state);
    unwind(Stop::Failed)
}

/// The place stands behind the first line: more may follow.
fn located(failure: Failure, place: &Location<'_>) -> Failure {
    let (first, rest) = failure.text().split_at(failure.text().find('\n').unwrap_or(failure.text().len()));
    Failure::new(failure.kind(), format!("{first} (at {place}){rest}"))
}

/// Waits until `look` finds what it wants. Any role that goes wrong meanwhile ends the body, except `except`.
#[track_caller]
pub(super) fn wait<T>(
    shared: &Shared,
    what: &str,
    except: Option<usize>,
    mut look: impl FnMut(&mut State) -> Look<T>,
) -> T {
    let place = Location::caller();
    let mut state = shared.lock();
    let failure = loop {
        let mut wake = state.clock.deadline();
        match look(&mut state) {
            Look::Done(found) => return found,
            Look::Failed(failure) => break Some(failure),
            Look::Wait => {}
            Look::Until(instant) => wake = wake.min(instant),
        }
        let troubles = state.troubles(except);
        if !troubles.is_empty() {
            troubles.into_iter().for_each(|trouble| state.fail(trouble));
            break None;
        }
        if !state.failures.is_empty() {
            break None; // the listening thread has given up
        }
        let now = Instant::now();
        if now >= state.clock.deadline() {
            let phase = state.clock.phase();
            let text = format!("the {phase} took longer than {:?}, in the wait for {what}", state.clock.budget(phase));
            let lines = whereabouts(&state);
            break Some(Failure::new(FailureKind::Deadline, format!("{text}{lines}")));
        }
        let left = wake.saturating_duration_since(now);
        state = shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
    };
    let Some(failure) = failure else {
        drop(state);
        unwind(Stop::Failed)
    };
    if failure.kind() == FailureKind::Deadline && state.hang.is_none() {
        state.hang = Some(dump_all(&state));
    }
    state.fail_after_troubles(except, located(failure, place));
    drop(state);
    unwind(Stop::Failed)
}

/// Who was where, one line each.
fn whereabouts(state: &State) -> String {
    let running = state.roles.iter().filter(|role| role.end.is_none());
    running.fold(String::new(), |mut text, role| {
        let begun = if role.entered { "" } else { ", which has not come to its function" };
        let _ = write!(text, "\n{}{begun}{}", role.name, role.place()); // writing to a string cannot fail
        text
    })
}

/// What `/proc` says about everybody who is still there.
pub(super) fn dump_all(state: &State) -> String {
    let running = state.roles.iter().filter(|role| role.end.is_none());
    running.fold(String::new(), |mut text, role| {
        let pid = role.pid.as_raw_pid().unsigned_abs();
        let _ = write!(text, "{} (pid {pid}):\n{}", role.name, dump::excerpt(pid)); // as above
        text
    })
}

/// Sends to one role; gives up when the role is gone, and at the deadline.
#[track_caller]
pub(super) fn tell(shared: &Shared, index: usize, message: &ToRole, fds: &[BorrowedFd<'_>]) {
    let (lines, name, deadline) = {
        let state = shared.lock();
        let role = &state.roles[index];
        (std::sync::Arc::clone(&role.lines), role.name.clone(), state.clock.deadline())
    };
    let place = Location::caller();
    let failure = |kind, why: String| Failure::new(kind, format!("cannot send to {name}: {why}"));
    let packet = match frame::encode(message) {
        Ok(packet) => packet,
        Err(error) => stop_at(shared, failure(FailureKind::Body, error.to_string()), place),
    };
    loop {
        match socket::send(&lines.control, &packet, fds, SendFlags::DONTWAIT) {
            Ok(()) => return,
            Err(Errno::AGAIN) => {}
            // It has ended. Whoever waits for its answer learns of it there, behind what it said before.
            Err(Errno::PIPE | Errno::CONNRESET) => return,
            Err(error) => stop_at(shared, failure(FailureKind::Setup, error.to_string()), place),
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let limit =
            Timespec { tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX), tv_nsec: left.subsec_nanos().into() };
        if left.is_zero() {
            let why = format!("it does not read{}", shared.lock().roles[index].place());
            stop_at(shared, failure(FailureKind::Deadline, why), place);
        }
        let _ = rustix::event::poll(&mut [PollFd::new(&lines.control, PollFlags::OUT)], Some(&limit));
    }
}

impl Scenario {
    #[track_caller]
    pub(super) fn wait<T>(&self, what: &str, except: Option<usize>, look: impl FnMut(&mut State) -> Look<T>) -> T {
        wait(&self.shared, what, except, look)
    }

    #[track_caller]
    pub(super) fn tell(&self, index: usize, message: &ToRole, fds: &[BorrowedFd<'_>]) {
        tell(&self.shared, index, message, fds);
    }
}
