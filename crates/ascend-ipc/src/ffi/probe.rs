//! Creates and releases one of each thing, to find out whether it can be had.
//!
//! # Safety
//! Whatever is created here is released here, once, and nobody else has its handle; what a stream that never ends may still
//! use is given up instead.
#![allow(unsafe_code)]

use core::ffi::CStr;
use std::sync::Arc;
use std::time::Duration;

use ascend_sys::abi::{
    ACL_HBM_MEM_HUGE, ACL_MEM_ALLOCATION_TYPE_PINNED, ACL_MEM_HANDLE_TYPE_NONE, ACL_MEM_LOCATION_TYPE_DEVICE,
    ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, aclrtMemLocation, aclrtPhysicalMemProp,
};
use ascend_sys::{IpcMemoryExportFlags, NotifyExportFlags, Status};

use super::device::RawDevice;
use super::memory::RawMemory;
use super::stream::RawStream;
use crate::deadline::Deadline;
use crate::error::Result;

/// Bytes that can be exported whatever the size of pages.
const SHAREABLE: usize = 2 << 20;
/// Bytes of a key with its terminator.
const KEY: usize = 65;
/// Nothing takes that long on an idle device.
const PATIENCE: Duration = Duration::from_secs(5);

/// Exports memory, and closes the key.
pub(crate) fn memory(device: &Arc<RawDevice>) -> Result<()> {
    let (api, table) = (device.api, device.api.library().table());
    let export = api.need(table.aclrtIpcMemGetExportKey, "aclrtIpcMemGetExportKey")?;
    let memory = RawMemory::device(device, SHAREABLE)?;
    let mut key = [0u8; KEY];
    let flags = IpcMemoryExportFlags::empty().bits();
    // SAFETY: the memory is ours and as long as said (A12); the key has room for 65 bytes (A10).
    let status = Status(unsafe { export(memory.address.as_ptr(), SHAREABLE, key.as_mut_ptr().cast(), KEY, flags) });
    api.check("aclrtIpcMemGetExportKey", status)?;
    if let Ok(key) = CStr::from_bytes_until_nul(&key) {
        super::ipc_memory::close(device, key);
    }
    Ok(())
}

/// Creates a notify, exports it if asked to, and destroys it.
pub(crate) fn notify(device: &Arc<RawDevice>, share: bool) -> Result<()> {
    let (api, table) = (device.api, device.api.library().table());
    let create = api.need(table.aclrtCreateNotify, "aclrtCreateNotify")?;
    let destroy = api.need(table.aclrtDestroyNotify, "aclrtDestroyNotify")?;
    device.bind()?;
    let mut raw = core::ptr::null_mut();
    // SAFETY: a writable pointer.
    let status = Status(unsafe { create(&raw mut raw, 0) });
    api.check("aclrtCreateNotify", status)?;
    let mut outcome = Ok(());
    if let (true, Some(export)) = (share, table.aclrtNotifyGetExportKey) {
        let mut key = [0u8; KEY];
        let flags = NotifyExportFlags::empty().bits();
        // SAFETY: the handle is valid (A3); the key has room for 65 bytes (A10).
        let status = Status(unsafe { export(raw, key.as_mut_ptr().cast(), KEY, flags) });
        outcome = api.check("aclrtNotifyGetExportKey", status);
    }
    // SAFETY: the handle is valid and not used again (A3).
    let status = Status(unsafe { destroy(raw) });
    outcome.and(api.check("aclrtDestroyNotify", status))
}

/// Allocates physical memory, and frees it.
pub(crate) fn physical(device: &Arc<RawDevice>) -> Result<()> {
    let (api, table) = (device.api, device.api.library().table());
    let ask = api.need(table.aclrtMemGetAllocationGranularity, "aclrtMemGetAllocationGranularity")?;
    let allocate = api.need(table.aclrtMallocPhysical, "aclrtMallocPhysical")?;
    let free = api.need(table.aclrtFreePhysical, "aclrtFreePhysical")?;
    device.bind()?;
    let mut properties = aclrtPhysicalMemProp {
        handleType: ACL_MEM_HANDLE_TYPE_NONE,
        allocationType: ACL_MEM_ALLOCATION_TYPE_PINNED,
        memAttr: ACL_HBM_MEM_HUGE,
        location: aclrtMemLocation { id: device.id().unsigned_abs(), type_: ACL_MEM_LOCATION_TYPE_DEVICE },
        reserve: 0,
    };
    let mut bytes = 0;
    // SAFETY: properties and size are writable.
    let status = Status(unsafe { ask(&raw mut properties, ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED, &raw mut bytes) });
    api.check("aclrtMemGetAllocationGranularity", status)?;
    let mut handle = core::ptr::null_mut();
    // SAFETY: the pointer is writable, the properties are readable.
    let status = Status(unsafe { allocate(&raw mut handle, bytes, &raw const properties, 0) });
    api.check("aclrtMallocPhysical", status)?;
    // SAFETY: the handle is valid, mapped nowhere, and not used again (A3).
    let status = Status(unsafe { free(handle) });
    api.check("aclrtFreePhysical", status)
}

/// Lets a stream write a value to memory.
pub(crate) fn value(device: &Arc<RawDevice>) -> Result<()> {
    let api = device.api;
    let write = api.need(api.library().table().aclrtValueWrite, "aclrtValueWrite")?;
    let (stream, memory) = (RawStream::create(device)?, RawMemory::device(device, 64)?);
    // SAFETY: aligned memory of 64 bytes (A12), kept until the stream has passed; the stream is valid (A3).
    let status = Status(unsafe { write(memory.address.as_ptr(), 1, 0, stream.raw.as_ptr()) });
    api.check("aclrtValueWrite", status)?;
    stream.synchronize(Deadline::after(PATIENCE)).inspect_err(|_| core::mem::forget((stream, memory)))
}

/// `aclrtDeviceCanAccessPeer(out, device, peer)`—Whether a device reaches another one's memory.
pub(crate) fn reaches(device: &Arc<RawDevice>, peer: i32) -> Result<bool> {
    let api = device.api;
    let ask = api.need(api.library().table().aclrtDeviceCanAccessPeer, "aclrtDeviceCanAccessPeer")?;
    device.bind()?;
    let mut reaches = 0;
    // SAFETY: a writable integer.
    let status = Status(unsafe { ask(&raw mut reaches, device.id(), peer) });
    api.check("aclrtDeviceCanAccessPeer", status).map(|()| reaches != 0)
}

/// `aclrtDeviceGetPCIBusId(id, out, len)`—Where the device sits, if the runtime tells.
pub(crate) fn bus_id(device: &Arc<RawDevice>) -> Option<String> {
    let ask = device.api.library().table().aclrtDeviceGetPCIBusId?;
    let mut text = [0u8; 32];
    // SAFETY: a buffer of as many bytes as said, which end in zeroes.
    let status = Status(unsafe { ask(device.id(), text.as_mut_ptr().cast(), text.len() as i32 - 1) });
    device.api.check("aclrtDeviceGetPCIBusId", status).ok()?;
    let text = CStr::from_bytes_until_nul(&text).ok()?.to_string_lossy().into_owned();
    (!text.is_empty()).then_some(text)
}

/// `aclrtGetMemInfo(attr, free, total)`—Free and all bytes of device memory.
pub(crate) fn memory_left(device: &Arc<RawDevice>) -> Result<(u64, u64)> {
    let api = device.api;
    let ask = api.need(api.library().table().aclrtGetMemInfo, "aclrtGetMemInfo")?;
    device.bind()?;
    let (mut free, mut total) = (0usize, 0usize);
    // SAFETY: two writable integers.
    let status = Status(unsafe { ask(ascend_sys::abi::ACL_HBM_MEM, &raw mut free, &raw mut total) });
    api.check("aclrtGetMemInfo", status).map(|()| (free as u64, total as u64))
}
