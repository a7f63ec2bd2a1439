//! Lists who may open memory that is not shared. Twin: `allow_shared`.

use ascend_ipc::{BarePid, DeviceBuffer};

fn misuse(buffer: &DeviceBuffer<f32>, peer: BarePid) {
    let _ = buffer.allow(peer);
}

fn main() {}
