//! What can be wrong with a ticket, found before the runtime is asked.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::envelope::{Envelope, is_simulated};
use super::{MemoryTicket, NotifyTicket, Ticket};
use crate::error::Result;
use crate::ffi::device::RawDevice;
use crate::identity::Identity;

/// Why a ticket is refused.
///
/// ```
/// use ascend_ipc::{Ticket, TicketError};
///
/// assert_eq!(Ticket::from_bytes(&[]), Err(TicketError::Truncated));
/// assert_eq!("no ticket".parse::<Ticket>(), Err(TicketError::NotText));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// It does not begin as a ticket does.
    #[error("these bytes are no ticket")]
    NotATicket,
    /// It ends too early.
    #[error("the ticket is truncated")]
    Truncated,
    /// Something follows its end.
    #[error("{0} bytes follow the end of the ticket")]
    Trailing(usize),
    /// The check sum does not fit.
    #[error("the ticket is damaged: its check sum does not fit")]
    Damaged,
    /// The text form is neither hexadecimal nor base64.
    #[error("the text is no ticket: it is neither hexadecimal nor base64")]
    NotText,
    /// It is from another version of this library.
    #[error("the ticket has version {0}, which this library does not know")]
    Version(u8),
    /// It opens something else.
    #[error("the ticket opens another kind of object: event, memory and notify have tickets of their own")]
    Kind,
    /// The memory was shared in elements of another size.
    #[error("the memory was shared in elements of {theirs} bytes, but would be opened in elements of {ours}")]
    Element {
        /// Bytes of an element of the exporter.
        theirs: u64,
        /// Bytes of an element as it is opened here.
        ours: usize,
    },
    /// The machine was booted since, or it is another machine.
    #[error("the ticket is from another machine, or from before its last boot")]
    OtherBoot,
    /// The process that made it is this one.
    #[error("the ticket was made by this very process; use the object itself")]
    OwnProcess,
    /// The process that made it has ended.
    #[error("process {pid}, which made the ticket, has exited; its object went with it")]
    CreatorGone {
        /// Its process id.
        pid: u32,
    },
    /// One process uses the simulator, the other does not.
    #[error("the ticket was made on {theirs}, but this process uses {ours}")]
    OtherBackend {
        /// What the creator uses.
        theirs: &'static str,
        /// What this process uses.
        ours: &'static str,
    },
    /// The two devices are of different kinds.
    #[error("the ticket is for a {theirs}, but this device is a {ours}")]
    OtherSoc {
        /// The creator's SoC.
        theirs: String,
        /// This process's SoC.
        ours: String,
    },
    /// The two runtimes lay out shared state differently, perhaps.
    #[error(
        "the ticket was made with runtime {theirs}, but this process has {ours}; shared state may differ between versions"
    )]
    OtherRuntime {
        /// The creator's version.
        theirs: String,
        /// This process's version.
        ours: String,
    },
}

impl Ticket {
    /// Refuses what the runtime would refuse late, or not at all; gives a watch on the creator.
    pub(crate) fn check(&self, device: &Arc<RawDevice>) -> Result<Option<OwnedFd>> {
        check(&self.envelope, device)
    }
}

impl MemoryTicket {
    /// As for an event.
    pub(crate) fn check(&self, device: &Arc<RawDevice>) -> Result<Option<OwnedFd>> {
        check(&self.envelope, device)
    }
}

impl NotifyTicket {
    /// As for an event.
    pub(crate) fn check(&self, device: &Arc<RawDevice>) -> Result<Option<OwnedFd>> {
        check(&self.envelope, device)
    }
}

fn check(envelope: &Envelope, device: &Arc<RawDevice>) -> Result<Option<OwnedFd>> {
    let own = Identity::own()?;
    let creator = &envelope.creator;
    if creator.boot != own.boot {
        return Err(TicketError::OtherBoot.into());
    }
    if *creator == own {
        return Err(TicketError::OwnProcess.into());
    }
    let here = is_simulated(device);
    if envelope.simulated != here {
        let name = |simulated| if simulated { "the simulator" } else { "hardware" };
        return Err(TicketError::OtherBackend { theirs: name(envelope.simulated), ours: name(here) }.into());
    }
    let soc = device.api().soc().unwrap_or_default();
    if envelope.soc != soc {
        return Err(TicketError::OtherSoc { theirs: envelope.soc.clone(), ours: soc }.into());
    }
    let runtime = device.api().library().version().unwrap_or_default();
    if envelope.runtime != runtime {
        return Err(TicketError::OtherRuntime { theirs: envelope.runtime.clone(), ours: runtime }.into());
    }
    let watch = creator.watch(&own);
    if watch.is_none() && creator.is_alive(&own) == Some(false) {
        return Err(TicketError::CreatorGone { pid: creator.pid }.into());
    }
    Ok(watch)
}
