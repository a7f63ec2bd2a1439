//! Lists a pid as the process itself sees it, which in a container is another one. Twin: `allow_shared`.

use ascend_ipc::DeviceBuffer;
use ascend_ipc::memory::Shared;

fn misuse(buffer: &DeviceBuffer<f32, Shared>) {
    let _ = buffer.allow(std::process::id());
}

fn main() {}
