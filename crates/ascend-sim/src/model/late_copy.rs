//! Copies whose addresses a stream reads from memory when it comes to them.

use std::sync::Arc;

use super::fault::{Answer, Fault};
use super::memory::Region;
use super::runtime::runtime;
use super::task::Halt;
use crate::shm::transfer::{LateCopy, Resolved, Transfer};

/// The regions of a copy's destination and source, as far as they are known.
type Touched = [Option<Arc<Region>>; 2];

/// A late copy in a stream, with the memory that it reads its addresses from.
pub(crate) struct Queued {
    copy: LateCopy,
    _read: Touched,
}

impl Queued {
    /// Queues a copy that reads its addresses from these regions.
    pub(crate) const fn new(copy: LateCopy, read: Touched) -> Self {
        Self { copy, _read: read }
    }

    /// Reads the addresses and copies. What then lies outside of known memory fails, as a device's access to it would.
    pub(crate) fn run(&self) -> Result<(), Halt> {
        let (transfer, touched) = check(self.copy).map_err(Halt::Failed)?;
        if touched.iter().any(Option::is_none) {
            let cause = "an address that a copy read from memory is in no allocation";
            return Err(Halt::Failed(Fault::new(
                507_899,
                "EE1019",
                cause,
                "Write the addresses before the copy runs.",
            )));
        }
        transfer.run();
        Ok(())
    }
}

/// Reads the addresses, and checks them as those of any copy.
pub(crate) fn check(copy: LateCopy) -> Answer<(Transfer, Touched)> {
    let resolved = copy.resolve().ok_or_else(|| {
        Fault::parameter("the memory holds no descriptor of a copy", "Fill it in with aclrtSetMemcpyDesc first.")
    })?;
    Ok((resolved.transfer(), touched(resolved)?))
}

fn touched(resolved: Resolved) -> Answer<Touched> {
    let (destination, source, length) = resolved.parts();
    if destination < 4096 || source < 4096 {
        return Err(Fault::parameter("an address of the copy is null", "Write the addresses before the copy runs."));
    }
    let memory = &runtime().memory;
    Ok([memory.check(destination, length, "dst")?, memory.check(source, length, "src")?])
}
