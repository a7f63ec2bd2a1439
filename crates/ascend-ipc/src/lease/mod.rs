//! Leases: who holds what this process shares, so that nothing is pulled from under anybody.
//!
//! A ticket that goes through a [`Channel`](crate::Channel) takes one end of a socket pair along, which the kernel closes
//! when whoever holds it dies. Opening says so on it, dropping returns it, and the other end tells the exporter. Tickets
//! that travel otherwise (text, files, other serializers) carry no lease.

mod borrowed;
mod keeper;
mod lender;
mod loan;

pub(crate) use borrowed::Borrowed;
pub use lender::Leases;
pub(crate) use lender::Lender;
pub(crate) use loan::{Lent, Loan};

/// What a holder says when it has opened; its process id follows.
const OPENED: u8 = b'o';
/// What a holder says when it is done.
const RETURNED: u8 = b'r';
