//! Shares memory that belongs to another process. Twin: `open_memory`.

use ascend_ipc::DeviceBuffer;
use ascend_ipc::Access;
use ascend_ipc::memory::Opened;

fn misuse(buffer: DeviceBuffer<f32, Opened>) {
    let _ = buffer.share(Access::AnyProcess);
}

fn main() {}
