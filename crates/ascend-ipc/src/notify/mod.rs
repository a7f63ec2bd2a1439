//! Notifies: one process waits on its device, one other records; nothing is sent for each hand-over.
//!
//! The flow, in order: [`Created`] → [`share`](Notify::share) → [`Shared`] → (send the [`NotifyTicket`](crate::NotifyTicket))
//! → [`NotifyTicket::open`](crate::NotifyTicket::open) → [`Opened`] → [`record`](Notify::record), while the creator
//! [`wait`](Notify::wait)s, before or after.
//!
//! It is the other way round than with an event: who *creates* a notify waits for it, on the device that created it, and who
//! opens it records. A notify is one bit: a record sets it, a wait takes it. A record that comes before its wait is
//! remembered, so no proof of order travels; two records before a wait are one. Which to take, event or notify:
//! `docs/choosing.md`. For a steady flow of work see [`pipeline`](crate::pipeline).
//!
//! # Waiting on the host
//! The C interface has no host wait for a notify. Let a stream wait, and synchronise the stream, which has a deadline:
//!
//! ```no_run
//! # use std::time::Duration;
//! # use ascend_ipc::{Notify, Stream, WaitLimit, notify::Shared};
//! # fn wait(notify: &Notify<Shared>, stream: &Stream) -> ascend_ipc::Result<()> {
//! notify.wait(stream, WaitLimit::NONE)?;
//! stream.synchronize(Duration::from_secs(5))?; // `Timeout`: the record is not executed, and the stream goes on waiting
//! # Ok(())
//! # }
//! ```
//!
//! # When the other process dies
//! A notify has no lock in shared memory, so nothing is poisoned, unlike an event. A record that was not executed never
//! comes: the waiting stream stays where it is until its limit, and a host that synchronises it gets `Timeout`.
//! [`leases`](Notify::leases) tells whether who opened the notify has died.
//!
//! # References
//! `aclrtCreateNotify`, `aclrtNotifyGetExportKey`, `aclrtNotifyImportByKey`, `aclrtRecordNotify`, `aclrtWaitAndResetNotify`.
//! Not available in virtualised NPU instances.

mod close;
mod create;
mod open;
mod record;
mod share;
mod state;
mod wait;

use std::fmt;

use crate::ffi::notify::RawNotify;
use crate::ticket::EventId;

pub use state::{Created, Opened, Records, Shared, Shares, Waits};

/// A signal from another process to a stream of this one, or the reverse; `S` says how far it has come here.
///
/// Synchronise the streams that wait for it or record it before it is dropped: destroying it does not wait for them, and
/// what comes of a wait that is under way is not known.
///
/// ```
/// # use std::time::Duration;
/// # use ascend_ipc::{Access, Notify, NotifyTicket, WaitLimit, notify::Shared};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
/// let notify = Notify::create(&device)?;
/// let (notify, ticket): (Notify<Shared>, NotifyTicket) = notify.share(Access::AnyProcess)?;
/// assert_eq!(notify.device_id(), device.id());
/// /* send the ticket; let streams wait */
/// notify.close(Duration::from_secs(5))?;
/// # Ok(())
/// # }
/// ```
pub struct Notify<S> {
    raw: RawNotify,
    id: EventId,
    state: S,
}

impl<S> Notify<S> {
    /// The id of the device on which it is used in this process: it was created there, or opened for it.
    #[must_use]
    pub fn device_id(&self) -> i32 {
        self.raw.device().id()
    }
}

impl<S> fmt::Debug for Notify<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = std::any::type_name::<S>().rsplit("::").next().unwrap_or_default();
        write!(f, "Notify<{state}>({:?}, device {})", self.id, self.device_id())
    }
}
