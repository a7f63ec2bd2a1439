//! The scenario's side: what a body can do, how it waits, and how it ends.

mod finish;
mod handle;
mod run;
mod spawn;
mod strike;
mod wait;

use std::collections::HashSet;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread::ThreadId;
use std::time::Duration;

use serde::Serialize;

use crate::backend::Backend;
use crate::fault::At;
use crate::listen::Listener;
use crate::needs::{Capabilities, Needs};
use crate::process::listing::FileId;
use crate::report::{Failure, FailureKind};
use crate::role::{RoleCx, RoleResult};
use crate::state::Shared;
use crate::wire::message::ToRole;
use crate::wire::socket;

pub use handle::Role;
pub use run::{Setup, run, run_report};
pub use spawn::Spawn;
use wait::{Look, Stop};

/// Several processes as one test, seen from its body.
///
/// What cannot be done ends the body at once, and makes the scenario fail: no method returns an error.
pub struct Scenario {
    shared: Arc<Shared>,
    listener: Listener,
    name: String,
    id: String,
    /// The thread that ends it.
    thread: ThreadId,
    /// The test that a role's process runs again.
    test: String,
    backend: Backend,
    /// Sockets and pipes that were made for the roles.
    files: Vec<FileId>,
    /// What was in shared memory before.
    before: HashSet<String>,
}

impl Scenario {
    /// The name under which it is reported: `rule@sim`, `rule[case]@sim`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Against which library the roles run.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// How long start-up and body may still take.
    pub fn left(&self) -> Duration {
        self.shared.lock().clock.left()
    }

    /// Starts a role: a process that runs this function, named in [`roles!`](crate::roles), with these arguments.
    ///
    /// Returns before the role has begun; only its death, or the deadline, ends a wait for it.
    #[track_caller]
    pub fn spawn<A: Serialize, F: Fn(&mut RoleCx, A) -> RoleResult>(&mut self, role: F, args: A) -> Role {
        self.prepare(role, args).start()
    }

    /// Starts a role that stops at a point; [`Role::strike`] does there what was said.
    #[track_caller]
    pub fn spawn_armed<A: Serialize, F: Fn(&mut RoleCx, A) -> RoleResult>(&mut self, role: F, args: A, at: At) -> Role {
        self.prepare(role, args).armed(at).start()
    }

    /// A role with more to say about it before it starts.
    pub fn prepare<A: Serialize, F: Fn(&mut RoleCx, A) -> RoleResult>(&mut self, role: F, args: A) -> Spawn<'_> {
        Spawn::new(self, role, &args)
    }

    /// Waits until each of these roles has come to a barrier, and lets them go on.
    ///
    /// Fails at once, naming who is missing and where it was, if one of them can no longer come.
    #[track_caller]
    pub fn barrier<'r>(&mut self, name: &str, roles: impl IntoIterator<Item = &'r Role>) {
        let indices: Vec<usize> = roles.into_iter().map(|role| role.index).collect();
        let waiting = format!("barrier `{name}`");
        self.wait(&waiting, None, |state| {
            let at = |index: &&usize| state.roles[**index].at_barriers.iter().any(|reached| reached == name);
            let missing: Vec<usize> = indices.iter().filter(|index| !at(index)).copied().collect();
            let Some(lost) = missing.iter().find(|index| state.roles[**index].end.is_some()) else {
                if !missing.is_empty() {
                    return Look::Wait;
                }
                indices.iter().for_each(|index| state.roles[*index].leave_barrier(name));
                return Look::Done(());
            };
            let role = &state.roles[*lost];
            let end = role.end.map_or_else(String::new, |end| end.to_string());
            let text = format!("{waiting}: {} will never come: it {end}{}", role.name, role.place());
            Look::Failed(Failure::new(FailureKind::Missing, text))
        });
        for index in indices {
            self.tell(index, &ToRole::Open { barrier: name.to_owned() }, &[]);
        }
    }

    /// Passes a message from one role to another, without looking into it.
    #[track_caller]
    pub fn relay(&mut self, from: &Role, name: &str, to: &Role) {
        let body = from.take(name);
        self.tell(to.index, &ToRole::Message { name: name.to_owned(), body }, &[]);
    }

    /// Connects two roles directly: each gets its end of a stream socket by [`RoleCx::socket`] under this name.
    #[track_caller]
    pub fn connect(&mut self, name: &str, a: &Role, b: &Role) {
        let (left, right) = self.set_up("a socket between two roles", socket::stream_pair());
        for (role, end) in [(a, left), (b, right)] {
            self.made(&end);
            self.tell(role.index, &ToRole::Socket { name: name.to_owned() }, &[end.as_fd()]);
        }
    }

    /// Goes on only if the machine has what is needed; else skips the scenario, with the reason.
    pub fn require(&mut self, needs: &Needs, has: &Capabilities) {
        if let Some(reason) = needs.unmet(has) {
            self.skip(reason);
        }
    }

    /// Skips the scenario.
    pub fn skip(&mut self, reason: impl Into<String>) -> ! {
        wait::unwind(Stop::Skip(reason.into()))
    }

    /// Fails the scenario.
    #[track_caller]
    pub fn fail(&mut self, reason: impl Into<String>) -> ! {
        wait::stop(&self.shared, Failure::new(FailureKind::Body, reason))
    }

    /// Waits until every role has ended, well or as it was ordered. The end of the body does this by itself.
    #[track_caller]
    pub fn join(&mut self) {
        self.wait("the end of all roles", None, |state| {
            let stopped = state.roles.iter().find(|role| role.at_point && role.end.is_none());
            if let Some((role, at)) = stopped.and_then(|role| Some((role, role.armed.as_ref()?))) {
                let text = format!("{} stands at point `{}`, and nobody has struck it", role.name, at.point);
                return Look::Failed(Failure::new(FailureKind::Missing, text));
            }
            let ended = state.roles.iter().all(|role| role.end.is_some());
            if ended && state.troubles(None).is_empty() { Look::Done(()) } else { Look::Wait }
        });
    }

    /// Remembers a file that was made for the roles, so that it can be missed at the end.
    fn made(&mut self, file: &OwnedFd) {
        if let Ok(data) = rustix::fs::fstat(file) {
            self.files.push((data.st_dev, data.st_ino));
        }
    }

    /// The value, or the end of the body.
    #[track_caller]
    fn set_up<T, E: std::fmt::Display>(&self, what: &str, made: Result<T, E>) -> T {
        match made {
            Ok(made) => made,
            Err(error) => wait::stop(&self.shared, Failure::new(FailureKind::Setup, format!("{what}: {error}"))),
        }
    }
}
