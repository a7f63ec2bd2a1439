//! Opens memory of references, which would come from another process. Twin: `plain_data`.

use ascend_ipc::{Device, MemoryTicket};

fn misuse(ticket: &MemoryTicket, device: &Device) {
    let _ = ticket.open::<&'static str>(device);
}

fn main() {}
