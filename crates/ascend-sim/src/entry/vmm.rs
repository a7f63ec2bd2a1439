//! Physical memory, reserved addresses, and the handles by which processes share physical memory.

use core::ffi::c_void;

use ascend_sys::abi::{
    ACL_HBM_MEM_HUGE1G, ACL_HBM_MEM_P2P_HUGE1G, ACL_MEM_ALLOCATION_TYPE_PINNED, ACL_MEM_HANDLE_TYPE_NONE,
    ACL_MEM_HUGE1G, ACL_MEM_LOCATION_TYPE_DEVICE, ACL_MEM_LOCATION_TYPE_HOST, ACL_MEM_LOCATION_TYPE_HOST_NUMA,
    ACL_MEM_P2P_HUGE1G, ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT, ACL_MEM_SHARE_HANDLE_TYPE_FABRIC,
    ACL_RT_MEM_ACCESS_FLAGS_NONE, ACL_RT_MEM_ACCESS_FLAGS_READ, ACL_RT_MEM_ACCESS_FLAGS_READWRITE,
    ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
    ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, aclrtDrvMemHandle, aclrtMemAccessDesc, aclrtMemGranularityOptions,
    aclrtMemHandleType, aclrtMemLocation, aclrtMemSharedHandleType, aclrtPhysicalMemProp,
};

use super::argument::Out;
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::physical::GRANULARITY;
use crate::model::runtime::runtime;
use crate::model::{address_space, physical, thread};
use crate::shm::physical::Nature;

entry! {
    /// Reserves addresses; nothing can be accessed there until memory is mapped.
    fn aclrtReserveMemAddress(virPtr: *mut *mut c_void, size: usize, alignment: usize, expectPtr: *mut c_void, flags: u64) {
        reserve(&virPtr, size, alignment, &expectPtr, flags)
    }

    /// Reserves addresses; the variant makes no difference here.
    fn aclrtReserveMemAddressNoUCMemory(virPtr: *mut *mut c_void, size: usize, alignment: usize, expectPtr: *mut c_void, flags: u64) {
        reserve(&virPtr, size, alignment, &expectPtr, flags)
    }

    /// Gives reserved addresses back.
    fn aclrtReleaseMemAddress(virPtr: *mut c_void) {
        virPtr.required()?;
        runtime().address_space.release(virPtr.address())
    }

    /// Allocates physical memory of zeroes.
    fn aclrtMallocPhysical(handle: *mut aclrtDrvMemHandle, size: usize, prop: *const aclrtPhysicalMemProp, flags: u64) {
        handle.required()?;
        prop.required()?;
        require_size(size)?;
        require_zero(flags, "flags")?;
        let nature = nature(&prop.get()?)?;
        handle.set_raw(physical::allocate(size as u64, nature)?)
    }

    /// Frees physical memory; it lives on while it is mapped, or imported by others.
    fn aclrtFreePhysical(handle: aclrtDrvMemHandle) {
        handle.required()?;
        physical::release(handle.address())
    }

    /// Maps physical memory to reserved addresses.
    fn aclrtMapMem(virPtr: *mut c_void, size: usize, offset: usize, handle: aclrtDrvMemHandle, flags: u64) {
        map(&virPtr, size, offset, &handle, flags, ACL_RT_MEM_ACCESS_FLAGS_READWRITE)
    }

    /// Maps physical memory that nobody may access until `aclrtMemSetAccess`; here only what is told of it differs.
    fn aclrtMemMapNoAccess(virPtr: *mut c_void, size: usize, offset: usize, handle: aclrtDrvMemHandle, flags: u64) {
        map(&virPtr, size, offset, &handle, flags, ACL_RT_MEM_ACCESS_FLAGS_NONE)
    }

    /// Ends a mapping; the addresses stay reserved.
    fn aclrtUnmapMem(virPtr: *mut c_void) {
        virPtr.required()?;
        runtime().address_space.unmap(virPtr.address())
    }

    /// Exports physical memory under a number.
    fn aclrtMemExportToShareableHandle(handle: aclrtDrvMemHandle, handleType: aclrtMemHandleType, flags: u64, shareableHandle: *mut u64) {
        handle.required()?;
        shareableHandle.required()?;
        if handleType != ACL_MEM_HANDLE_TYPE_NONE {
            return Err(Fault::front(format!("{handleType} is no type of an exported handle"), "Use ACL_MEM_HANDLE_TYPE_NONE."));
        }
        shareableHandle.set(physical::export(handle.address(), restricted(flags)?)?)
    }

    /// Exports physical memory under a number, or that number in 128 bytes.
    fn aclrtMemExportToShareableHandleV2(handle: aclrtDrvMemHandle, flags: u64, shareType: aclrtMemSharedHandleType, shareableHandle: *mut c_void) {
        handle.required()?;
        shareableHandle.required()?;
        require_share_type(shareType)?;
        let number = physical::export(handle.address(), restricted(flags)?)?;
        if shareType == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC { shareableHandle.set_fabric(number) } else { shareableHandle.set_number(number) }
    }

    /// Imports physical memory of another process.
    fn aclrtMemImportFromShareableHandle(shareableHandle: u64, deviceId: i32, handle: *mut aclrtDrvMemHandle) {
        handle.required()?;
        thread::current()?;
        handle.set_raw(physical::import(shareableHandle, deviceId)?)
    }

    /// Imports physical memory of another process for the current device.
    fn aclrtMemImportFromShareableHandleV2(shareableHandle: *mut c_void, shareType: aclrtMemSharedHandleType, flags: u64, handle: *mut aclrtDrvMemHandle) {
        shareableHandle.required()?;
        handle.required()?;
        require_share_type(shareType)?;
        require_zero(flags, "flags")?;
        let device = thread::current()?.device();
        let number = number_of(&shareableHandle, shareType)?;
        handle.set_raw(physical::import(number, i32::try_from(device).unwrap_or(-1))?)
    }

    /// Lists processes that may import a handle.
    fn aclrtMemSetPidToShareableHandle(shareableHandle: u64, pid: *mut i32, pidNum: usize) {
        pid.required()?;
        physical::allow(shareableHandle, &pids(&pid, pidNum)?)
    }

    /// Lists processes that may import a handle of either type.
    fn aclrtMemSetPidToShareableHandleV2(shareableHandle: *mut c_void, shareType: aclrtMemSharedHandleType, pid: *mut i32, pidNum: usize) {
        shareableHandle.required()?;
        pid.required()?;
        require_share_type(shareType)?;
        let pids = pids(&pid, pidNum)?;
        physical::allow(number_of(&shareableHandle, shareType)?, &pids)
    }

    /// The size that physical memory should be a multiple of: 2 MiB, or 1 GiB for pages of that size.
    fn aclrtMemGetAllocationGranularity(prop: *mut aclrtPhysicalMemProp, option: aclrtMemGranularityOptions, granularity: *mut usize) {
        prop.required()?;
        granularity.required()?;
        if !matches!(option, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM | ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED) {
            return Err(Fault::parameter(format!("{option} is no kind of granularity"), "Ask for the minimum or the recommended one."));
        }
        let attribute = nature(&prop.get()?)?.attribute;
        let giant = matches!(attribute, ACL_HBM_MEM_HUGE1G | ACL_HBM_MEM_P2P_HUGE1G | ACL_MEM_HUGE1G | ACL_MEM_P2P_HUGE1G);
        granularity.set(if giant { 1 << 30 } else { GRANULARITY as usize })
    }

    /// Says who may access mapped memory; here it is remembered, and hinders nobody.
    fn aclrtMemSetAccess(virPtr: *mut c_void, size: usize, desc: *mut aclrtMemAccessDesc, count: usize) {
        virPtr.required()?;
        desc.required()?;
        require_size(size)?;
        if count == 0 || count > MOST_RIGHTS {
            return Err(Fault::parameter(format!("{count} access rights cannot be set"), "Set at least one."));
        }
        let mut rights = Vec::with_capacity(count);
        for right in desc.values(count)? {
            if !matches!(right.flags, ACL_RT_MEM_ACCESS_FLAGS_NONE | ACL_RT_MEM_ACCESS_FLAGS_READ | ACL_RT_MEM_ACCESS_FLAGS_READWRITE) {
                return Err(Fault::parameter(format!("{} is no access right", right.flags), "Use the ACL_RT_MEM_ACCESS_FLAGS_* values."));
            }
            rights.push((accessor(right.location)?, right.flags));
        }
        address_space::set_access(virPtr.address(), size, &rights)
    }

    /// What a place may do with mapped memory.
    fn aclrtMemGetAccess(virPtr: *mut c_void, location: *mut aclrtMemLocation, flag: *mut u64) {
        virPtr.required()?;
        location.required()?;
        flag.required()?;
        flag.set(address_space::access(virPtr.address(), accessor(location.get()?)?)?.into())
    }

    /// The handle of the memory that is mapped to an address; it counts, and is to be freed once more.
    fn aclrtMemRetainAllocationHandle(virPtr: *mut c_void, handle: *mut aclrtDrvMemHandle) {
        virPtr.required()?;
        handle.required()?;
        handle.set_raw(physical::retain(&address_space::physical_at(virPtr.address())?))
    }

    /// What physical memory was allocated as.
    fn aclrtMemGetAllocationPropertiesFromHandle(handle: aclrtDrvMemHandle, prop: *mut aclrtPhysicalMemProp) {
        handle.required()?;
        prop.required()?;
        let nature = physical::find(handle.address())?.nature();
        prop.set(aclrtPhysicalMemProp {
            handleType: ACL_MEM_HANDLE_TYPE_NONE,
            allocationType: ACL_MEM_ALLOCATION_TYPE_PINNED,
            memAttr: nature.attribute,
            location: aclrtMemLocation { id: nature.device, type_: nature.location },
            reserve: 0,
        })
    }

    /// Where the allocation or mapping that holds an address begins, and how long it is.
    fn aclrtMemGetAddressRange(ptr: *mut c_void, pbase: *mut *mut c_void, psize: *mut usize) {
        ptr.required()?;
        pbase.required()?;
        psize.required()?;
        let unknown = || Fault::parameter(format!("{:#x} is in no allocation", ptr.address()), "Ask about device memory.");
        let region = runtime().memory.find(ptr.address()).ok_or_else(unknown)?;
        pbase.set_raw(region.address())?;
        psize.set(usize::try_from(region.length()).unwrap_or(usize::MAX))
    }
}

/// More rights than a call ever needs.
const MOST_RIGHTS: usize = 1024;

fn require_size(size: usize) -> Answer {
    if size == 0 { Err(Fault::front("the size is 0", "Pass at least one byte.")) } else { Ok(()) }
}

fn require_zero(value: u64, name: &'static str) -> Answer {
    if value != 0 { Err(Fault::front(format!("{name} is {value}, but reserved"), "Pass 0.")) } else { Ok(()) }
}

fn require_share_type(share_type: aclrtMemSharedHandleType) -> Answer {
    match share_type {
        ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT | ACL_MEM_SHARE_HANDLE_TYPE_FABRIC => Ok(()),
        other => Err(Fault::parameter(format!("{other} is no type of a shareable handle"), "Use the default type.")),
    }
}

fn reserve(vir: &Out<*mut c_void>, size: usize, alignment: usize, wish: &Out<c_void>, flags: u64) -> Answer {
    vir.required()?;
    require_size(size)?;
    require_zero(alignment as u64, "alignment")?;
    if flags > 1 {
        return Err(Fault::front(format!("{flags} are no flags of a reservation"), "Pass 0 or 1."));
    }
    vir.set_raw(runtime().address_space.reserve(size, wish.address())?)
}

fn map(vir: &Out<c_void>, size: usize, offset: usize, handle: &Out<c_void>, flags: u64, access: u32) -> Answer {
    vir.required()?;
    handle.required()?;
    require_size(size)?;
    require_zero(offset as u64, "offset")?;
    require_zero(flags, "flags")?;
    runtime().address_space.map(vir.address(), size, physical::find(handle.address())?, access)
}

/// What a property says, if it says what it must.
fn nature(prop: &aclrtPhysicalMemProp) -> Answer<Nature> {
    if prop.handleType != ACL_MEM_HANDLE_TYPE_NONE || prop.allocationType != ACL_MEM_ALLOCATION_TYPE_PINNED {
        let cause = "the properties name another type of handle or allocation than there is";
        return Err(Fault::parameter(cause, "Use ACL_MEM_HANDLE_TYPE_NONE and ACL_MEM_ALLOCATION_TYPE_PINNED."));
    }
    if prop.memAttr > ACL_MEM_P2P_HUGE1G {
        return Err(Fault::parameter(format!("{} is no kind of memory", prop.memAttr), "Use the ACL_*_MEM_* values."));
    }
    Ok(Nature { device: prop.location.id, attribute: prop.memAttr, location: prop.location.type_ })
}

fn accessor(location: aclrtMemLocation) -> Answer<address_space::Accessor> {
    match location.type_ {
        ACL_MEM_LOCATION_TYPE_DEVICE => {
            runtime().device(i32::try_from(location.id).unwrap_or(-1))?;
        }
        ACL_MEM_LOCATION_TYPE_HOST | ACL_MEM_LOCATION_TYPE_HOST_NUMA => {}
        other => return Err(Fault::parameter(format!("{other} accesses nothing"), "Name a device or the host.")),
    }
    Ok((location.type_, location.id))
}

/// Whether flags of an export ask for a list of importers.
fn restricted(flags: u64) -> Answer<bool> {
    match flags {
        0 => Ok(true),
        ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION => Ok(false),
        _ => Err(Fault::parameter("the flags are out of range", "Use the ACL_RT_VMM_EXPORT_FLAG_* values.")),
    }
}

fn pids(pids: &Out<i32>, count: usize) -> Answer<Vec<u32>> {
    if count == 0 || count > 65535 {
        return Err(Fault::parameter(format!("{count} processes cannot be listed"), "List 1 to 65535 processes."));
    }
    Ok(pids.values(count)?.into_iter().filter_map(|pid| u32::try_from(pid).ok()).collect())
}

/// The number that a shareable handle stands for; one that says it is something else stands for none.
fn number_of(handle: &Out<c_void>, share_type: aclrtMemSharedHandleType) -> Answer<u64> {
    if share_type == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC {
        return handle.fabric()?.ok_or_else(|| Fault::handle("fabric"));
    }
    handle.number()
}
