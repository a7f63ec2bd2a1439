//! Tickets: what travels to another process so that it can open a shared object.
//!
//! The runtime's own handle is 8 live bytes without magic, version, owner or check; wrong ones are refused late, refer to
//! something else, or crash. A ticket is an envelope around it that says what it is and whence it comes, and is checked
//! before the runtime sees the bytes. The check sum is for accidents. It is no authentication: that is the channel's
//! business, and whoever holds a ticket can open what it names.

mod check;
mod envelope;
mod event_id;
mod file;
mod lease;
#[cfg(test)]
mod properties;
mod raw;
mod text;

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use check::TicketError;
pub(crate) use envelope::{Envelope, Extent, Kind};
pub use event_id::EventId;
pub(crate) use lease::Lease;

use crate::channel::passenger;
use crate::deadline::Deadline;
use crate::error::Result;
use crate::ffi::device::RawDevice;
use crate::lease::Lender;

macro_rules! ticket {
    ($(#[$meta:meta])* $name:ident, $($kind:expr),+) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            pub(crate) envelope: Envelope,
            pub(crate) lease: Lease,
        }

        impl PartialEq for $name {
            /// Whether both open the same; leases are not compared.
            fn eq(&self, other: &Self) -> bool {
                self.envelope == other.envelope
            }
        }

        impl Eq for $name {}

        impl $name {
            /// The envelope as bytes.
            #[must_use]
            pub fn to_bytes(&self) -> Vec<u8> {
                self.envelope.encode()
            }

            /// Reads what [`to_bytes`](Self::to_bytes) wrote.
            ///
            /// # Errors
            /// Says what is wrong: truncated, trailing bytes, damaged, of another kind or version.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, TicketError> {
                Envelope::decode(bytes, &[$($kind),+]).map(|envelope| Self { envelope, lease: Lease::None })
            }

            /// The envelope as hexadecimal text.
            #[must_use]
            pub fn to_hex(&self) -> String {
                text::to_hex(&self.to_bytes())
            }

            /// The envelope as base64 text in the alphabet for file names and URLs, a third shorter than hexadecimal.
            #[must_use]
            pub fn to_base64(&self) -> String {
                text::to_base64(&self.to_bytes())
            }

            /// Writes the ticket to a file, for a process that shares no channel with this one; it carries no lease.
            ///
            /// The file appears whole, is readable by this user only, and replaces an older one. The nonce names the run, so
            /// that nobody takes what an earlier run has left.
            ///
            /// # Errors
            /// [`Io`](crate::ErrorKind::Io) when it cannot be written, [`Misuse`](crate::ErrorKind::Misuse) for a nonce that
            /// is not one visible word of at most 64 ASCII characters.
            pub fn write_file(&self, path: impl AsRef<Path>, nonce: &str) -> Result<()> {
                file::write(path.as_ref(), nonce, &self.to_hex())
            }

            /// Waits for the file that [`write_file`](Self::write_file) writes with this nonce, reads and removes it.
            ///
            /// # Errors
            /// [`Timeout`](crate::ErrorKind::Timeout) when it does not appear, or only that of another run;
            /// [`Ticket`](crate::ErrorKind::Ticket) when it is not this user's alone, or holds no ticket;
            /// [`Io`](crate::ErrorKind::Io) when it is a link or cannot be read.
            pub fn take_file(path: impl AsRef<Path>, nonce: &str, deadline: impl Into<Deadline>) -> Result<Self> {
                Ok(file::take(path.as_ref(), nonce, deadline.into())?.parse::<Self>()?)
            }
        }

        impl FromStr for $name {
            type Err = TicketError;

            /// Reads what `to_hex` or `to_base64` wrote; base64 in either alphabet, padded or not.
            fn from_str(text: &str) -> Result<Self, TicketError> {
                Self::from_bytes(&text::read(text)?)
            }
        }

        impl fmt::Debug for $name {
            /// Shows where it is from, never the bytes that open it.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({}, from process {})"), self.envelope.id, self.envelope.creator.pid)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.serialize_str(&self.to_hex())
                } else {
                    let marked = self.lease.mark(self.to_bytes()).map_err(passenger::refuse);
                    serializer.serialize_bytes(&marked.map_err(serde::ser::Error::custom)?)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                } else {
                    let mut bytes = deserializer.deserialize_byte_buf(envelope::Bytes)?;
                    let ticket = Lease::take(&mut bytes).and_then(|lease| Ok(Self { lease, ..Self::from_bytes(&bytes)? }));
                    ticket.map_err(passenger::refuse).map_err(serde::de::Error::custom)
                }
            }
        }
    };
}

ticket! {
    /// Opens an [`IpcEvent`](crate::IpcEvent) in another process.
    ///
    /// Serialises as bytes, and in human-readable formats as hexadecimal text. `Debug` shows where it is from only.
    ///
    /// ```
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// # let (_event, ticket) = ascend_ipc::IpcEvent::create(&device)?.share()?;
    /// use ascend_ipc::Ticket;
    ///
    /// // Without a channel, a ticket travels as bytes or as text; it carries no lease then.
    /// assert_eq!(Ticket::from_bytes(&ticket.to_bytes())?, ticket);
    /// assert_eq!(ticket.to_hex().parse::<Ticket>()?, ticket);
    /// assert!("0bad".parse::<Ticket>().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// In a file, for processes that know a path and the name of the run only:
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # fn share(ticket: &ascend_ipc::Ticket) -> ascend_ipc::Result<()> {
    /// ticket.write_file("/run/user/1000/filled.ticket", "run-4711")?; // process A
    /// let ticket = ascend_ipc::Ticket::take_file("/run/user/1000/filled.ticket", "run-4711", Duration::from_secs(5))?; // B
    /// # Ok(())
    /// # }
    /// ```
    Ticket, Kind::Event
}

ticket! {
    /// Opens a [`DeviceBuffer`](crate::DeviceBuffer) in another process.
    ///
    /// It says in elements of how many bytes the memory was shared; it is opened in elements of the same size.
    ///
    /// Serialises as bytes, and in human-readable formats as hexadecimal text. `Debug` shows where it is from only.
    ///
    /// ```
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// use ascend_ipc::{Access, MemoryTicket};
    ///
    /// let (buffer, ticket) = device.allocate::<f32>(1024)?.share(Access::AnyProcess)?;
    /// assert_eq!(ticket.byte_len(), 4096);
    /// assert_eq!(ticket.to_hex().parse::<MemoryTicket>()?, ticket);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    MemoryTicket, Kind::Memory, Kind::Physical
}

ticket! {
    /// Opens a [`Notify`](crate::Notify) in another process, which then records it.
    ///
    /// Serialises as bytes, and in human-readable formats as hexadecimal text. `Debug` shows where it is from only.
    ///
    /// ```
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// use ascend_ipc::{Access, Notify, NotifyTicket};
    ///
    /// let (notify, ticket) = Notify::create(&device)?.share(Access::AnyProcess)?;
    /// assert_eq!(NotifyTicket::from_bytes(&ticket.to_bytes())?, ticket);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    NotifyTicket, Kind::Notify
}

impl NotifyTicket {
    pub(crate) fn of_notify(
        device: &Arc<RawDevice>,
        id: EventId,
        key: &core::ffi::CStr,
        lender: &Arc<Lender>,
    ) -> Result<Self> {
        let envelope = Envelope::new(Kind::Notify, device, id, key.to_bytes().to_vec(), Extent::default())?;
        Ok(Self { envelope, lease: Lease::of(lender) })
    }
}

impl Ticket {
    pub(crate) fn of_event(
        device: &Arc<RawDevice>,
        id: EventId,
        bytes: [u8; 64],
        lender: &Arc<Lender>,
    ) -> Result<Self> {
        let envelope = Envelope::new(Kind::Event, device, id, bytes.to_vec(), Extent::default())?;
        Ok(Self { envelope, lease: Lease::of(lender) })
    }

    /// The id of the event that it opens.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        self.envelope.id
    }

    pub(crate) fn live_bytes(&self) -> &[u8; 64] {
        // `decode` and `of_event` accept 64 bytes only.
        self.envelope.payload.first_chunk().unwrap_or(&[0; 64])
    }
}

impl MemoryTicket {
    pub(crate) fn of_memory(
        device: &Arc<RawDevice>,
        kind: Kind,
        payload: Vec<u8>,
        extent: Extent,
        lender: &Arc<Lender>,
    ) -> Result<Self> {
        let envelope = Envelope::new(kind, device, EventId::random()?, payload, extent)?;
        Ok(Self { envelope, lease: Lease::of(lender) })
    }

    /// The length of the memory in bytes.
    #[must_use]
    pub fn byte_len(&self) -> u64 {
        self.envelope.extent.bytes
    }
}
