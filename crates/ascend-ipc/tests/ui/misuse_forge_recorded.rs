//! Makes up the proof that a record was called. Twin: `wait_opened`.

use ascend_ipc::event::Opened;
use ascend_ipc::{IpcEvent, Recorded, Stream};

fn misuse(event: &IpcEvent<Opened>, stream: &Stream) {
    let recorded = Recorded { event: event.event_id() };
    let _ = event.wait(stream, &recorded);
}

fn main() {}
