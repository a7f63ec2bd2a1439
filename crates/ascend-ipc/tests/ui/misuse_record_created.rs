//! Records an event that nobody can open yet. Twin: `record_shared`.

use ascend_ipc::event::Created;
use ascend_ipc::{IpcEvent, Stream};

fn misuse(event: &IpcEvent<Created>, stream: &Stream) {
    let _ = event.record(stream);
}

fn main() {}
