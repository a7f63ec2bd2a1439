//! Uses memory that was closed. Twin: `close_memory`.

use std::time::Duration;

use ascend_ipc::DeviceBuffer;
use ascend_ipc::memory::Shared;

fn misuse(mut buffer: DeviceBuffer<f32, Shared>) {
    let _closed = buffer.close(Duration::from_secs(1));
    let _ = buffer.write(0, &[1.0]);
}

fn main() {}
