//! Looks at memory that a copy is about to write. Twin: `look_after_copy`.

use ascend_ipc::{DeviceBuffer, HostBuffer, Result, Stream};

fn misuse(stream: &Stream, from: &DeviceBuffer, to: &mut HostBuffer) -> Result<u8> {
    let elements = to.elements()?;
    stream.download(from.slice(..1)?, to.slice_mut(..1)?)?;
    Ok(elements[0])
}

fn main() {}
