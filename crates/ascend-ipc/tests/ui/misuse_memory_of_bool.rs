//! Allocates memory of a type for which most bytes are no value. Twin: `plain_data`.

use ascend_ipc::Device;

fn misuse(device: &Device) {
    let _ = device.allocate::<bool>(16);
}

fn main() {}
