//! Looks at pinned memory that is being changed. Twin: `change_then_look`.

use ascend_ipc::{HostBuffer, Result};

fn misuse(host: &mut HostBuffer<f32>) -> Result<f32> {
    let elements = host.elements()?;
    host.elements_mut()?[0] = 1.0;
    Ok(elements[0])
}

fn main() {}
