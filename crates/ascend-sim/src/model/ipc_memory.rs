//! Device memory shared with other processes, by key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::device::Device;
use super::fault::{Answer, Fault};
use super::memory::{Backing, Region};
use super::peer::{self, Direction};
use super::runtime::runtime;
use super::strict::share;
use super::strict::site::Told;
use crate::shm::arena::page;
use crate::shm::book::{Booked as _, Deed};
use crate::shm::export::{Export, ImportFault, Imported, Key};

/// What this process exports, and what it has imported.
#[derive(Default)]
pub(crate) struct IpcMemory(Mutex<State>);

#[derive(Default)]
struct State {
    /// With the memory, which stays until the key is closed, even if it is freed before (which is the caller's mistake).
    exports: HashMap<Key, (Arc<Export>, Arc<Region>)>,
    /// Addresses by key; a key can be imported more than once.
    imports: HashMap<Key, Vec<usize>>,
}

/// How a report names exported memory.
fn subject(region: &Region) -> String {
    let Backing::Device { device, .. } = region.backing() else { return format!("memory {:#x}", region.address()) };
    format!("memory {:#x} of device {device}", region.address())
}

fn unknown() -> Fault {
    Fault::parameter(
        "the memory key is unknown, or its exporter has closed it or is gone",
        "Export again and send the new key.",
    )
}

impl IpcMemory {
    /// Exports a range of device memory; a restricted key can be imported only by processes listed with `allow`.
    pub(crate) fn export(&self, address: usize, size: u64, restricted: bool) -> Answer<Key> {
        let not_device =
            || Fault::parameter("the memory is not device memory of this process", "Export what aclrtMalloc gave.");
        let region = runtime().memory.find(address).ok_or_else(not_device)?;
        let Backing::Device { block, device, asked } = region.backing() else { return Err(not_device()) };
        let delta = (address - region.address()) as u64;
        if size > block.span() - delta {
            let cause = format!("{size} bytes from {address:#x} run past the end of the allocation");
            return Err(Fault::parameter(cause, "Export a range within one allocation."));
        }
        if !delta.is_multiple_of(page()) {
            let cause = format!("{address:#x} is not on a page of its allocation");
            return Err(Fault::parameter(cause, "Export from the beginning of the allocation."));
        }
        if !size.is_multiple_of(page()) && delta + size != *asked {
            let cause = format!("{size} bytes are neither whole pages nor what was allocated, which is {asked}");
            return Err(Fault::parameter(cause, "Export whole pages of 4 KiB, or the size that was asked for.")
                .with_code(507_899));
        }
        let logical = runtime().device(i32::try_from(*device).unwrap_or(-1))?.logical();
        let export = Export::create(block, delta, size, logical, restricted)
            .map_err(|error| Fault::system(error, "exporting memory"))?;
        share::created(&export);
        share::exported(&export);
        let key = export.key();
        self.lock().exports.insert(key, (Arc::new(export), Arc::clone(&region)));
        Ok(key)
    }

    /// Lists processes that may import a key of this process.
    pub(crate) fn allow(&self, key: &str, pids: &[u32]) -> Answer {
        let key = Key::parse(key).ok_or_else(unknown)?;
        let state = self.lock();
        let (export, _) = state.exports.get(&key).ok_or_else(unknown)?;
        if export.allow(pids) {
            return Ok(());
        }
        Err(Fault::parameter("the key's list of processes is full", "List fewer processes."))
    }

    /// Refuses a key under which this process exports nothing.
    pub(crate) fn require_export(&self, key: &str) -> Answer {
        let key = Key::parse(key).ok_or_else(unknown)?;
        if self.lock().exports.contains_key(&key) { Ok(()) } else { Err(unknown()) }
    }

    /// Maps what another process exported, for a device that must be able to reach the owner's memory.
    pub(crate) fn import(&self, key: &str, user: &Device, enable: bool) -> Answer<usize> {
        let key = Key::parse(key).ok_or_else(unknown)?;
        if key.is_own() && self.lock().exports.contains_key(&key) {
            let cause = "the memory was exported by this very process, which may not import it";
            return Err(Fault::new(
                507_899,
                "EE1001",
                cause,
                "Use the memory itself, or import it in another process.",
            ));
        }
        let imported = Imported::open(key, super::strict::is_on()).map_err(|fault| match fault {
            ImportFault::Unknown => unknown(),
            ImportFault::Refused => {
                let hint = "Let the exporter list this process with aclrtIpcMemSetImportPid.";
                Fault::new(507_899, "EE1001", "the exporter does not allow this process to import the memory", hint)
            }
            ImportFault::System(error) => Fault::system(error, "mapping shared memory"),
        })?;
        // Without the flag the program enables access itself, but where there is no way, there is none to enable.
        if enable {
            peer::connect(user, imported.device(), Direction::One)?;
        } else {
            peer::require(user.logical(), imported.device())?;
        }
        share::opened(&imported);
        let address = runtime().memory.adopt(imported);
        self.lock().imports.entry(key).or_default().push(address);
        Ok(address)
    }

    /// Closes the first import of a key, or else this process's export.
    pub(crate) fn close(&self, key: &str) -> Answer {
        let key = Key::parse(key).ok_or_else(unknown)?;
        let mut state = self.lock();
        if let Some(addresses) = state.imports.get_mut(&key)
            && !addresses.is_empty()
        {
            let address = addresses.remove(0);
            if addresses.is_empty() {
                state.imports.remove(&key);
            }
            drop(state);
            return runtime().memory.free(address, |backing| matches!(backing, Backing::Imported(_)));
        }
        let (export, region) = state.exports.remove(&key).ok_or_else(unknown)?;
        drop(state);
        share::ended(&*export, &subject(&region), "closed");
        Ok(())
    }

    /// Memory that begins at an address was freed: its keys should have been closed before.
    pub(crate) fn freed(&self, address: usize) {
        if super::strict::is_on() {
            let of_address = |(_, region): &&(_, Arc<Region>)| region.address() == address;
            let exports: Vec<_> = self.lock().exports.values().filter(of_address).cloned().collect();
            for (export, region) in exports {
                share::ended(&*export, &subject(&region), "freed"); // without the lock: this reads and writes files
            }
        }
    }

    /// Where the keys that are not closed were exported, as far as that was noted.
    pub(crate) fn exported_at(&self) -> Vec<Option<Told>> {
        let noted = |export: &Export| export.book().and_then(|book| book.read(Deed::Exported)).map(Told::noted);
        self.lock().exports.values().map(|(export, _)| noted(export)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
