//! Uses verbs of ordinary events, which the runtime refuses for IPC events. Twin: `create`.

use ascend_ipc::event::Shared;
use ascend_ipc::{IpcEvent, Stream};

fn misuse(event: &IpcEvent<Shared>, stream: &Stream) {
    event.reset(stream);
    event.elapsed(event);
    event.timestamp();
    event.id();
}

fn main() {}
