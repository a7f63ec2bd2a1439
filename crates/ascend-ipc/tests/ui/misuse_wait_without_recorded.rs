//! Waits without the proof that the record was called: it would pass silently. Twin: `wait_opened`.

use ascend_ipc::event::Opened;
use ascend_ipc::{IpcEvent, Stream};

fn misuse(event: &IpcEvent<Opened>, stream: &Stream) {
    let _ = event.wait(stream);
}

fn main() {}
