//! A random id, the same in every process that shares the object.

use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Identifies a shared object among all processes; tells nothing that would open it.
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
