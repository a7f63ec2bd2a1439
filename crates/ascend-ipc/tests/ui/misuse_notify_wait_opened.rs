//! Waits for a notify of another process: the runtime lets only its creator wait. Twin: `wait_for_notify`.

use ascend_ipc::notify::Opened;
use ascend_ipc::{Notify, Stream, WaitLimit};

fn misuse(notify: &Notify<Opened>, stream: &Stream) {
    let _ = notify.wait(stream, WaitLimit::NONE);
}

fn main() {}
