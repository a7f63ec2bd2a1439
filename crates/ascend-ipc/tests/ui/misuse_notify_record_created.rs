//! Records a notify in the process that created it, before sharing it. Twin: `record_notify`.

use ascend_ipc::notify::Created;
use ascend_ipc::{Notify, Stream};

fn misuse(notify: &Notify<Created>, stream: &Stream) {
    let _ = notify.record(stream);
}

fn main() {}
