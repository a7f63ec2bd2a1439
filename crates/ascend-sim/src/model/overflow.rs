//! Where contexts would tell of overflows: device memory that nothing here writes to.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::context::Context;
use super::fault::Answer;
use super::memory::Backing;
use super::registry::Raw;
use super::runtime::runtime;

/// Bytes of it: invented.
const SIZE: u64 = 512;

/// By context, for those that asked.
static ADDRESSES: Mutex<BTreeMap<Raw, usize>> = Mutex::new(BTreeMap::new());

/// Whether memory at an address was allocated here, and so is not the program's to free.
pub(crate) fn is_ours(address: usize) -> bool {
    ADDRESSES.lock().unwrap_or_else(PoisonError::into_inner).values().any(|ours| *ours == address)
}

/// The address of a context's; the memory goes some time after its context.
pub(crate) fn address(context: &Context) -> Answer<usize> {
    let mut addresses = ADDRESSES.lock().unwrap_or_else(PoisonError::into_inner);
    addresses.retain(|context, address| {
        let lives = runtime().contexts.get(*context).is_some();
        if !lives {
            // A program that has freed it by mistake has nothing left to free.
            let _ = runtime().memory.free(*address, |backing| matches!(backing, Backing::Device { .. }));
        }
        lives
    });
    if let Some(address) = addresses.get(&context.raw()) {
        return Ok(*address);
    }
    let address = runtime().memory.allocate(context.device(), SIZE, false)?;
    addresses.insert(context.raw(), address);
    Ok(address)
}
