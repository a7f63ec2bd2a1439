//! Shares memory that is shared. Twin: `share_memory_once`.

use ascend_ipc::DeviceBuffer;
use ascend_ipc::Access;
use ascend_ipc::memory::Shared;

fn misuse(buffer: DeviceBuffer<f32, Shared>) {
    let _ = buffer.share(Access::AnyProcess);
}

fn main() {}
