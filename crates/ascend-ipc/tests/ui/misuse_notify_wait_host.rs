//! Blocks the host until a notify is recorded: there is no such call. Twin: `wait_for_notify_on_host`.

use std::time::Duration;

use ascend_ipc::Notify;
use ascend_ipc::notify::Shared;

fn misuse(notify: &Notify<Shared>) {
    let _ = notify.wait_host(Duration::from_secs(1));
}

fn main() {}
