//! A random id, the same in every process that shares the object.

use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Identifies a shared object among all processes; tells nothing that would open it.
///
/// ```
/// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
/// let (event, ticket) = ascend_ipc::IpcEvent::create(&device)?.share()?;
/// assert_eq!(ticket.event_id(), event.event_id());
/// eprintln!("{}", event.event_id()); // 16 hexadecimal digits, for logs of both processes
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventId(NonZeroU64);

impl EventId {
    pub(crate) fn random() -> Result<Self> {
        let random =
            getrandom::u64().map_err(|error| Error::new(ErrorKind::Io, format!("no random number: {error}")))?;
        Ok(Self(NonZeroU64::new(random).unwrap_or(NonZeroU64::MAX)))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
