//! Uses the value that was shared: `share` consumes it. Twin: `share_notify_once`.

use ascend_ipc::notify::Created;
use ascend_ipc::{Access, Notify, Stream, WaitLimit};

fn misuse(notify: Notify<Created>, stream: &Stream) {
    let _ = notify.share(Access::AnyProcess);
    let _ = notify.wait(stream, WaitLimit::NONE);
}

fn main() {}
