//! Reserved addresses, what is mapped to them, and who may access it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fault::{Answer, Fault};
use super::memory::{Backing, Region};
use super::physical::Physical;
use super::runtime::runtime;
use crate::shm::reservation::{Placed, Reservation};

/// The reservations of this process.
#[derive(Default)]
pub(crate) struct AddressSpace(Mutex<BTreeMap<usize, Arc<Reservation>>>);

/// A place that accesses memory: its kind and its id there, as programs state them.
pub(crate) type Accessor = (u32, u32);

/// Physical memory at an address.
pub(crate) struct Mapped {
    _placed: Placed,
    physical: Arc<Physical>,
    access: Mutex<BTreeMap<Accessor, u32>>,
}

impl Mapped {
    /// The memory.
    pub(crate) const fn physical(&self) -> &Arc<Physical> {
        &self.physical
    }

    fn access(&self) -> MutexGuard<'_, BTreeMap<Accessor, u32>> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const STAY: &str = "Stay within what aclrtReserveMemAddress gave.";

impl AddressSpace {
    /// Reserves addresses, at a wished one if it is free.
    pub(crate) fn reserve(&self, size: usize, wish: usize) -> Answer<usize> {
        let reservation = Reservation::new(size, wish).map_err(|error| Fault::system(error, "reserving addresses"))?;
        let address = reservation.address();
        self.lock().insert(address, Arc::new(reservation));
        Ok(address)
    }

    /// Gives reserved addresses back; nothing may be mapped to them.
    pub(crate) fn release(&self, address: usize) -> Answer {
        let mut reservations = self.lock();
        let Some(reservation) = reservations.get(&address) else {
            let cause = format!("{address:#x} is not the beginning of a reservation");
            return Err(Fault::parameter(cause, "Release what aclrtReserveMemAddress gave, once."));
        };
        if runtime().memory.is_occupied(address, reservation.length()) {
            let cause = format!("memory is still mapped to the reservation at {address:#x}");
            return Err(Fault::parameter(cause, "Unmap it first."));
        }
        reservations.remove(&address);
        Ok(())
    }

    /// Maps physical memory to reserved addresses, accessible to its own device or to nobody.
    pub(crate) fn map(&self, address: usize, size: usize, physical: Arc<Physical>, access: u32) -> Answer {
        if size as u64 > physical.length() {
            let cause = format!("{size} bytes are to be mapped, but the physical memory has {}", physical.length());
            return Err(Fault::parameter(cause, "Map at most what was allocated."));
        }
        let reservations = self.lock(); // until it is mapped: two calls cannot both find the addresses free
        let found = reservations.range(..=address).next_back().map(|(_, reservation)| reservation);
        let outside = || Fault::parameter(format!("{size} bytes at {address:#x} are not reserved"), STAY);
        let reservation = found.filter(|reservation| reservation.holds(address, size)).ok_or_else(outside)?;
        if runtime().memory.is_occupied(address, size) {
            let cause = format!("memory is mapped to {size} bytes at {address:#x} already");
            return Err(Fault::parameter(cause, "Unmap it first, or map elsewhere."));
        }
        let placed = reservation.place(address, size, physical.pages().content());
        let placed = placed.map_err(|error| Fault::system(error, "mapping physical memory"))?;
        let placed = placed.ok_or_else(|| Fault::parameter(format!("{address:#x} is not on a page"), STAY))?;
        let nature = physical.nature();
        let access = Mutex::new(BTreeMap::from([((nature.location, nature.device), access)]));
        runtime().memory.adopt_mapped(address, size as u64, Mapped { _placed: placed, physical, access });
        Ok(())
    }

    /// Ends what `map` began; tasks that still use the memory are safe.
    pub(crate) fn unmap(&self, address: usize) -> Answer {
        runtime().memory.free(address, |backing| matches!(backing, Backing::Mapped(_)))
    }

    /// Whether an address is reserved.
    pub(crate) fn holds(&self, address: usize) -> bool {
        self.lock().range(..=address).next_back().is_some_and(|(_, reservation)| reservation.holds(address, 1))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, Arc<Reservation>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_mapped(address: usize) -> Fault {
    Fault::parameter(format!("no physical memory is mapped to {address:#x}"), "Map some with aclrtMapMem first.")
}

/// The region of mapped memory that holds an address.
fn region(address: usize) -> Answer<Arc<Region>> {
    let region = runtime().memory.find(address);
    region.filter(|region| matches!(region.backing(), Backing::Mapped(_))).ok_or_else(|| not_mapped(address))
}

/// What is mapped to an address.
pub(crate) fn physical_at(address: usize) -> Answer<Arc<Physical>> {
    match region(address)?.backing() {
        Backing::Mapped(mapped) => Ok(Arc::clone(mapped.physical())),
        _ => Err(not_mapped(address)),
    }
}

/// Sets what places may do with a range; memory is mapped to all of it.
pub(crate) fn set_access(address: usize, size: usize, rights: &[(Accessor, u32)]) -> Answer {
    let end = address.checked_add(size).ok_or_else(|| not_mapped(address))?;
    let (mut regions, mut at) = (Vec::new(), address);
    while at < end {
        let region = region(at)?;
        at = usize::try_from(region.length()).map_or(end, |length| region.address().saturating_add(length));
        regions.push(region);
    }
    for region in regions {
        if let Backing::Mapped(mapped) = region.backing() {
            mapped.access().extend(rights.iter().copied());
        }
    }
    Ok(())
}

/// What a place may do with the memory at an address.
pub(crate) fn access(address: usize, accessor: Accessor) -> Answer<u32> {
    match region(address)?.backing() {
        Backing::Mapped(mapped) => Ok(mapped.access().get(&accessor).copied().unwrap_or(0)),
        _ => Err(not_mapped(address)),
    }
}
