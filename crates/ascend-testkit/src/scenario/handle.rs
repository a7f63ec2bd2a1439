//! A role, seen from the body.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

use super::Look;
use super::wait::{stop, tell, wait};
use crate::report::{Failure, FailureKind, Outcome};
use crate::state::{Shared, State};
use crate::wire::frame;
use crate::wire::message::ToRole;

/// A role of a scenario; of no use after it.
#[derive(Clone)]
pub struct Role {
    pub(super) shared: Arc<Shared>,
    pub(super) index: usize,
}

impl Role {
    /// What it is called.
    pub fn name(&self) -> String {
        self.shared.lock().roles[self.index].name.clone()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.shared.lock().roles[self.index].pid.as_raw_pid().unsigned_abs()
    }

    /// Sends it a value, under a name. A role that has ended gets nothing, which is no failure in itself.
    #[track_caller]
    pub fn send<T: Serialize + ?Sized>(&self, name: &str, value: &T) {
        match frame::pack_named(value) {
            Ok(body) => tell(&self.shared, self.index, &ToRole::Message { name: name.to_owned(), body }, &[]),
            Err(error) => {
                stop(&self.shared, Failure::new(FailureKind::Body, format!("message `{name}`: {error}")));
            }
        }
    }

    /// Waits for a value from it, under a name. Fails at once if the role has ended without it.
    #[track_caller]
    pub fn receive<T: DeserializeOwned>(&self, name: &str) -> T {
        match frame::unpack_named(&self.take(name)) {
            Ok(value) => value,
            Err(error) => {
                let text = format!("message `{name}` of {}: {error}", self.name());
                stop(&self.shared, Failure::new(FailureKind::Missing, text))
            }
        }
    }

    /// Waits for a message, and leaves it as it is.
    #[track_caller]
    pub(super) fn take(&self, name: &str) -> Vec<u8> {
        let what = format!("message `{name}`");
        self.wait(&what, |state| {
            let role = &mut state.roles[self.index];
            match (role.take(name), role.end) {
                (Some(body), _) => Look::Done(body),
                (None, None) => Look::Wait,
                (None, Some(end)) => {
                    let text = format!("{what} will never come: {} {end}{}", role.name, role.place());
                    Look::Failed(Failure::new(FailureKind::Missing, text))
                }
            }
        })
    }

    /// The end of this role, whatever it is, is the body's to judge: it makes no wait fail, nor the scenario.
    pub fn judged(self) -> Self {
        self.shared.lock().roles[self.index].judged = true;
        self
    }

    /// Waits until the role has ended, and says how. Nothing of it makes the scenario fail from now on.
    #[track_caller]
    pub fn outcome(&self) -> Outcome {
        let what = format!("the end of {}", self.name());
        self.shared.lock().roles[self.index].judged = true;
        self.wait(&what, |state| {
            let role = &state.roles[self.index];
            role.end.map_or(Look::Wait, |end| Look::Done(Outcome { verdict: role.verdict.clone(), end }))
        })
    }

    /// Whether its process has ended.
    pub fn has_ended(&self) -> bool {
        self.shared.lock().roles[self.index].end.is_some()
    }

    #[track_caller]
    pub(super) fn wait<T>(&self, what: &str, look: impl FnMut(&mut State) -> Look<T>) -> T {
        wait(&self.shared, what, None, look)
    }
}
