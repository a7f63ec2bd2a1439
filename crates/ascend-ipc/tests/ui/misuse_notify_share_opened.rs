//! Shares a notify that belongs to another process. Twin: `share_notify_once`.

use ascend_ipc::notify::Opened;
use ascend_ipc::{Access, Notify};

fn misuse(notify: Notify<Opened>) {
    let _ = notify.share(Access::AnyProcess);
}

fn main() {}
