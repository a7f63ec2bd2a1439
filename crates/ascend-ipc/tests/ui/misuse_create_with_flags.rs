//! Adds flags to an IPC event, which has to stand alone. Twin: `create`.

use ascend_ipc::{Device, IpcEvent};

fn misuse(device: &Device) {
    let _ = IpcEvent::create(device, 0x48);
}

fn main() {}
