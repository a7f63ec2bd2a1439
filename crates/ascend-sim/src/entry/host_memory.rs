//! Registered memory of the program, and what is known of an address.

use core::ffi::{c_char, c_void};

use ascend_sys::abi::{
    ACL_HOST_REG_IOMEMORY, ACL_HOST_REG_MAPPED, ACL_HOST_REG_PINNED, ACL_HOST_REG_READONLY, ACL_HOST_REGISTER_IOMEMORY,
    ACL_HOST_REGISTER_MAPPED, ACL_HOST_REGISTER_READONLY, ACL_MEM_LOCATION_TYPE_DEVICE, ACL_MEM_LOCATION_TYPE_HOST,
    ACL_MEM_LOCATION_TYPE_MANAGED, ACL_MEM_LOCATION_TYPE_UNREGISTERED, ACL_RT_MEM_TYPE_DEV, ACL_RT_MEM_TYPE_DVPP,
    ACL_RT_MEM_TYPE_RSVD, aclrtHostRegisterType, aclrtMemLocation, aclrtMemUsageInfo, aclrtPtrAttributes,
};

use super::argument::Out;
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::memory::{Backing, Region};
use crate::model::physical::GRANULARITY;
use crate::model::runtime::runtime;
use crate::model::thread;
use crate::shm::arena::page;

entry! {
    /// Registers memory of the program; devices see it under its own address.
    fn aclrtHostRegister(ptr: *mut c_void, size: u64, type_: aclrtHostRegisterType, devPtr: *mut *mut c_void) {
        ptr.required()?;
        devPtr.required()?;
        if !matches!(type_, ACL_HOST_REGISTER_MAPPED | ACL_HOST_REGISTER_IOMEMORY | ACL_HOST_REGISTER_READONLY) {
            return Err(Fault::parameter(format!("{type_} is no type of registration"), "Use the ACL_HOST_REGISTER_* values."));
        }
        register(&ptr, size, true)?;
        devPtr.set_raw(ptr.address())
    }

    /// Registers memory of the program.
    fn aclrtHostRegisterV2(ptr: *mut c_void, size: u64, flag: u32) {
        const ALL: u32 = ACL_HOST_REG_MAPPED | ACL_HOST_REG_IOMEMORY | ACL_HOST_REG_READONLY | ACL_HOST_REG_PINNED;
        ptr.required()?;
        if flag == 0 || flag & !ALL != 0 {
            return Err(Fault::parameter(format!("{flag:#x} are no flags of a registration"), "Use the ACL_HOST_REG_* flags."));
        }
        register(&ptr, size, flag & ACL_HOST_REG_MAPPED != 0)
    }

    /// Under which address devices see memory that was registered as mapped, or allocated as pinned: its own.
    fn aclrtHostGetDevicePointer(pHost: *mut c_void, pDevice: *mut *mut c_void, flag: u32) {
        pHost.required()?;
        pDevice.required()?;
        if flag != 0 {
            return Err(Fault::front(format!("flag is {flag}, but reserved"), "Pass 0."));
        }
        let region = runtime().memory.find(pHost.address()).ok_or_else(|| not_registered(pHost.address()))?;
        if !matches!(region.backing(), Backing::Registered { mapped: true } | Backing::Host { .. }) {
            return Err(Fault::parameter("no device sees this memory", "Register it with ACL_HOST_REG_MAPPED first."));
        }
        pDevice.set_raw(pHost.address())
    }

    /// Ends a registration.
    fn aclrtHostUnregister(ptr: *mut c_void) {
        ptr.required()?;
        let registered = |backing: &Backing| matches!(backing, Backing::Registered { .. });
        runtime().memory.free(ptr.address(), registered).map_err(|_| not_registered(ptr.address()))
    }

    /// Where memory is; what is unknown is unregistered memory of the host.
    fn aclrtPointerGetAttributes(ptr: *const c_void, attributes: *mut aclrtPtrAttributes) {
        ptr.required()?;
        attributes.required()?;
        let region = runtime().memory.find(ptr.address());
        let (type_, id, size) = region.map_or((ACL_MEM_LOCATION_TYPE_UNREGISTERED, 0, 0), |region| place(&region));
        let pageSize = u32::try_from(size).unwrap_or(u32::MAX);
        attributes.set(aclrtPtrAttributes { location: aclrtMemLocation { id, type_ }, pageSize, rsv: [0; 4] })
    }

    /// Whether all addresses are memory of one of the given types.
    fn aclrtCheckMemType(addrList: *mut *mut c_void, size: u32, memType: u32, checkResult: *mut u32, reserve: u32) {
        addrList.required()?;
        checkResult.required()?;
        let known = ACL_RT_MEM_TYPE_DEV | ACL_RT_MEM_TYPE_DVPP | ACL_RT_MEM_TYPE_RSVD;
        if size == 0 || size > MOST_ADDRESSES || memType == 0 || memType & !known != 0 || reserve != 0 {
            let cause = format!("{size} addresses of type {memType:#x} cannot be checked, or reserve is not 0");
            return Err(Fault::parameter(cause, "Pass addresses, ACL_RT_MEM_TYPE_* bits, and 0."));
        }
        let addresses = addrList.pointers(size as usize)?;
        let all = addresses.iter().all(|address| memType & ACL_RT_MEM_TYPE_DEV != 0 && is_on_a_device(address.address()));
        checkResult.set(all.into())
    }

    /// What a device's memory is used for; here it is one record of this process.
    fn aclrtGetMemUsageInfo(deviceId: i32, memUsageInfo: *mut aclrtMemUsageInfo, inputNum: usize, outputNum: *mut usize) {
        memUsageInfo.required()?;
        outputNum.required()?;
        if inputNum == 0 {
            return Err(Fault::parameter("there is room for no record", "Pass at least one record."));
        }
        runtime().device(deviceId)?;
        let (used, peak) = runtime().memory.usage(deviceId.unsigned_abs());
        let mut name = [0; 32];
        for (at, byte) in name.iter_mut().zip(*b"RUNTIME") {
            *at = byte as c_char;
        }
        memUsageInfo.set(aclrtMemUsageInfo { name, curMemSize: used, memPeakSize: peak, reserved: [0; 8] })?;
        outputNum.set(1)
    }
}

/// More addresses than anybody checks at once.
const MOST_ADDRESSES: u32 = 1 << 20;

fn not_registered(address: usize) -> Fault {
    let hint = "Pass the beginning of memory that aclrtHostRegister was given, once.";
    Fault::parameter(format!("no registered memory begins at {address:#x}, or holds it"), hint).with_code(507_911)
}

fn register(ptr: &Out<c_void>, size: u64, mapped: bool) -> Answer {
    if size == 0 {
        return Err(Fault::parameter("the size is 0", "Register at least one byte."));
    }
    thread::current()?;
    runtime().memory.register(ptr.address(), size, mapped)
}

/// The kind of place that a region is in, its id, and the size of its pages.
fn place(region: &Region) -> (u32, u32, u64) {
    match region.backing() {
        Backing::Device { device, .. } => {
            (ACL_MEM_LOCATION_TYPE_DEVICE, *device, if region.length() < GRANULARITY { page() } else { GRANULARITY })
        }
        Backing::Pooled { pool, .. } => (ACL_MEM_LOCATION_TYPE_DEVICE, pool.device(), page()),
        Backing::Imported(imported) => {
            let device = runtime().user_id(imported.device()).unwrap_or_else(|| imported.device());
            (ACL_MEM_LOCATION_TYPE_DEVICE, device, page())
        }
        Backing::Mapped(mapped) => {
            let nature = mapped.physical().nature();
            (nature.location, nature.device, GRANULARITY)
        }
        Backing::Joined { .. } => (ACL_MEM_LOCATION_TYPE_DEVICE, 0, GRANULARITY), // none is ever found at an address
        Backing::Host { .. } | Backing::Registered { .. } => (ACL_MEM_LOCATION_TYPE_HOST, 0, page()),
        Backing::Managed { .. } => (ACL_MEM_LOCATION_TYPE_MANAGED, 0, page()),
    }
}

fn is_on_a_device(address: usize) -> bool {
    runtime().memory.find(address).is_some_and(|region| place(&region).0 == ACL_MEM_LOCATION_TYPE_DEVICE)
}
