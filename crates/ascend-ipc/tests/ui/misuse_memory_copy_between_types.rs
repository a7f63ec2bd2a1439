//! Copies numbers of one type to where numbers of another are. Twin: `copy_within`.

use ascend_ipc::{DeviceBuffer, Result, Stream};

fn misuse(stream: &Stream, from: &DeviceBuffer<f32>, to: &mut DeviceBuffer<i32>) -> Result<()> {
    stream.copy(from.slice(..)?, to.slice_mut(..)?)
}

fn main() {}
