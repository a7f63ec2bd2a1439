//! What a body does to a role: at the point where it was armed, or anywhere.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Signal, WaitId, WaitIdOptions};

use super::Look;
use super::handle::Role;
use super::wait::{stop, tell};
use crate::fault::{At, Fault, signal_name};
use crate::report::{End, Failure, FailureKind};
use crate::state::{Lines, RoleState};
use crate::wire::message::ToRole;

/// How long a signal is given before it is sent again. Rust's handler of `SIGSEGV`, meant for a real fault that would come
/// back by itself, takes the first and steps aside.
const AGAIN: Duration = Duration::from_millis(20);

impl Role {
    /// Waits until the role stands at the point where it was armed.
    #[track_caller]
    pub fn reach(&self) {
        let at = self.armed();
        let what = format!("{} at point `{}`", self.name(), at.point);
        self.wait(&what, |state| {
            let role = &state.roles[self.index];
            match role.end {
                None if role.at_point => Look::Done(()),
                None => Look::Wait,
                Some(end) => {
                    let text = format!("{} {end}{} without having come to point `{at}`", role.name, role.place());
                    Look::Failed(Failure::new(FailureKind::Missing, text))
                }
            }
        });
    }

    /// Waits until the role stands at its point, does there what was said, and makes sure that it happened.
    ///
    /// After a deadly signal, the role has died by that signal at that point. After a stop, it has been stopped for the
    /// time, and has gone on.
    #[track_caller]
    pub fn strike(&self) {
        self.reach();
        let At { fault, .. } = self.armed();
        match fault {
            Fault::Signal(signal) => self.kill(signal),
            Fault::Stop(time) => {
                self.stop();
                self.go_on(&ToRole::Go); // it reads this when it runs again
                self.pause(time);
                self.resume();
            }
            Fault::Vanish => {
                self.order(End::Exited(0));
                self.go_on(&ToRole::Vanish);
                self.ended();
            }
            Fault::Delay(time) => {
                self.pause(time);
                self.go_on(&ToRole::Go);
            }
        }
    }

    /// Lets the role go on from its point as if nothing had been.
    #[track_caller]
    pub fn release(&self) {
        self.reach();
        self.go_on(&ToRole::Go);
    }

    /// Ends the role by a signal, wherever it is, and makes sure that it died by it.
    #[track_caller]
    pub fn kill(&self, signal: Signal) {
        self.order(End::Killed(signal));
        let mut next = Instant::now();
        let lines = self.lines();
        let what = format!("the death of {} by {}", self.name(), signal_name(signal));
        self.wait(&what, |state| {
            let role = &state.roles[self.index];
            if role.end.is_some() {
                return self.as_ordered(role);
            }
            if Instant::now() >= next {
                let _ = rustix::process::pidfd_send_signal(&lines.process, signal); // if it is gone, its end says how
                next = Instant::now() + AGAIN;
            }
            Look::Until(next)
        });
    }

    /// Stops the role (`SIGSTOP`), and makes sure that it stands still.
    #[track_caller]
    pub fn stop(&self) {
        let lines = self.lines();
        let _ = rustix::process::pidfd_send_signal(&lines.process, Signal::STOP);
        let what = format!("the stop of {}", self.name());
        self.wait(&what, |state| {
            let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            let role = &state.roles[self.index];
            match (rustix::process::waitid(WaitId::PidFd(std::os::fd::AsFd::as_fd(&lines.process)), options), role.end)
            {
                (Ok(Some(_)), _) => Look::Done(()),
                (_, Some(end)) => {
                    let text = format!("{} {end} before it could be stopped", role.name);
                    Look::Failed(Failure::new(FailureKind::Missing, text))
                }
                _ => Look::Until(Instant::now() + Duration::from_millis(1)),
            }
        });
    }

    /// Lets a stopped role go on (`SIGCONT`).
    pub fn resume(&self) {
        let _ = rustix::process::pidfd_send_signal(&self.lines().process, Signal::CONT);
    }

    /// Books which end is to come.
    fn order(&self, end: End) {
        self.shared.lock().roles[self.index].ordered = Some(end);
    }

    #[track_caller]
    fn ended(&self) {
        let what = format!("the end of {}", self.name());
        self.wait(&what, |state| match &state.roles[self.index] {
            role if role.end.is_some() => self.as_ordered(role),
            _ => Look::Wait,
        });
    }

    /// Whether it ended as it was ordered.
    fn as_ordered(&self, role: &RoleState) -> Look<()> {
        if role.end == role.ordered && role.verdict.is_none() {
            return Look::Done(());
        }
        let end = role.end.map_or_else(String::new, |end| end.to_string());
        let ordered = role.ordered.map_or_else(String::new, |end| end.to_string());
        let verdict = role.verdict.as_ref().map_or_else(|| "no verdict".to_owned(), ToString::to_string);
        let text = format!("{} {end} with {verdict}{}, where it should have {ordered}", role.name, role.place());
        Look::Failed(Failure::new(FailureKind::Role, text))
    }

    #[track_caller]
    fn go_on(&self, message: &ToRole) {
        self.shared.lock().roles[self.index].at_point = false;
        tell(&self.shared, self.index, message, &[]);
    }

    /// Lets time pass, but not past a failure.
    #[track_caller]
    fn pause(&self, time: Duration) {
        let end = Instant::now() + time;
        self.wait("a pause", |_| if Instant::now() >= end { Look::Done(()) } else { Look::Until(end) });
    }

    #[track_caller]
    fn armed(&self) -> At {
        let (name, armed) = {
            let state = self.shared.lock();
            (state.roles[self.index].name.clone(), state.roles[self.index].armed.clone())
        };
        match armed {
            Some(at) => at,
            None => stop(&self.shared, Failure::new(FailureKind::Body, format!("{name} was armed at no point"))),
        }
    }

    fn lines(&self) -> Arc<Lines> {
        Arc::clone(&self.shared.lock().roles[self.index].lines)
    }
}
