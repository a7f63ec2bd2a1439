//! Proof, as a value, that an event's record call has returned.

use serde::{Deserialize, Serialize};

use crate::ticket::EventId;

/// Exists only if [`record`](crate::IpcEvent::record) of this event has returned.
///
/// A wait binds to the record that is latest *when the wait is called*; called too early it passes silently. Sending this
/// value to the other process carries "the record call came first" along. It names the event, so that it cannot vouch for
/// another one; a later record of the same event replaces an earlier one for waits that are called after it.
///
/// ```
/// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
/// # let stream = device.create_stream()?;
/// # let (event, _ticket) = ascend_ipc::IpcEvent::create(&device)?.share()?;
/// let recorded = event.record(&stream)?;
/// let bytes = serde_json::to_vec(&recorded)?; // a channel does this by itself
/// assert_eq!(serde_json::from_slice::<ascend_ipc::Recorded>(&bytes)?, recorded);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[must_use = "the waiter needs this: send it to the other process"]
pub struct Recorded {
    event: EventId,
}

impl Recorded {
    #[inline]
    pub(crate) const fn of(event: EventId) -> Self {
        Self { event }
    }

    /// The event that was recorded.
    #[must_use]
    #[inline]
    pub const fn event(&self) -> EventId {
        self.event
    }
}
