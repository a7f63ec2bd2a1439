//! Closes, as its exporter does, memory that belongs to another process. Twin: `open_memory`.

use std::time::Duration;

use ascend_ipc::DeviceBuffer;
use ascend_ipc::memory::Opened;

fn misuse(buffer: DeviceBuffer<f32, Opened>) {
    let _ = buffer.close(Duration::from_secs(1));
}

fn main() {}
