//! Looks at memory that a copy is about to write. Twin: `look_after_copy`.

use ascend_ipc::{DeviceBuffer, HostBuffer, Result, Stream};

fn misuse(stream: &Stream, from: &DeviceBuffer, to: &mut HostBuffer) -> Result<u8> {
    let bytes = to.bytes()?;
    stream.download(to, 0, from, 0, 1)?;
    Ok(bytes[0])
}

fn main() {}
