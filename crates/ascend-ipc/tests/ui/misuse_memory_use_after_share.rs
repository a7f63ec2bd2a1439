//! Uses the buffer as it was before it was shared. Twin: `share_memory_once`.

use ascend_ipc::DeviceBuffer;
use ascend_ipc::Access;

fn misuse(buffer: DeviceBuffer<f32>) {
    let _shared = buffer.share(Access::AnyProcess);
    let _again = buffer.share(Access::AnyProcess);
}

fn main() {}
