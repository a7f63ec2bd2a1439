//! Lists a process for a notify of another process. Twin: `allow_notify`.

use ascend_ipc::notify::Opened;
use ascend_ipc::{BarePid, Notify};

fn misuse(notify: &Notify<Opened>, process: BarePid) {
    let _ = notify.allow(process);
}

fn main() {}
