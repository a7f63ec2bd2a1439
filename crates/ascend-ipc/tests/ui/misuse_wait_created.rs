//! Waits for an event that nobody can record. Twin: `wait_opened`.

use ascend_ipc::event::Created;
use ascend_ipc::{IpcEvent, Recorded, Stream};

fn misuse(event: &IpcEvent<Created>, stream: &Stream, recorded: &Recorded) {
    let _ = event.wait(stream, recorded);
}

fn main() {}
