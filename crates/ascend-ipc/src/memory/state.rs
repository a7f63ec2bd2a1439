//! How far device memory has come in this process, and which verbs that allows.
//!
//! The trait exists for the sentence that the compiler says when a verb is used in the wrong state; nobody implements or
//! names it.

use super::export::Export;
use crate::lease::Loan;

/// Allocated, and not shared: it can be [`share`](super::DeviceBuffer::share)d.
#[derive(Debug)]
pub struct Allocated(pub(super) ());

/// Shared: it stays until those who opened it are done.
pub struct Shared {
    pub(super) loan: Loan<Export>,
}

/// Opened from a ticket: the memory is another process's.
#[derive(Debug)]
pub struct Opened(pub(super) ());

mod sealed {
    pub trait State {}
    impl State for super::Allocated {}
    impl State for super::Shared {}
    impl State for super::Opened {}
}

/// States in which memory can be shared.
#[diagnostic::on_unimplemented(
    message = "memory that is `{Self}` cannot be shared",
    label = "only memory that is `Allocated` is shared, and only once",
    note = "a ticket can be opened by any number of processes: send the one that `share` gave, and `allow` those processes",
    note = "memory that was opened from a ticket belongs to the process that allocated it"
)]
pub trait Shares: sealed::State {}
impl Shares for Allocated {}
