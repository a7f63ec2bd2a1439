//! IPC events: created and shared in one process, opened in others.
//!
//! The flow, in order: [`Created`] → [`share`](IpcEvent::share) → [`Shared`] → [`record`](IpcEvent::record) →
//! (send the [`Ticket`](crate::Ticket) and the [`Recorded`](crate::Recorded)) →
//! [`Ticket::open`](crate::Ticket::open) → [`Opened`] → [`wait`](IpcEvent::wait).
//!
//! The [crate page](crate) tells it as a program.
//!
//! # References
//! `aclrtCreateEventExWithFlag` with `ACL_EVENT_IPC`, `aclrtIpcGetEventHandle`, `aclrtIpcOpenEventHandle`; in CUDA these
//! are `cudaEventInterprocess`, `cudaIpcGetEventHandle` and `cudaIpcOpenEventHandle`.

mod close;
mod create;
mod open;
mod ready;
mod record;
mod share;
mod state;
mod wait;

use std::fmt;

use crate::ffi::event::RawEvent;
use crate::ticket::EventId;

pub use ready::Ready;
pub use state::{Created, Opened, Records, Shared, Shares, Waits};

/// An event that processes share; `S` says how far it has come here.
///
/// ```
/// # use std::time::Duration;
/// # use ascend_ipc::{IpcEvent, event::{Created, Shared}};
/// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
/// # let stream = device.create_stream()?;
/// let event: IpcEvent<Created> = IpcEvent::create(&device)?;
/// let (event, ticket): (IpcEvent<Shared>, _) = event.share()?;
/// assert_eq!((event.event_id(), event.device_id()), (ticket.event_id(), 0));
/// let recorded = event.record(&stream)?;
/// assert_eq!(recorded.event(), event.event_id());
/// event.wait_host(&recorded, Duration::from_secs(5))?; // here; others open the ticket, and their streams wait
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct IpcEvent<S> {
    raw: RawEvent,
    id: EventId,
    state: S,
}

impl<S> IpcEvent<S> {
    /// The event's id, the same in every process that shares it.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        self.id
    }

    #[inline]
    pub(crate) fn raw_event(&self) -> &RawEvent {
        &self.raw
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
