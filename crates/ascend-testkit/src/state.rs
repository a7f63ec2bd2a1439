//! What a scenario knows of its roles: written by the thread that listens, read by the thread that runs the body.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Instant;

use rustix::process::Pid;

use crate::clock::{Budgets, Clock, Phase};
use crate::fault::At;
use crate::locked;
use crate::output::Output;
use crate::report::{End, Failure, FailureKind, Verdict};
use crate::wire::message::FromRole;

/// Most bytes of messages that nobody has asked for.
const UNREAD: usize = 16 * 1024 * 1024;

/// One scenario, as its threads share it.
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Notified at every change that the body may wait for.
    pub(crate) changed: Condvar,
}

/// All that changes.
pub(crate) struct State {
    pub(crate) roles: Vec<RoleState>,
    pub(crate) clock: Clock,
    pub(crate) failures: Vec<Failure>,
    /// What `/proc` said about everybody when the deadline had passed.
    pub(crate) hang: Option<String>,
    /// Nobody listens any more.
    pub(crate) closed: bool,
}

/// The descriptors of a role, which the listening thread reads.
pub(crate) struct Lines {
    pub(crate) control: OwnedFd,
    pub(crate) process: OwnedFd,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
    pub(crate) diary: OwnedFd,
}

/// What is known of one role.
pub(crate) struct RoleState {
    pub(crate) name: String,
    pub(crate) pid: Pid,
    pub(crate) lines: Arc<Lines>,
    pub(crate) armed: Option<At>,
    pub(crate) entered: bool,
    pub(crate) starting: bool,
    pub(crate) messages: VecDeque<(String, Vec<u8>)>,
    unread: usize,
    /// Barriers that it has reached and that were not opened yet.
    pub(crate) at_barriers: Vec<String>,
    /// It has stopped at the point where it was armed.
    pub(crate) at_point: bool,
    /// The end that the body has ordered.
    pub(crate) ordered: Option<End>,
    /// The body asks for the outcome itself.
    pub(crate) judged: bool,
    /// What it has done against the rules of the socket, or of the backend.
    pub(crate) offence: Option<(FailureKind, String)>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) end: Option<End>,
    /// When the first happened that may be trouble.
    wrong: Option<Instant>,
    /// It has written garbage: nothing behind it is heard.
    pub(crate) deaf: bool,
    /// It was ended by the kit, after the scenario had failed.
    pub(crate) cancelled: bool,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
}

impl Shared {
    pub(crate) fn new(budgets: Budgets) -> Self {
        let state =
            State { roles: Vec::new(), clock: Clock::new(budgets), failures: Vec::new(), hang: None, closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl State {
    /// Lets time pass for what is going on; whether that has changed.
    pub(crate) fn set_clock(&mut self) -> bool {
        if self.clock.phase() == Phase::Teardown {
            return false;
        }
        let starting = self.roles.iter().any(|role| role.starting);
        let phase = if starting { Phase::StartUp } else { Phase::Body };
        let changes = phase != self.clock.phase();
        if changes {
            self.clock.switch(phase);
        }
        changes
    }

    /// What has gone wrong with roles, except this one, without anybody having expected it; the first first.
    pub(crate) fn troubles(&self, except: Option<usize>) -> Vec<Failure> {
        let others = self.roles.iter().enumerate().filter(|(index, _)| Some(*index) != except);
        let mut found: Vec<_> = others.filter_map(|(_, role)| Some((role.wrong, role.trouble()?))).collect();
        found.sort_by_key(|(since, _)| *since);
        found.into_iter().map(|(_, failure)| failure).collect()
    }

    /// Books a failure of the body behind those of roles: what a role did is the cause, what the body missed its effect.
    pub(crate) fn fail_after_troubles(&mut self, except: Option<usize>, failure: Failure) {
        self.troubles(except).into_iter().for_each(|trouble| self.fail(trouble));
        self.fail(failure);
    }

    /// Books a failure.
    pub(crate) fn fail(&mut self, failure: Failure) {
        if !self.failures.iter().any(|known| known.kind() == failure.kind() && known.text() == failure.text()) {
            self.failures.push(failure);
        }
    }
}

impl RoleState {
    pub(crate) fn new(name: String, pid: Pid, lines: Arc<Lines>, armed: Option<At>) -> Self {
        Self {
            name,
            pid,
            lines,
            armed,
            entered: false,
            starting: true,
            messages: VecDeque::new(),
            unread: 0,
            at_barriers: Vec::new(),
            at_point: false,
            ordered: None,
            judged: false,
            offence: None,
            verdict: None,
            end: None,
            wrong: None,
            deaf: false,
            cancelled: false,
            stdout: Output::default(),
            stderr: Output::default(),
        }
    }

    /// Books a message.
    pub(crate) fn hear(&mut self, message: FromRole, backend: &crate::Backend) {
        match message {
            FromRole::Entered => (self.entered, self.starting) = (true, false),
            FromRole::StartingUp(starting) => self.starting = starting,
            FromRole::Message { name, body } => {
                self.unread += body.len();
                self.messages.push_back((name, body));
                if self.unread > UNREAD {
                    self.offend(FailureKind::Protocol, format!("sent {} bytes that nobody asked for", self.unread));
                }
            }
            FromRole::Barrier { name } => self.at_barriers.push(name),
            FromRole::AtPoint => self.at_point = true,
            FromRole::Loaded { origin } => {
                if let Some(contradiction) = backend.contradiction(&origin) {
                    self.offend(FailureKind::Backend, format!("has loaded another library: {contradiction}"));
                }
            }
            FromRole::Passed => self.verdict = Some(Verdict::Passed),
            FromRole::Failed(reason) => self.judge(Verdict::Failed(reason)),
            FromRole::Panicked(reason) => self.judge(Verdict::Panicked(reason)),
        }
    }

    fn judge(&mut self, verdict: Verdict) {
        self.wrong.get_or_insert_with(Instant::now);
        self.verdict = Some(verdict);
    }

    /// Books the end of its process.
    pub(crate) fn finish(&mut self, end: End) {
        self.wrong.get_or_insert_with(Instant::now);
        (self.end, self.starting) = (Some(end), false);
    }

    /// Books what it should not have done; the first counts.
    pub(crate) fn offend(&mut self, kind: FailureKind, what: String) {
        self.wrong.get_or_insert_with(Instant::now);
        self.offence.get_or_insert((kind, what));
    }

    /// Takes the oldest message of a name.
    pub(crate) fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.messages.iter().position(|(given, _)| given == name)?;
        let (_, body) = self.messages.remove(at)?;
        self.unread -= body.len();
        Some(body)
    }

    /// Takes one arrival at a barrier.
    pub(crate) fn leave_barrier(&mut self, name: &str) {
        if let Some(at) = self.at_barriers.iter().position(|reached| reached == name) {
            self.at_barriers.remove(at);
        }
    }

    /// What has gone wrong with it that nobody has expected, if anything has.
    fn trouble(&self) -> Option<Failure> {
        let fail = |kind, what: String| Some(Failure::new(kind, format!("{} {what}", self.name)));
        if let Some((kind, what)) = &self.offence {
            return fail(*kind, what.clone());
        }
        if self.judged || self.cancelled {
            return None;
        }
        match (&self.verdict, &self.end) {
            (Some(verdict @ (Verdict::Failed(_) | Verdict::Panicked(_))), _) => {
                fail(FailureKind::Role, verdict.to_string())
            }
            (_, end) if end.is_some() && *end == self.ordered => None,
            (_, Some(end)) if self.ordered.is_some() => {
                fail(FailureKind::Role, format!("{end}{}, which is not what was ordered", self.place()))
            }
            (None, Some(End::Exited(code))) => {
                let hint = if self.entered {
                    ""
                } else {
                    ", and never came to the role: the binary has no such test, or the test does not call the kit first"
                };
                fail(FailureKind::Role, format!("exited with {code} and without a verdict{}{hint}", self.place()))
            }
            (None, Some(end)) => fail(FailureKind::Role, format!("{end}{}", self.place())),
            (Some(Verdict::Passed), Some(end)) if *end != End::Exited(0) => {
                fail(FailureKind::Role, format!("passed, but then {end}"))
            }
            _ => None,
        }
    }

    /// Where its diary says that it is: `, last at point …, waiting for …`.
    pub(crate) fn place(&self) -> String {
        let entry = crate::wire::diary::read(&self.lines.diary);
        let mut place = match entry.point {
            Some((point, count)) => format!(", last at point `{point}` ({count} passed)"),
            None => ", at no point yet".to_owned(),
        };
        if let Some(waits) = entry.waits {
            place.push_str(&format!(", waiting for {waits}"));
        }
        place
    }
}
