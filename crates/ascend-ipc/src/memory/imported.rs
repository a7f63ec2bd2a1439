//! What this process has imported: each name once, since the runtime closes by name and not by address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::export::Name;
use crate::error::{Error, Result};
use crate::ffi::device::RawDevice;
use crate::ffi::memory::RawMemory;

static IMPORTED: Mutex<BTreeMap<Name, Weak<RawMemory>>> = Mutex::new(BTreeMap::new());

/// The memory under a name: as it is open already, or imported now.
pub(super) fn once(
    name: Name,
    device: &Arc<RawDevice>,
    length: usize,
    import: impl FnOnce(&Name) -> Result<RawMemory>,
) -> Result<Arc<RawMemory>> {
    let mut imported = IMPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    imported.retain(|_, memory| memory.strong_count() > 0);
    if let Some(memory) = imported.get(&name).and_then(Weak::upgrade) {
        if memory.owner().is(device) && memory.length() == length {
            return Ok(memory);
        }
        let what = format!("the memory is open on device {} already; close it there first", memory.owner().id());
        return Err(Error::misuse(what));
    }
    let memory = Arc::new(import(&name)?);
    imported.insert(name, Arc::downgrade(&memory));
    Ok(memory)
}
