//! Shares memory without saying with whom. Twin: `share_memory_once`.

use ascend_ipc::DeviceBuffer;

fn misuse(buffer: DeviceBuffer<f32>) {
    let _ = buffer.share();
}

fn main() {}
