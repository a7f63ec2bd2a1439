//! Work of one process waits for work of another *on the device*, safely: IPC events for Huawei Ascend NPUs.
//!
//! The story of one event; the host is not in between, and what is easy to get wrong with the C interface does not compile:
//!
//! ```no_run
//! # use std::time::Duration;
//! # use ascend_ipc::{Channel, IpcEvent, Recorded, Result, Runtime, Stream, Ticket};
//! # fn produce(stream: &Stream) -> Result<()> { Ok(()) }
//! # fn consume(stream: &Stream) -> Result<()> { Ok(()) }
//! # fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
//! # let patience = Duration::from_secs(5);
//! # let device = Runtime::load()?.device(0)?;
//! # let stream = device.create_stream()?;
//! # let channel = Channel::pair()?.0;
//! // process A
//! let (event, ticket) = IpcEvent::create(&device)?.share()?; // Created, then Shared
//! produce(&stream)?; //                                         submits work
//! let recorded = event.record(&stream)?; //                     proof that the record call came first
//! channel.send(&(ticket, recorded), patience)?;
//! event.close(patience)?; //                                    when B is done with it
//!
//! // process B
//! let (ticket, recorded): (Ticket, Recorded) = channel.receive(patience)?;
//! let event = ticket.open(&device)?; //                         Opened
//! event.wait(&stream, &recorded)?; //                           the stream waits; the host goes on
//! consume(&stream)?; //                                         submits work that needs A's
//! stream.synchronize(patience)?;
//! # Ok(())
//! # }
//! ```
//!
//! Before it, each process has opened a [`Runtime`], a [`Device`] and a [`Stream`], and the two have a [`Channel`]:
//!
//! ```no_run
//! # use ascend_ipc::{Channel, Runtime};
//! # use std::time::Duration;
//! let acl = Runtime::load()?; // or, with feature `sim`, `Runtime::simulated()`: no NPU, the same calls
//! let device = acl.device(0)?;
//! let stream = device.create_stream()?;
//! let channel = Channel::connect("/run/user/1000/pair", Duration::from_secs(5))?;
//! # Ok::<(), ascend_ipc::Error>(())
//! ```
//!
//! # Rules that the types carry
//!
//! * [`Created`](event::Created) can only be shared; [`Shared`](event::Shared) records; [`Opened`](event::Opened) waits.
//!   Exactly one process records an event: with two recorders the vendor's runtime gives wrong answers. The way back is a
//!   second event.
//! * A [`Notify`] is the other way round: its creator waits, who opened it records. It remembers an early record, so nothing
//!   has to be sent for each hand-over; [`pipeline`] makes a steady flow of it.
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
//! # Where to go
//!
//! | for | see |
//! |---|---|
//! | event, notify, value or message? | `docs/choosing.md` |
//! | events, state by state | [`event`] |
//! | data: memory that processes share, copies in stream order | [`memory`] |
//! | a signal that is remembered, and a steady flow through slots | [`notify`], [`pipeline`] |
//! | how tickets travel, and what they are checked for | [`channel`], [`Ticket`], [`TicketError`] |
//! | what works on this machine, and why not | [`capability`], [`doctor()`], `examples/doctor.rs` |
//! | what failed, and what to do about it | [`Error`], [`ErrorKind`] |
//! | what is assumed of CANN | `docs/safety.md` |
//! | two processes, start to end | `examples/two_processes` |
//! | one event for many, a ring of notifies, pages read as they are produced | `examples/fan_out.rs`, `ring.rs`, `key_value_cache.rs` |
//! | the simulator: faults, misuse, time lines | `docs/simulator.md` |
//!
//! Each example runs by `cargo run -p ascend-ipc --example NAME`, on NPUs or on the simulator, and says on which.

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
