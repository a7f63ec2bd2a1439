//! Prints a ticket, which is a capability. Twin: `ticket_bytes`.

use ascend_ipc::Ticket;

fn misuse(ticket: &Ticket) {
    let _ = format!("{ticket}");
}

fn main() {}
