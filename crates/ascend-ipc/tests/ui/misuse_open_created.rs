//! Opens an event in the process that created it. Twin: `open_ticket`.

use ascend_ipc::event::Created;
use ascend_ipc::{Device, IpcEvent};

fn misuse(event: &IpcEvent<Created>, device: &Device) {
    let _ = event.open(device);
}

fn main() {}
