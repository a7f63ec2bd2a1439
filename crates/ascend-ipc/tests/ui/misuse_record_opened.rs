//! Records an event of another process: with two recorders the runtime gives wrong answers. Twin: `record_shared`.

use ascend_ipc::event::Opened;
use ascend_ipc::{IpcEvent, Stream};

fn misuse(event: &IpcEvent<Opened>, stream: &Stream) {
    let _ = event.record(stream);
}

fn main() {}
