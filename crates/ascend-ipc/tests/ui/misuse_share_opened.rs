//! Shares an event that belongs to another process. Twin: `open_ticket`.

use ascend_ipc::IpcEvent;
use ascend_ipc::event::Opened;

fn misuse(event: IpcEvent<Opened>) {
    let _ = event.share();
}

fn main() {}
