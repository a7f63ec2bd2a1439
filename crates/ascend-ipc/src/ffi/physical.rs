//! Physical memory: allocate, map, export, allow, import, unmap, free.
//!
//! # Safety
//! A [`Physical`] owns one count of the handle it names (A14); addresses are reserved for one mapping each, of one size, and
//! the mapping ends before the addresses and the handle are given back.
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::ptr::NonNull;
use std::sync::Arc;

use ascend_sys::abi::{
    ACL_HBM_MEM_P2P_HUGE, ACL_MEM_ALLOCATION_TYPE_PINNED, ACL_MEM_HANDLE_TYPE_NONE, ACL_MEM_LOCATION_TYPE_DEVICE,
    ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, aclrtMemLocation, aclrtPhysicalMemProp,
};
use ascend_sys::{Status, VmmExportFlags};

use super::device::RawDevice;
use super::fork;
use super::library::Api;
use super::memory::{RawMemory, Release, whole};
use crate::error::{Error, ErrorKind, Result};

/// A handle of physical memory, freed when dropped.
pub(crate) struct Physical {
    api: &'static Api,
    handle: NonNull<c_void>,
    /// Its mapping could not be ended, so that it is given up instead of freed.
    is_lost: bool,
}

impl Physical {
    fn own(api: &'static Api, handle: *mut c_void, call: &'static str, status: Status) -> Result<Self> {
        api.check(call, status)?;
        let handle = NonNull::new(handle).ok_or_else(|| api.null(call))?;
        Ok(Self { api, handle, is_lost: false })
    }

    /// `aclrtUnmapMem(ptr)`, `aclrtReleaseMemAddress(ptr)`—Ends the mapping; the handle is freed when this is dropped.
    pub(super) fn unmap(&mut self, device: &RawDevice, address: NonNull<c_void>) {
        self.is_lost = true;
        let unmap = || {
            let Some(unmap) = self.api.unmap else { return false };
            // SAFETY: mapped by `map`, unmapped once; no task uses it: streams keep what they use (A8, A14).
            let status = Status(unsafe { unmap(address.as_ptr()) });
            self.api.check_in_drop("aclrtUnmapMem", status);
            if status.0 == 0 {
                release(self.api, address.as_ptr()); // addresses that are still mapped must not be given back
            }
            status.0 == 0
        };
        // Refused in a forked child.
        self.is_lost = !device.visit(unmap).unwrap_or(false);
    }
}

impl Drop for Physical {
    fn drop(&mut self) {
        if fork::is_child() || self.is_lost {
            return;
        }
        if let Some(free) = self.api.free_physical {
            // SAFETY: the one count that this value owns (A14).
            let status = Status(unsafe { free(self.handle.as_ptr()) });
            self.api.check_in_drop("aclrtFreePhysical", status);
        }
    }
}

/// `aclrtMallocPhysical(out, size, prop, 0)`—Allocates physical memory of a device, and maps it there.
pub(crate) fn allocate(device: &Arc<RawDevice>, length: usize) -> Result<RawMemory> {
    let api = device.api();
    let allocate = api.need(api.malloc_physical, "aclrtMallocPhysical")?;
    let span = whole(length, granularity(device)?)?;
    let (prop, mut handle) = (property(device), core::ptr::null_mut());
    // SAFETY: a writable pointer, and readable properties.
    let status = Status(unsafe { allocate(&raw mut handle, span, &raw const prop, 0) });
    map(device, Physical::own(api, handle, "aclrtMallocPhysical", status)?, (length, span))
}

/// `aclrtMemExportToShareableHandle(handle, NONE, flags, out)`—Exports physical memory, to listed processes or to any.
pub(crate) fn export(memory: &RawMemory, physical: &Physical, any_process: bool) -> Result<u64> {
    let api = physical.api;
    let export = api.need(api.physical_export, "aclrtMemExportToShareableHandle")?;
    memory.owner().bind()?;
    let unchecked = VmmExportFlags::DISABLE_PID_VALIDATION;
    let flags = if any_process { unchecked } else { VmmExportFlags::empty() }.bits();
    let mut number = 0;
    // SAFETY: the handle is valid (A14), the number writable.
    let status = Status(unsafe { export(physical.handle.as_ptr(), ACL_MEM_HANDLE_TYPE_NONE, flags, &raw mut number) });
    api.check("aclrtMemExportToShareableHandle", status).map(|()| number)
}

/// `aclrtMemSetPidToShareableHandle(number, pids, num)`—Lets processes, named by their bare pids, import.
pub(crate) fn allow(api: &'static Api, number: u64, mut bare_pids: Vec<i32>) -> Result<()> {
    fork::refuse()?;
    let allow = api.need(api.physical_allow, "aclrtMemSetPidToShareableHandle")?;
    // SAFETY: as many readable pids as said; any number may be asked for.
    let status = Status(unsafe { allow(number, bare_pids.as_mut_ptr(), bare_pids.len()) });
    api.check("aclrtMemSetPidToShareableHandle", status)
}

/// `aclrtMemImportFromShareableHandle(number, device, out)`—Imports physical memory of another process, and maps it.
pub(crate) fn import(device: &Arc<RawDevice>, number: u64, length: usize) -> Result<RawMemory> {
    let api = device.api();
    let import = api.need(api.physical_import, "aclrtMemImportFromShareableHandle")?;
    let span = whole(length, granularity(device)?)?;
    let mut handle = core::ptr::null_mut();
    // SAFETY: a writable pointer; any number may be asked for, and a wrong one is refused.
    let status = Status(unsafe { import(number, device.id(), &raw mut handle) });
    map(device, Physical::own(api, handle, "aclrtMemImportFromShareableHandle", status)?, (length, span))
}

/// `aclrtReserveMemAddress(out, size, 0, NULL, 0)`, `aclrtMapMem(ptr, size, 0, handle, 0)`—Maps a whole block.
fn map(device: &Arc<RawDevice>, physical: Physical, (length, span): (usize, usize)) -> Result<RawMemory> {
    let api = device.api();
    let reserve = api.need(api.reserve_address, "aclrtReserveMemAddress")?;
    let map = api.need(api.map, "aclrtMapMem")?;
    let mut address = core::ptr::null_mut();
    // SAFETY: a writable pointer; null is "anywhere".
    let status = Status(unsafe { reserve(&raw mut address, span, 0, core::ptr::null_mut(), 0) });
    api.check("aclrtReserveMemAddress", status)?;
    if address.is_null() {
        return Err(api.null("aclrtReserveMemAddress"));
    }
    // SAFETY: addresses reserved for this size, to which nothing is mapped, and a valid handle (A14).
    let status = Status(unsafe { map(address, span, 0, physical.handle.as_ptr(), 0) });
    if status.0 != 0 {
        let error = api.failed("aclrtMapMem", status);
        release(api, address);
        return Err(error);
    }
    RawMemory::own(device, address, (length, span), Release::Physical(physical), "aclrtReserveMemAddress", status)
}

/// `aclrtReleaseMemAddress(ptr)`—Gives addresses back to which nothing is mapped.
fn release(api: &'static Api, address: *mut c_void) {
    if let Some(release) = api.release_address {
        // SAFETY: reserved by `map`, given back once (A14).
        let status = Status(unsafe { release(address) });
        api.check_in_drop("aclrtReleaseMemAddress", status);
    }
}

/// `aclrtMemGetAllocationGranularity(prop, RECOMMENDED, out)`—What the size of physical memory is a multiple of.
fn granularity(device: &Arc<RawDevice>) -> Result<usize> {
    let api = device.api();
    let ask = api.need(api.granularity, "aclrtMemGetAllocationGranularity")?;
    device.bind()?;
    let (mut prop, mut granularity) = (property(device), 0);
    // SAFETY: both are writable.
    let status = Status(unsafe { ask(&raw mut prop, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, &raw mut granularity) });
    api.check("aclrtMemGetAllocationGranularity", status)?;
    let zero = || Error::new(ErrorKind::Runtime, "aclrtMemGetAllocationGranularity answered success and 0");
    if granularity == 0 { Err(zero()) } else { Ok(granularity) }
}

/// Memory of this device that other devices can reach.
fn property(device: &RawDevice) -> aclrtPhysicalMemProp {
    aclrtPhysicalMemProp {
        handleType: ACL_MEM_HANDLE_TYPE_NONE,
        allocationType: ACL_MEM_ALLOCATION_TYPE_PINNED,
        memAttr: ACL_HBM_MEM_P2P_HUGE,
        location: aclrtMemLocation { id: device.id().cast_unsigned(), type_: ACL_MEM_LOCATION_TYPE_DEVICE },
        reserve: 0,
    }
}
