//! The lease that a ticket carries: lent by its maker when it is sent, held by who received it.

use std::os::fd::AsFd;
use std::sync::Arc;

use crate::channel::passenger;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::fork;
use crate::lease::{Borrowed, Lender};
use crate::poller::Peer;

/// Says, behind an envelope in a message of our channel, whether a lease came along.
const WITH: u8 = 1;
const WITHOUT: u8 = 0;

/// A ticket's lease.
#[derive(Clone)]
pub(crate) enum Lease {
    /// It came as text, or otherwise not through a channel, or was passed on.
    None,
    /// This process made the ticket, and lends.
    Lends(Arc<Lender>),
    /// It came through a channel; held until the last clone and everything opened with it are gone.
    Holds(Arc<Borrowed>),
}

impl Lease {
    pub(crate) fn of(lender: &Arc<Lender>) -> Self {
        Self::Lends(Arc::clone(lender))
    }

    /// The object is open here.
    pub(crate) fn open(&self) -> Option<Arc<Borrowed>> {
        match self {
            Self::Holds(lease) => {
                lease.open();
                Some(Arc::clone(lease))
            }
            Self::None | Self::Lends(_) => None,
        }
    }

    /// A descriptor that becomes readable when the exporter is gone.
    pub(crate) fn watch(&self) -> Option<Peer> {
        match self {
            Self::Holds(lease) => lease.as_fd().try_clone_to_owned().ok().map(Arc::new),
            Self::None | Self::Lends(_) => None,
        }
    }

    /// Lends, if a channel of ours is encoding, and says so behind the envelope.
    pub(super) fn mark(&self, mut envelope: Vec<u8>) -> Result<Vec<u8>> {
        if passenger::is_travelling() {
            let mark = match self {
                Self::Lends(lender) => {
                    fork::refuse()?; // the lease would come back to the parent, if the lock is free at all
                    passenger::board(lender.lend()?);
                    WITH
                }
                // Passed on: the lease stays with who received it, who answers for the time that others take.
                Self::None | Self::Holds(_) => WITHOUT,
            };
            envelope.push(mark);
        }
        Ok(envelope)
    }

    /// Takes the mark off the envelope, and the lease that came along.
    pub(super) fn take(envelope: &mut Vec<u8>) -> Result<Self> {
        if !passenger::is_travelling() {
            return Ok(Self::None);
        }
        let missing = || Error::new(ErrorKind::Protocol, "a ticket came without the lease that it announces");
        match envelope.pop() {
            Some(WITHOUT) => Ok(Self::None),
            Some(WITH) => passenger::alight().map(|far| Self::Holds(Arc::new(Borrowed::new(far)))).ok_or_else(missing),
            _ => Err(Error::new(ErrorKind::Protocol, "what came is no ticket of a channel")),
        }
    }
}
