//! Memory that the runtime knows: device memory, pinned host memory, memory imported from other processes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::address_space::Mapped;
use super::fault::{Answer, Fault};
use super::managed::Uses;
use super::memory_pool::{Pool, Share};
use super::physical::Physical;
use super::profile::{Family, Profile};
use super::runtime::runtime;
use super::strict::ledger;
use crate::shm::arena::{Arena, Block};
use crate::shm::export::Imported;

/// What a region is made of.
pub(crate) enum Backing {
    /// Allocated on a device, as this process counts them; so many bytes were asked for.
    Device { block: Block, device: u32, asked: u64 },
    /// Pinned memory of the host; freed with the region.
    Host { _block: Block },
    /// Memory of the program that was registered; `mapped` if a device may access it.
    Registered { mapped: bool },
    /// Exported by another process.
    Imported(Imported),
    /// Allocated from a pool; the pool has its share back when the region goes.
    Pooled { _block: Block, pool: Arc<Pool>, _share: Share },
    /// Physical memory, mapped to reserved addresses.
    Mapped(Mapped),
    /// A piece of several that are mapped side by side; only ever in a task.
    Joined { _pieces: Vec<Arc<Region>> },
    /// Shared by host and devices; counts for no device.
    Managed { _block: Block, uses: Uses },
}

/// An allocation; it stays mapped while a task uses it, even if it was freed meanwhile.
pub(crate) struct Region {
    address: usize,
    length: u64,
    backing: Backing,
}

impl Region {
    /// Its first address.
    pub(crate) const fn address(&self) -> usize {
        self.address
    }

    /// Its length in bytes.
    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// What it is made of.
    pub(crate) const fn backing(&self) -> &Backing {
        &self.backing
    }
}

/// One device's memory.
#[derive(Default)]
struct DeviceMemory {
    arena: Arena,
    used: AtomicU64,
    peak: AtomicU64,
}

/// All regions of this process.
pub(crate) struct Memory {
    devices: Vec<DeviceMemory>,
    capacity: u64,
    pads: bool,
    host: Arena,
    regions: RwLock<BTreeMap<usize, Arc<Region>>>,
}

/// What sizes are multiples of, and how many bytes the real allocator adds to most requests besides.
const PADDING: u64 = 32;

impl Memory {
    /// Empty memory of a machine.
    pub(crate) fn new(profile: &Profile) -> Self {
        let devices = (0..profile.count()).map(|_| DeviceMemory::default()).collect();
        let pads = profile.family() != Family::A5;
        Self { devices, capacity: profile.memory, pads, host: Arena::default(), regions: RwLock::default() }
    }

    /// Allocates on a device; `padded` if the real allocator adds some bytes, which no 950 does.
    pub(crate) fn allocate(&self, device: u32, size: u64, padded: bool) -> Answer<usize> {
        let padding = if padded && self.pads { PADDING } else { 0 };
        let length = size.checked_next_multiple_of(PADDING).and_then(|size| size.checked_add(padding));
        let length = length.ok_or_else(|| short(device, size))?;
        self.charge(device, length)?;
        let block = self.devices.get(device as usize).map(|memory| memory.arena.allocate(length));
        let Some(Ok(block)) = block else {
            self.give_back(device, length);
            return Err(short(device, size));
        };
        Ok(self.insert(block.address(), length, Backing::Device { block, device, asked: size }))
    }

    /// Allocates from a pool.
    pub(crate) fn allocate_pooled(&self, pool: &Arc<Pool>, size: u64) -> Answer<usize> {
        let no_room = || short(pool.device(), size);
        let length = size.checked_next_multiple_of(PADDING).ok_or_else(no_room)?;
        let share = pool.take(length)?;
        let memory = self.devices.get(pool.device() as usize).ok_or_else(no_room)?;
        let block = memory.arena.allocate(length).map_err(|_| no_room())?;
        let address = block.address();
        Ok(self.insert(address, length, Backing::Pooled { _block: block, pool: Arc::clone(pool), _share: share }))
    }

    /// Takes bytes out of what a device has left.
    pub(crate) fn charge(&self, device: u32, length: u64) -> Answer {
        let memory = self.devices.get(device as usize).ok_or_else(|| short(device, length))?;
        let used = memory.used.fetch_add(length, Ordering::Relaxed);
        if let Some(total) = used.checked_add(length).filter(|total| *total <= self.capacity) {
            memory.peak.fetch_max(total, Ordering::Relaxed);
            return Ok(());
        }
        memory.used.fetch_sub(length, Ordering::Relaxed);
        Err(short(device, length))
    }

    /// Returns what was charged to a device.
    pub(crate) fn give_back(&self, device: u32, length: u64) {
        if let Some(memory) = self.devices.get(device as usize) {
            memory.used.fetch_sub(length, Ordering::Relaxed);
        }
    }

    /// Allocates pinned memory of the host.
    pub(crate) fn allocate_host(&self, size: u64) -> Answer<usize> {
        let block = self.host.allocate(size).map_err(|error| Fault::system(error, "allocating pinned memory"))?;
        Ok(self.insert(block.address(), size, Backing::Host { _block: block }))
    }

    /// Allocates managed memory.
    pub(crate) fn allocate_managed(&self, size: u64) -> Answer<usize> {
        let block = self.host.allocate(size).map_err(|error| Fault::system(error, "allocating managed memory"))?;
        let (address, uses) = (block.address(), Uses::new(block.address()));
        Ok(self.insert(address, size, Backing::Managed { _block: block, uses }))
    }

    /// Adds memory that was imported.
    pub(crate) fn adopt(&self, imported: Imported) -> usize {
        self.insert(imported.address(), imported.length(), Backing::Imported(imported))
    }

    /// Adds memory of the program, unless some of it is known already.
    pub(crate) fn register(&self, address: usize, length: u64, mapped: bool) -> Answer {
        let end = usize::try_from(length).ok().and_then(|length| address.checked_add(length));
        let end = end.ok_or_else(|| Fault::parameter("the memory ends nowhere", "Pass the memory's true size."))?;
        let mut regions = self.regions.write().unwrap_or_else(PoisonError::into_inner);
        if reaches(&regions, address, end) {
            let there = regions.range(..end).next_back();
            let registered = there.is_some_and(|(_, region)| matches!(region.backing, Backing::Registered { .. }));
            let (code, how) = if registered { (507_910, "registered") } else { (107_000, "allocated") };
            let cause = format!("memory from {address:#x} on is {how} already");
            return Err(Fault::parameter(cause, "Register each byte of pageable memory once.").with_code(code));
        }
        let region = Region { address, length, backing: Backing::Registered { mapped } };
        regions.insert(address, Arc::new(region));
        Ok(())
    }

    /// Adds physical memory that was mapped.
    pub(crate) fn adopt_mapped(&self, address: usize, length: u64, mapped: Mapped) {
        self.insert(address, length, Backing::Mapped(mapped));
    }

    /// Mapped physical memory that fulfils a condition.
    pub(crate) fn mapped(&self, condition: impl Fn(&Physical) -> bool) -> Option<Arc<Physical>> {
        let regions = self.regions.read().unwrap_or_else(PoisonError::into_inner);
        regions.values().find_map(|region| match &region.backing {
            Backing::Mapped(mapped) if condition(mapped.physical()) => Some(Arc::clone(mapped.physical())),
            _ => None,
        })
    }

    /// Whether some region has a byte of a range.
    pub(crate) fn is_occupied(&self, address: usize, length: usize) -> bool {
        let end = address.saturating_add(length);
        let regions = self.regions.read().unwrap_or_else(PoisonError::into_inner);
        reaches(&regions, address, end)
    }

    /// Every region.
    pub(crate) fn all(&self) -> Vec<Arc<Region>> {
        self.regions.read().unwrap_or_else(PoisonError::into_inner).values().map(Arc::clone).collect()
    }

    fn insert(&self, address: usize, length: u64, backing: Backing) -> usize {
        ledger::allocated(address);
        let region = Arc::new(Region { address, length, backing });
        self.regions.write().unwrap_or_else(PoisonError::into_inner).insert(address, region);
        address
    }

    /// Frees the region that begins at an address, if `kind` accepts it.
    pub(crate) fn free(&self, address: usize, kind: fn(&Backing) -> bool) -> Answer {
        let region = self.remove(address, kind)?;
        if let Backing::Device { device, .. } = region.backing {
            self.give_back(device, region.length);
            super::runtime::runtime().ipc_memory.freed(address);
        }
        Ok(())
    }

    /// Forgets the region that begins at an address, if `kind` accepts it; it goes when nobody has it any more.
    pub(crate) fn remove(&self, address: usize, kind: fn(&Backing) -> bool) -> Answer<Arc<Region>> {
        let mut regions = self.regions.write().unwrap_or_else(PoisonError::into_inner);
        let accepted = regions.get(&address).is_some_and(|region| kind(&region.backing));
        accepted.then(|| regions.remove(&address)).flatten().ok_or_else(|| {
            let cause = format!("{address:#x} is not the beginning of such an allocation");
            Fault::parameter(cause, "Free each address once, with the call that matches its allocation.")
        })
    }

    /// The region that holds an address.
    pub(crate) fn find(&self, address: usize) -> Option<Arc<Region>> {
        let regions = self.regions.read().unwrap_or_else(PoisonError::into_inner);
        let (_, region) = regions.range(..=address).next_back()?;
        ((address - region.address) as u64).lt(&region.length).then(|| Arc::clone(region))
    }

    /// Bytes in use on a device, and the most there have been.
    pub(crate) fn usage(&self, device: u32) -> (u64, u64) {
        self.devices
            .get(device as usize)
            .map_or((0, 0), |memory| (memory.used.load(Ordering::Relaxed), memory.peak.load(Ordering::Relaxed)))
    }

    /// Free and total bytes of a device.
    pub(crate) fn info(&self, device: u32) -> (u64, u64) {
        let used = self.devices.get(device as usize).map_or(0, |memory| memory.used.load(Ordering::Relaxed));
        (self.capacity.saturating_sub(used), self.capacity)
    }

    /// The region that holds a range's beginning; refuses a range that runs past its end, and addresses of ours that
    /// nothing is at. `None` for memory of the program.
    pub(crate) fn check(&self, address: usize, length: usize, argument: &'static str) -> Answer<Option<Arc<Region>>> {
        let Some(region) = self.find(address) else {
            return if self.is_vacant(address) { Err(vacant(address, argument)) } else { Ok(None) };
        };
        let left = region.length - (address - region.address) as u64;
        if length as u64 > left && matches!(region.backing, Backing::Registered { .. }) {
            return Ok(None); // the program's own memory goes on behind what it registered
        }
        if length as u64 > left
            && matches!(region.backing, Backing::Mapped(_))
            && let Some(joined) = self.joined(address, length)
        {
            return Ok(Some(Arc::new(joined)));
        }
        if length as u64 > left {
            let cause = format!("{argument} has {left} bytes left from {address:#x}, but {length} are to be accessed");
            return Err(Fault::parameter(cause, "Stay within the allocation."));
        }
        Ok(Some(region))
    }
}

impl Memory {
    /// The regions that are mapped side by side to a range, as one; `None` if there is a hole.
    fn joined(&self, address: usize, length: usize) -> Option<Region> {
        let end = address.checked_add(length)?;
        let (mut pieces, mut at) = (Vec::new(), address);
        while at < end {
            let piece = self.find(at).filter(|piece| matches!(piece.backing, Backing::Mapped(_)))?;
            at = piece.address.checked_add(usize::try_from(piece.length).ok()?)?;
            pieces.push(piece);
        }
        Some(Region { address, length: length as u64, backing: Backing::Joined { _pieces: pieces } })
    }

    /// Whether an address outside of all regions is one that only ever held what was allocated, or was reserved.
    fn is_vacant(&self, address: usize) -> bool {
        let arenas = self.devices.iter().map(|memory| &memory.arena).chain([&self.host]);
        runtime().address_space.holds(address) || arenas.into_iter().any(|arena| arena.holds(address))
    }
}

fn vacant(address: usize, argument: &'static str) -> Fault {
    let cause = format!("{argument} is {address:#x}, where nothing is allocated or mapped");
    Fault::parameter(cause, "Use memory only between its allocation and its release.")
}

/// Whether a region has a byte of `address..end`: since regions do not overlap, the last that begins before the end.
fn reaches(regions: &BTreeMap<usize, Arc<Region>>, address: usize, end: usize) -> bool {
    let last = regions.range(..end).next_back();
    last.is_some_and(|(_, region)| (region.address as u64).saturating_add(region.length) > address as u64)
}

fn short(device: u32, size: u64) -> Fault {
    let cause = format!("device {device} has no {size} bytes of memory left");
    Fault::new(207_001, "EE1013", cause, "Free what is not needed, or allocate less.")
}
