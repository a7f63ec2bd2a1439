//! Physical memory of the VMM calls: handles that are counted, and export and import by a 64-bit number.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ascend_sys::abi::{ACL_MEM_LOCATION_TYPE_DEVICE, ACL_MEM_LOCATION_TYPE_HOST, ACL_MEM_LOCATION_TYPE_HOST_NUMA};

use super::fault::{Answer, Fault};
use super::peer::{self, Direction};
use super::profile::Family;
use super::registry::Raw;
use super::runtime::runtime;
use super::strict::share;
use crate::shm::export::ImportFault;
use crate::shm::find::{Id, Whose};
use crate::shm::physical::{Nature, Pages};

/// Physical memory comes in multiples of this, which is what programs are told to use.
pub(crate) const GRANULARITY: u64 = 2 << 20;

/// A block of physical memory; its pages are freed when no handle, no mapping and no importer has it.
pub(crate) struct Physical {
    pages: Pages,
    /// The device, as this process counts them, that lost the memory; none if it is the host's or another process's.
    charged: Option<u32>,
    handle: Mutex<Handle>,
}

/// The handle that stands for the block while it is counted at least once; 0 otherwise.
#[derive(Default)]
struct Handle {
    raw: Raw,
    count: u64,
}

impl Physical {
    /// Its length in bytes, rounded up to whole grains.
    pub(crate) const fn length(&self) -> u64 {
        self.pages.length()
    }

    /// What it consists of.
    pub(crate) const fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Where it is, by the ids of this process; a device that this process does not see keeps the driver's id.
    pub(crate) fn nature(&self) -> Nature {
        let nature = self.pages.nature();
        let device = runtime().user_id(nature.device).unwrap_or(nature.device);
        if nature.location == ACL_MEM_LOCATION_TYPE_DEVICE { Nature { device, ..nature } } else { nature }
    }

    fn lock(&self) -> MutexGuard<'_, Handle> {
        self.handle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Physical {
    fn drop(&mut self) {
        if self.pages.id().creator() == std::process::id() {
            share::ended(&self.pages, &format!("physical memory {:016x}", self.pages.id().0), "freed");
        }
        if let Some(device) = self.charged {
            runtime().memory.give_back(device, self.pages.length());
        }
    }
}

/// Allocates memory at a place that is given by ids of this process.
pub(crate) fn allocate(size: u64, nature: Nature) -> Answer<Raw> {
    let short = || {
        let cause = format!("there are no {size} bytes of physical memory left");
        Fault::new(207_001, "EE1013", cause, "Free what is not needed, or allocate less.")
    };
    let length = size.checked_next_multiple_of(GRANULARITY).ok_or_else(short)?;
    let (nature, charged) = match nature.location {
        ACL_MEM_LOCATION_TYPE_DEVICE => {
            let device = runtime().device(i32::try_from(nature.device).unwrap_or(-1))?;
            (Nature { device: device.logical(), ..nature }, Some(nature.device))
        }
        ACL_MEM_LOCATION_TYPE_HOST | ACL_MEM_LOCATION_TYPE_HOST_NUMA => (nature, None),
        other => {
            let cause = format!("{other} is no place for physical memory");
            return Err(Fault::parameter(cause, "Place it on a device or on the host."));
        }
    };
    if let Some(device) = charged {
        runtime().memory.charge(device, length)?;
    }
    match Pages::create(length, nature) {
        Ok(pages) => {
            share::created(&pages);
            Ok(retain(&Arc::new(Physical { pages, charged, handle: Mutex::default() })))
        }
        Err(error) => {
            if let Some(device) = charged {
                runtime().memory.give_back(device, length);
            }
            Err(Fault::system(error, "allocating physical memory"))
        }
    }
}

/// The block behind a handle.
pub(crate) fn find(raw: Raw) -> Answer<Arc<Physical>> {
    runtime().physical.get(raw).ok_or_else(|| Fault::handle("physical memory"))
}

/// Counts a block's handle up, and answers with it.
pub(crate) fn retain(physical: &Arc<Physical>) -> Raw {
    let mut handle = physical.lock();
    if handle.count == 0 {
        handle.raw = runtime().physical.insert(Arc::clone(physical));
    }
    handle.count += 1;
    handle.raw
}

/// Counts a block's handle down; at 0 it names nothing any more.
pub(crate) fn release(raw: Raw) -> Answer {
    let physical = find(raw)?;
    let mut handle = physical.lock();
    if handle.count == 0 || handle.raw != raw {
        return Err(Fault::handle("physical memory"));
    }
    handle.count -= 1;
    if handle.count == 0 {
        handle.raw = 0;
        runtime().physical.remove(raw);
    }
    Ok(())
}

/// Exports a block; a restricted one can be imported only by processes that are listed with [`allow`].
pub(crate) fn export(raw: Raw, restricted: bool) -> Answer<u64> {
    let physical = find(raw)?;
    let number = physical.pages.export(restricted).map(|id| id.0).ok_or_else(|| {
        let cause = "the physical memory is exported already; the driver exports it once";
        Fault::new(507_899, "EE1001", cause, "Keep the number of the first export, and send it to every importer.")
    })?;
    share::exported(&physical.pages);
    Ok(number)
}

/// No number of an export; the driver of a 950 says it in another way, as for events.
fn unknown() -> Fault {
    let fault = Fault::handle("shareable");
    if runtime().profile.family() == Family::A5 { fault.with_code(507_899) } else { fault }
}

/// What this process exports under a number.
fn own(number: u64) -> Answer<Option<Arc<Physical>>> {
    if Id(number).creator() != std::process::id() {
        return Ok(None);
    }
    let is_it = |physical: &Physical| physical.pages.id() == Id(number) && physical.pages.is_exported();
    if let Some(found) = runtime().physical.all(is_it).pop() {
        return Ok(Some(found));
    }
    // Its handle may be gone, and a mapping have it still.
    runtime().memory.mapped(is_it).map(Some).ok_or_else(unknown)
}

/// Lists processes that may import what this process exports.
pub(crate) fn allow(number: u64, pids: &[u32]) -> Answer {
    let Some(physical) = own(number)? else {
        if !Pages::exists(Id(number)) {
            return Err(unknown());
        }
        let cause = "the memory belongs to another process, which alone may say who imports it";
        return Err(Fault::new(207_006, "EE1001", cause, "Let the exporting process list the importers."));
    };
    let importers = physical.pages.importers().ok_or_else(unknown)?;
    if !importers.is_restricted() {
        let cause = "the memory was exported without a check of processes, so there is nothing to list";
        return Err(Fault::new(207_006, "EE1001", cause, "Export with flags 0, or list nobody."));
    }
    if importers.list(pids) {
        return Ok(());
    }
    Err(Fault::parameter("the list of processes is full", "List at most 65535 processes."))
}

/// Imports what another process exports, for use by a device, which can reach the owner's device from then on.
pub(crate) fn import(number: u64, device: i32) -> Answer<Raw> {
    let user = runtime().device(device)?;
    if own(number)?.is_some() {
        let cause = "the memory was exported by this very process, which may not import it";
        return Err(Fault::new(507_899, "EE1001", cause, "Use the memory itself, or import it in another process."));
    }
    // On A2 and A3 what has importers can be imported by others, too, even if its exporter has freed it, as for events.
    let whose = if runtime().profile.family() == Family::A2A3 { Whose::Anybodys } else { Whose::Creators };
    let pages = Pages::open(Id(number), whose).map_err(|fault| match fault {
        ImportFault::Unknown => unknown(),
        ImportFault::Refused => {
            let hint = "Let the exporter list this process with aclrtMemSetPidToShareableHandle.";
            Fault::new(507_899, "EE1001", "the exporter does not allow this process to import the memory", hint)
        }
        ImportFault::System(error) => Fault::system(error, "opening shared memory"),
    })?;
    share::opened(&pages);
    let physical = Arc::new(Physical { pages, charged: None, handle: Mutex::default() });
    let owner = physical.pages.nature();
    if owner.location == ACL_MEM_LOCATION_TYPE_DEVICE {
        peer::connect(user, owner.device, Direction::One)?;
    }
    Ok(retain(&physical))
}
