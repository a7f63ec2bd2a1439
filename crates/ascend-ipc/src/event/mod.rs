//! IPC events: created and shared in one process, opened in others.
//!
//! The flow, in order: [`Created`] → [`share`](IpcEvent::share) → [`Shared`] → [`record`](IpcEvent::record) →
//! (send the [`Ticket`](crate::Ticket) and the [`Recorded`](crate::Recorded)) →
//! [`Ticket::open`](crate::Ticket::open) → [`Opened`] → [`wait`](IpcEvent::wait).
//!
//! # References
//! `aclrtCreateEventExWithFlag` with `ACL_EVENT_IPC`, `aclrtIpcGetEventHandle`, `aclrtIpcOpenEventHandle`; in CUDA these
//! are `cudaEventInterprocess`, `cudaIpcGetEventHandle` and `cudaIpcOpenEventHandle`.

mod close;
mod create;
mod open;
mod record;
mod share;
mod wait;

use std::fmt;
use std::os::fd::OwnedFd;

use crate::ffi::event::RawEvent;
use crate::ticket::EventId;

/// An event that processes share; `S` says how far it has come here.
pub struct IpcEvent<S> {
    raw: RawEvent,
    id: EventId,
    state: S,
}

/// Created, and not shared yet: it can only be [`share`](IpcEvent::share)d.
#[derive(Debug)]
pub struct Created(());

/// Shared: this process [`record`](IpcEvent::record)s it.
#[derive(Debug)]
pub struct Shared(());

/// Opened from a ticket: this process [`wait`](IpcEvent::wait)s for it.
#[derive(Debug)]
pub struct Opened {
    /// Readable once the recording process has ended; `None` where that cannot be watched.
    recorder: Option<OwnedFd>,
}

impl<S> IpcEvent<S> {
    /// The event's id, the same in every process that shares it.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.id
    }

    /// The id of the device on which it lives in this process.
    #[must_use]
    pub fn device_id(&self) -> i32 {
        self.raw.device().id()
    }
}

impl<S> fmt::Debug for IpcEvent<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = std::any::type_name::<S>().rsplit("::").next().unwrap_or_default();
        write!(f, "IpcEvent<{state}>({:?}, device {})", self.id, self.device_id())
    }
}
