//! Uses the event as it was before it was shared. Twin: `share_once`.

use ascend_ipc::IpcEvent;
use ascend_ipc::event::Created;

fn misuse(event: IpcEvent<Created>) {
    let _shared = event.share();
    let _again = event.share();
}

fn main() {}
