//! Lets a stream wait without saying how long. Twin: `wait_for_notify`.

use ascend_ipc::notify::Shared;
use ascend_ipc::{Notify, Stream};

fn misuse(notify: &Notify<Shared>, stream: &Stream) {
    let _ = notify.wait(stream);
}

fn main() {}
