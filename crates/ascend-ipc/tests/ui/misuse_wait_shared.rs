//! Waits, on the device, for an event that this very process records. Twin: `wait_opened`.

use ascend_ipc::event::Shared;
use ascend_ipc::{IpcEvent, Recorded, Stream};

fn misuse(event: &IpcEvent<Shared>, stream: &Stream, recorded: &Recorded) {
    let _ = event.wait(stream, recorded);
}

fn main() {}
