//! Work of one process waits for work of another *on the device*, safely: IPC events for Huawei Ascend NPUs.
//!
//! Process A creates an event, shares it and records it; process B opens what A shared and lets its own stream wait. The
//! host is not in between, and what is easy to get wrong with the C interface does not compile here:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use ascend_ipc::{Channel, IpcEvent, Recorded, Runtime, Ticket};
//! # let (channel, _) = Channel::pair()?;
//!
//! // process A (the recorder)
//! let acl = Runtime::load()?;
//! let device = acl.device(0)?;
//! let stream = device.create_stream()?;
//! let event = IpcEvent::create(&device)?; //                  Created
//! let (event, ticket) = event.share()?; //                    Shared
//! /* submit work to `stream` */
//! let recorded = event.record(&stream)?; //                   Recorded: proof that the record call came first
//! channel.send(&(ticket, recorded), Duration::from_secs(5))?;
//!
//! // process B (the waiter)
//! # let channel = Channel::pair()?.0;
//! let (ticket, recorded): (Ticket, Recorded) = channel.receive(Duration::from_secs(5))?;
//! let event = ticket.open(&device)?; //                       Opened
//! event.wait(&stream, &recorded)?; //                         the stream waits; the host goes on
//! /* submit work that needs A's */
//! stream.synchronize(Duration::from_secs(30))?;
//! # Ok(())
//! # }
//! ```
//!
//! # Rules that the types carry
//!
//! * [`Created`](event::Created) can only be shared; [`Shared`](event::Shared) records; [`Opened`](event::Opened) waits.
//!   Exactly one process records an event: with two recorders the vendor's runtime gives wrong answers. The way back is a
//!   second event.
//! * A [`Notify`] is the other way round: its creator waits, who opened it records. It remembers an early record, so nothing
//!   has to be sent for each hand-over; [`pipeline`] makes a steady flow of it. When to take which: `docs/choosing.md`.
//! * An event's wait takes a [`Recorded`], which only [`record`](IpcEvent::record) makes: a wait that is called before the record
//!   would pass silently. [`wait_latest`](IpcEvent::wait_latest) is the documented exception.
//! * Every host-side wait takes a [`Deadline`], notices when the peer dies, and is bounded also when the runtime itself does
//!   not come back. [`ready`](IpcEvent::ready) is the same wait as a future, for any executor. Dropping never blocks.
//! * A ticket that goes through a [`Channel`] takes a lease along: what it opens stays until the lease is back, also when the
//!   exporter drops it; [`close`](IpcEvent::close) waits for that; whoever dies returns its lease.
//! * After the death of a peer an event is *poisoned*: no call is made on it any more, since the dead process may hold the
//!   runtime's lock for ever. A process that was forked after the runtime was initialised is refused by every verb.
//! * Streams, events and buffers keep their device alive.
//!
//! Without an NPU, feature `sim` adds `Runtime::simulated`.

mod access;
pub mod capability;
pub mod channel;
mod deadline;
pub mod doctor;
mod error;
pub mod event;
mod ffi;
mod identity;
mod lease;
pub mod memory;
pub mod notify;
pub mod pipeline;
mod poll;
mod poller;
mod recorded;
mod runtime;
mod stream;
mod ticket;
mod wait_limit;

mod device;
mod span;

pub use access::Access;
pub use capability::{Capabilities, Reason, Support};
pub use channel::{Channel, Listener};
pub use deadline::Deadline;
pub use device::Device;
pub use doctor::{Doctor, doctor};
pub use error::{Error, ErrorKind, ErrorReport, Refused, Result, on_drop_error};
pub use event::IpcEvent;
pub use lease::Leases;
pub use memory::{DeviceBuffer, HostBuffer};
pub use notify::Notify;
pub use recorded::Recorded;
pub use runtime::{BarePid, Runtime};
pub use stream::Stream;
pub use ticket::{EventId, MemoryTicket, NotifyTicket, Ticket, TicketError};
pub use wait_limit::WaitLimit;
