//! Memory shared between processes by key: export, allow, import, close.
//!
//! # Safety
//! Keys are terminated texts of at most 65 bytes (A10).
#![allow(unsafe_code)]

use core::ffi::CStr;
use std::ffi::CString;
use std::sync::Arc;

use ascend_sys::{IpcMemoryExportFlags, IpcMemoryImportFlags, Status};

use super::device::RawDevice;
use super::fork;
use super::library::Api;
use super::memory::{RawMemory, Release};
use crate::error::{Error, ErrorKind, Result};

/// Bytes of a key with its terminator.
const KEY: usize = 65;

/// `aclrtIpcMemGetExportKey(ptr, size, key, len, flags)`—Exports a whole allocation, to listed processes or to any.
pub(crate) fn export(memory: &RawMemory, any_process: bool) -> Result<CString> {
    let api = memory.owner().api();
    let export = api.need(api.ipc_memory_key, "aclrtIpcMemGetExportKey")?;
    memory.owner().bind()?;
    let mut key = [0u8; KEY];
    let unchecked = IpcMemoryExportFlags::DISABLE_PID_VALIDATION;
    let flags = if any_process { unchecked } else { IpcMemoryExportFlags::empty() }.bits();
    // SAFETY: the memory is ours and spans as much as said (A12); the key has room for 65 bytes (A10).
    let status = Status(unsafe { export(memory.address.as_ptr(), memory.span, key.as_mut_ptr().cast(), KEY, flags) });
    api.check("aclrtIpcMemGetExportKey", status)?;
    let key = CStr::from_bytes_until_nul(&key).map_err(|_| Error::new(ErrorKind::Runtime, "the key has no end"))?;
    Ok(key.to_owned())
}

/// `aclrtIpcMemSetImportPid(key, pids, num)`—Lets processes, named by their bare pids, import.
pub(crate) fn allow(api: &'static Api, key: &CStr, mut bare_pids: Vec<i32>) -> Result<()> {
    fork::refuse()?;
    let allow = api.need(api.ipc_memory_allow, "aclrtIpcMemSetImportPid")?;
    // SAFETY: a terminated key (A10), and as many readable pids as said.
    let status = Status(unsafe { allow(key.as_ptr(), bare_pids.as_mut_ptr(), bare_pids.len()) });
    api.check("aclrtIpcMemSetImportPid", status)
}

/// `aclrtIpcMemImportByKey(out, key, flags)`—Maps memory of another process; enables peer access to its device.
///
/// The runtime closes by key, not by address, so the caller imports a key once. `is_far` says whether it lies on another
/// device.
pub(crate) fn import(device: &Arc<RawDevice>, key: &CStr, length: usize, is_far: bool) -> Result<RawMemory> {
    let api = device.api();
    let import = api.need(api.ipc_memory_import, "aclrtIpcMemImportByKey")?;
    device.bind()?;
    let mut address = core::ptr::null_mut();
    let flags = IpcMemoryImportFlags::ENABLE_PEER_ACCESS.bits();
    // SAFETY: a terminated key (A10), and a writable pointer.
    let status = Status(unsafe { import(&raw mut address, key.as_ptr(), flags) });
    let release = Release::Import(key.to_owned());
    let mut memory = RawMemory::own(device, address, (length, length), release, "aclrtIpcMemImportByKey", status)?;
    memory.is_far = is_far;
    Ok(memory)
}

/// `aclrtIpcMemClose(key)`—Closes an import, or else an export, which the caller does once for each.
///
/// On whatever thread, so with that bound to the device.
pub(crate) fn close(device: &RawDevice, key: &CStr) {
    let api = device.api();
    let Some(close) = api.ipc_memory_close else { return };
    // SAFETY: a terminated key (A10). One that this process neither exported nor imported is refused.
    let close = || api.check_in_drop("aclrtIpcMemClose", Status(unsafe { close(key.as_ptr()) }));
    let _ = device.visit(close); // refused in a forked child, which inherited what the parent closes
}

/// `aclrtDeviceGetBareTgid(out)`—This process as the driver counts, which in a container is not its pid.
pub(crate) fn bare_pid(api: &'static Api) -> Result<i32> {
    fork::refuse()?;
    let ask = api.need(api.bare_tgid, "aclrtDeviceGetBareTgid")?;
    let mut pid = 0;
    // SAFETY: a writable integer.
    let status = Status(unsafe { ask(&raw mut pid) });
    api.check("aclrtDeviceGetBareTgid", status).map(|()| pid)
}
