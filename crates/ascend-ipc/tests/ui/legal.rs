//! What is legal: each function names the misuse of which it is the twin.

use std::time::Duration;

use ascend_ipc::event::{Created, Opened, Shared};
use ascend_ipc::{Device, DeviceBuffer, HostBuffer, IpcEvent, Recorded, Result, Stream, Ticket};

/// Twin of `misuse_share_twice`, `misuse_use_after_share`: once, and the result goes on.
pub fn share_once(event: IpcEvent<Created>) -> Result<(IpcEvent<Shared>, Ticket)> {
    Ok(event.share()?)
}

/// Twin of `misuse_create_with_flags`, `misuse_ordinary_verbs`: no flag but the one, and four verbs.
pub fn create(device: &Device) -> Result<IpcEvent<Created>> {
    IpcEvent::create(device)
}

/// Twin of `misuse_record_created`, `misuse_record_opened`: who shared it records it.
pub fn record_shared(event: &IpcEvent<Shared>, stream: &Stream) -> Result<Recorded> {
    event.record(stream)
}

/// Twin of `misuse_open_created`, `misuse_share_opened`: a ticket is opened, in the other process.
pub fn open_ticket(ticket: &Ticket, device: &Device) -> Result<IpcEvent<Opened>> {
    ticket.open(device)
}

/// Twin of `misuse_wait_created`, `misuse_wait_shared`, `misuse_wait_without_recorded`, `misuse_forge_recorded`: who
/// opened it waits, with the record's proof.
pub fn wait_opened(event: &IpcEvent<Opened>, stream: &Stream, recorded: &Recorded) -> Result<()> {
    event.wait(stream, recorded)
}

/// Twin of `misuse_wait_for_ever`: the host waits until a deadline.
pub fn synchronize(stream: &Stream) -> Result<()> {
    stream.synchronize(Duration::from_secs(1))
}

/// Twin of `misuse_look_while_in_flight`: first the copy, then the look.
pub fn look_after_copy(stream: &Stream, from: &DeviceBuffer, to: &mut HostBuffer) -> Result<u8> {
    stream.download(to, 0, from, 0, 1)?;
    stream.synchronize(Duration::from_secs(1))?;
    Ok(to.bytes()?[0])
}

/// Twin of `misuse_debug_shows_handle`: the bytes are there for whoever asks for them.
pub fn ticket_bytes(ticket: &Ticket) -> Vec<u8> {
    ticket.to_bytes()
}

fn main() {}
