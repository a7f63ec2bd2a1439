//! Opens a notify in the process that created it. Twin: `open_notify`.

use ascend_ipc::notify::Created;
use ascend_ipc::{Device, Notify};

fn misuse(notify: &Notify<Created>, device: &Device) {
    let _ = notify.open(device);
}

fn main() {}
