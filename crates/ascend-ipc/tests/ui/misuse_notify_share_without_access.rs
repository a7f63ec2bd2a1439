//! Shares a notify without saying with whom. Twin: `share_notify_once`.

use ascend_ipc::Notify;
use ascend_ipc::notify::Created;

fn misuse(notify: Notify<Created>) {
    let _ = notify.share();
}

fn main() {}
