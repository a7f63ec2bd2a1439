//! Records a notify in the process that created it and waits for it. Twin: `record_notify`.

use ascend_ipc::notify::Shared;
use ascend_ipc::{Notify, Stream};

fn misuse(notify: &Notify<Shared>, stream: &Stream) {
    let _ = notify.record(stream);
}

fn main() {}
