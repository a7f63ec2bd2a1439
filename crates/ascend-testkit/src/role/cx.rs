//! What a role is handed: messages, barriers, sockets, points, and what is known about the scenario.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde::{Serialize, de::DeserializeOwned};

use super::link::{Link, LinkError};
use crate::backend::Backend;
use crate::wire::frame;
use crate::wire::message::FromRole;

/// What a role is handed.
///
/// All of it may be used from several threads at once, through a shared reference. None of it has a deadline of its own:
/// the scenario has one, and ends the role when it has passed.
pub struct RoleCx {
    link: Link,
    name: String,
    backend: Backend,
    armed: Option<Armed>,
    deadline: Instant,
}

struct Armed {
    point: String,
    nth: u32,
    passed: AtomicU32,
}

impl RoleCx {
    pub(super) fn new(
        link: Link,
        name: String,
        backend: Backend,
        armed: Option<(String, u32)>,
        deadline: Instant,
    ) -> Self {
        let armed = armed.map(|(point, nth)| Armed { point, nth, passed: AtomicU32::new(0) });
        Self { link, name, backend, armed, deadline }
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// What this role is called in the scenario.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Against which library this role is to run.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// When the scenario ends this role, unless it has ended by then.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// How long that is from now.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Sends a value to the scenario, under a name.
    ///
    /// # Errors
    /// If the value does not fit into 64 KiB, or the scenario is gone.
    pub fn send<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), LinkError> {
        let what = format!("message `{name}`");
        let body = frame::pack_named(value)
            .map_err(|error| LinkError::Value { what: what.clone(), cause: error.to_string() })?;
        self.link.send(&FromRole::Message { name: name.to_owned(), body }, &what)
    }

    /// Waits for a value from the scenario, under a name. Values under other names wait for those who ask for them.
    ///
    /// # Errors
    /// If what came is no `T`, or the scenario is gone.
    pub fn receive<T: DeserializeOwned>(&self, name: &str) -> Result<T, LinkError> {
        let what = format!("message `{name}`");
        let body = self.link.wait(&what, |inbox| {
            let at = inbox.messages.iter().position(|(given, _)| given == name)?;
            Some(inbox.messages.remove(at).1)
        })?;
        frame::unpack_named(&body).map_err(|error| LinkError::Value { what, cause: error.to_string() })
    }

    /// Waits until the scenario opens a barrier, which it does when everybody has come.
    ///
    /// # Errors
    /// If the scenario is gone.
    pub fn barrier(&self, name: &str) -> Result<(), LinkError> {
        let what = format!("barrier `{name}`");
        self.link.send(&FromRole::Barrier { name: name.to_owned() }, &what)?;
        self.link.wait(&what, |inbox| {
            let at = inbox.opened.iter().position(|opened| opened == name)?;
            inbox.opened.remove(at);
            Some(())
        })
    }

    /// Waits for this role's end of a stream socket between two roles; the scenario makes it with
    /// [`connect`](crate::Scenario::connect).
    ///
    /// # Errors
    /// If the scenario is gone, or the descriptor does not fit under this process's limit.
    pub fn socket(&self, name: &str) -> Result<OwnedFd, LinkError> {
        self.link.wait(&format!("socket `{name}`"), |inbox| {
            let at = inbox.sockets.iter().position(|(given, _)| given == name)?;
            Some(inbox.sockets.remove(at).1)
        })
    }

    /// A named step, at which a scenario may stop this role.
    ///
    /// Costs one write to a memory file, which is how a report knows the last point of a role that hangs or has died;
    /// blocks only if the role was [armed](crate::Scenario::spawn_armed) here.
    pub fn point(&self, name: &str) {
        self.link.diary.point(name);
        if let Some(armed) = self.armed.as_ref().filter(|armed| armed.point == name)
            && armed.passed.fetch_add(1, Ordering::Relaxed) + 1 == armed.nth
        {
            self.stop_here(name);
        }
    }

    fn stop_here(&self, name: &str) {
        let vanish = self.link.send(&FromRole::AtPoint, "a point").and_then(|()| {
            self.link.wait(&format!("what happens at point `{name}`"), |inbox| {
                if inbox.vanish {
                    return Some(true);
                }
                inbox.go = inbox.go.checked_sub(1)?;
                Some(false)
            })
        });
        if vanish.unwrap_or(true) {
            std::process::exit(0);
        }
    }

    /// Prepares something that takes its time, such as a device, on the budget for the start-up.
    ///
    /// # Errors
    /// If the scenario is gone.
    pub fn start_up<T>(&self, prepare: impl FnOnce() -> T) -> Result<T, LinkError> {
        self.link.send(&FromRole::StartingUp(true), "the start-up")?;
        self.link.diary.waits("its own start-up");
        let prepared = prepare();
        self.link.diary.waits("");
        self.link.send(&FromRole::StartingUp(false), "the end of the start-up")?;
        Ok(prepared)
    }

    /// Tells the scenario which library was really loaded, as the library's own origin says.
    ///
    /// # Errors
    /// If it is not the one that was asked for (the scenario fails then, too), or the scenario is gone.
    pub fn loaded(&self, origin: &str) -> Result<(), LinkError> {
        self.link.send(&FromRole::Loaded { origin: origin.to_owned() }, "the library's origin")?;
        self.backend.contradiction(origin).map_or(Ok(()), |contradiction| Err(LinkError::Backend(contradiction)))
    }

    /// The control socket itself: becomes readable when the scenario has ended. Whoever writes to it breaks the role.
    pub fn control(&self) -> BorrowedFd<'_> {
        self.link.socket().as_fd()
    }
}
