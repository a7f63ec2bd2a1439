//! Shares a notify that is shared: the runtime exports it once. Twin: `share_notify_once`.

use ascend_ipc::notify::Shared;
use ascend_ipc::{Access, Notify};

fn misuse(notify: Notify<Shared>) {
    let _ = notify.share(Access::AnyProcess);
}

fn main() {}
