//! Shares an event that is shared: send the same ticket again instead. Twin: `share_once`.

use ascend_ipc::IpcEvent;
use ascend_ipc::event::Shared;

fn misuse(event: IpcEvent<Shared>) {
    let _ = event.share();
}

fn main() {}
