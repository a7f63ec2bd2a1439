//! Copies from and to ranges of one buffer that may overlap. Twin: `copy_within`.

use ascend_ipc::{DeviceBuffer, Result, Stream};

fn misuse(stream: &Stream, buffer: &mut DeviceBuffer<f32>) -> Result<()> {
    stream.copy(buffer.slice(..8)?, buffer.slice_mut(4..12)?)
}

fn main() {}
