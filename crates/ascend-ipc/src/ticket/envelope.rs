//! The envelope's bytes: magic, version, kind, length, content, check sum.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::check::TicketError;
use super::event_id::EventId;
use crate::error::Result;
use crate::ffi::device::RawDevice;
use crate::identity::Identity;

const MAGIC: [u8; 4] = *b"AIPC";
const VERSION: u8 = 2;
const HEADER: usize = 8;
const CHECK_SUM: usize = 4;
/// No envelope of ours is longer; a peer that claims more is wrong.
pub(super) const LONGEST: usize = 1024;

/// What a ticket opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Event = 1,
    Memory = 2,
    Physical = 3,
    Notify = 4,
}

/// How much memory a ticket opens; nothing for an event or a notify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extent {
    pub(crate) bytes: u64,
    /// Bytes of one element.
    pub(crate) element: u64,
}

impl Kind {
    /// Whether a payload has the size that this kind needs.
    const fn accepts(self, payload: &[u8]) -> bool {
        match self {
            Self::Event => payload.len() == 64,
            Self::Memory | Self::Notify => !payload.is_empty() && payload.len() < 65,
            Self::Physical => payload.len() == 8,
        }
    }
}

/// What is in a ticket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Envelope {
    pub(crate) id: EventId,
    pub(crate) creator: Identity,
    /// The creator's device as all processes count it.
    pub(crate) device: i32,
    pub(crate) soc: String,
    /// Version of the creator's runtime; the layout of shared state may change with it.
    pub(crate) runtime: String,
    pub(crate) simulated: bool,
    pub(crate) extent: Extent,
    /// What opens the object: 64 bytes of an event's handle, the text of a key, or 8 bytes (little endian) of the number of
    /// physical memory.
    pub(crate) payload: Vec<u8>,
    #[serde(skip)]
    kind: u8,
}

impl Envelope {
    pub(crate) fn new(
        kind: Kind,
        device: &Arc<RawDevice>,
        id: EventId,
        payload: Vec<u8>,
        extent: Extent,
    ) -> Result<Self> {
        let api = device.api();
        Ok(Self {
            id,
            creator: Identity::own()?,
            device: device.physical(),
            soc: api.soc().unwrap_or_default(),
            runtime: api.library().version().unwrap_or_default(),
            simulated: is_simulated(device),
            extent,
            payload,
            kind: kind as u8,
        })
    }

    #[cfg(test)]
    #[allow(clippy::too_many_arguments, reason = "one for each field")]
    pub(super) fn from_parts(
        kind: Kind,
        id: EventId,
        creator: Identity,
        device: i32,
        soc: String,
        runtime: String,
        simulated: bool,
        extent: Extent,
        payload: Vec<u8>,
    ) -> Self {
        Self { id, creator, device, soc, runtime, simulated, extent, payload, kind: kind as u8 }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        // Writing to a vector cannot fail, and every field has a representation.
        let content = postcard::to_stdvec(self).unwrap_or_default();
        let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_le_bytes();
        let mut bytes = Vec::with_capacity(HEADER + content.len() + CHECK_SUM);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[VERSION, self.kind]);
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(&content);
        let sum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Whether it opens this kind of object.
    pub(crate) const fn opens(&self, kind: Kind) -> bool {
        self.kind == kind as u8
    }

    pub(crate) fn decode(bytes: &[u8], kinds: &[Kind]) -> Result<Self, TicketError> {
        let (header, rest) = bytes.split_at_checked(HEADER).ok_or(TicketError::Truncated)?;
        let [m0, m1, m2, m3, version, found, low, high] = *header else { return Err(TicketError::Truncated) };
        if [m0, m1, m2, m3] != MAGIC {
            return Err(TicketError::NotATicket);
        }
        let length = usize::from(u16::from_le_bytes([low, high]));
        let (content, sum) = rest.split_at_checked(length).ok_or(TicketError::Truncated)?;
        let (sum, trailing) = sum.split_first_chunk::<CHECK_SUM>().ok_or(TicketError::Truncated)?;
        if !trailing.is_empty() {
            return Err(TicketError::Trailing(trailing.len()));
        }
        if bytes.len() > LONGEST || crc32fast::hash(&bytes[..HEADER + length]) != u32::from_le_bytes(*sum) {
            return Err(TicketError::Damaged);
        }
        // Intact from here on, so what does not fit is of another maker, not of an accident.
        if version != VERSION {
            return Err(TicketError::Version(version));
        }
        let kind = kinds.iter().find(|kind| found == **kind as u8).ok_or(TicketError::Kind)?;
        let (mut envelope, left) = postcard::take_from_bytes::<Self>(content).map_err(|_| TicketError::Damaged)?;
        if !left.is_empty() || !kind.accepts(&envelope.payload) {
            return Err(TicketError::Damaged);
        }
        envelope.kind = found;
        Ok(envelope)
    }
}

/// Whether a device belongs to the simulator, embedded or as a library.
pub(super) fn is_simulated(device: &Arc<RawDevice>) -> bool {
    device.api().is_simulated()
}

/// Accepts a byte string, of limited length, in whichever way a format passes it.
pub(super) struct Bytes;

impl<'de> serde::de::Visitor<'de> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a ticket")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        if bytes.len() > LONGEST { Err(E::invalid_length(bytes.len(), &self)) } else { Ok(bytes.to_vec()) }
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut bytes: A) -> Result<Vec<u8>, A::Error> {
        let mut collected = Vec::new();
        while let Some(byte) = bytes.next_element()? {
            if collected.len() == LONGEST {
                return Err(serde::de::Error::invalid_length(LONGEST + 1, &self));
            }
            collected.push(byte);
        }
        Ok(collected)
    }
}
