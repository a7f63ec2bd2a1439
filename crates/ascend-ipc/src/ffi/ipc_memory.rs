//! Memory shared between processes: export, allow, import, close.
//!
//! # Safety
//! Keys are terminated texts of at most 65 bytes (A10).
#![allow(unsafe_code)]

use core::ffi::CStr;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ascend_sys::{IpcMemoryExportFlags, IpcMemoryImportFlags, Status};

use super::device::RawDevice;
use super::fork;
use super::library::Api;
use super::memory::{RawMemory, Release};
use crate::error::{Error, ErrorKind, Result};

/// Bytes of a key with its terminator.
const KEY: usize = 65;

/// A key that this process exported; closed when dropped, and the memory is kept until then.
pub(crate) struct RawExport {
    memory: Arc<RawMemory>,
    key: CString,
}

impl RawExport {
    /// `aclrtIpcMemGetExportKey(ptr, size, key, len, flags)`—Exports a whole allocation; importers must be listed.
    pub(crate) fn create(memory: &Arc<RawMemory>) -> Result<Self> {
        let api = memory.owner().api();
        let export = api.need(api.ipc_memory_key, "aclrtIpcMemGetExportKey")?;
        memory.owner().bind()?;
        let mut key = [0u8; KEY];
        let flags = IpcMemoryExportFlags::empty().bits();
        // SAFETY: the memory is ours and as long as said (A12); the key has room for 65 bytes (A10).
        let status =
            Status(unsafe { export(memory.address.as_ptr(), memory.length, key.as_mut_ptr().cast(), KEY, flags) });
        api.check("aclrtIpcMemGetExportKey", status)?;
        let key = CStr::from_bytes_until_nul(&key).map_err(|_| Error::new(ErrorKind::Runtime, "the key has no end"))?;
        Ok(Self { memory: Arc::clone(memory), key: key.to_owned() })
    }

    /// The key's text.
    pub(crate) fn key(&self) -> &CStr {
        &self.key
    }

    /// `aclrtIpcMemSetImportPid(key, pids, num)`—Lets a process, named by its bare pid, import.
    pub(crate) fn allow(&self, bare_pid: i32) -> Result<()> {
        let api = self.memory.owner().api();
        let allow = api.need(api.ipc_memory_allow, "aclrtIpcMemSetImportPid")?;
        let mut pids = [bare_pid];
        // SAFETY: a terminated key (A10), and one readable pid.
        let status = Status(unsafe { allow(self.key.as_ptr(), pids.as_mut_ptr(), pids.len()) });
        api.check("aclrtIpcMemSetImportPid", status)
    }
}

impl Drop for RawExport {
    fn drop(&mut self) {
        close(self.memory.owner().api(), &self.key); // and the memory after it
    }
}

/// What this process has imported, by key: the runtime closes by key, not by address, so a key is imported once.
static IMPORTED: Mutex<BTreeMap<CString, Weak<RawMemory>>> = Mutex::new(BTreeMap::new());

/// `aclrtIpcMemImportByKey(out, key, flags)`—Maps memory of another process; enables peer access to its device.
///
/// Opened again, it is the same mapping.
pub(crate) fn import(device: &Arc<RawDevice>, key: &CStr, length: usize) -> Result<Arc<RawMemory>> {
    let mut imported = IMPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    imported.retain(|_, memory| memory.strong_count() > 0);
    if let Some(memory) = imported.get(key).and_then(Weak::upgrade) {
        if memory.owner().is(device) && memory.length() == length {
            return Ok(memory);
        }
        let what = format!("the memory is open on device {} already; close it there first", memory.owner().id());
        return Err(Error::misuse(what));
    }
    let memory = Arc::new(map(device, key, length)?);
    imported.insert(key.to_owned(), Arc::downgrade(&memory));
    Ok(memory)
}

fn map(device: &Arc<RawDevice>, key: &CStr, length: usize) -> Result<RawMemory> {
    let api = device.api();
    let import = api.need(api.ipc_memory_import, "aclrtIpcMemImportByKey")?;
    device.bind()?;
    let mut address = core::ptr::null_mut();
    let flags = IpcMemoryImportFlags::ENABLE_PEER_ACCESS.bits();
    // SAFETY: a terminated key (A10), and a writable pointer.
    let status = Status(unsafe { import(&raw mut address, key.as_ptr(), flags) });
    RawMemory::own(device, address, length, Release::Import(key.to_owned()), "aclrtIpcMemImportByKey", status)
}

/// `aclrtIpcMemClose(key)`—Closes an import, or else an export.
pub(super) fn close(api: &'static Api, key: &CStr) {
    if let Some(close) = api.ipc_memory_close
        && !fork::is_child()
    {
        // SAFETY: a terminated key (A10) that this process exported or imported, closed once for that.
        let status = Status(unsafe { close(key.as_ptr()) });
        api.check_in_drop("aclrtIpcMemClose", status);
    }
}

/// `aclrtDeviceGetBareTgid(out)`—This process as the driver counts, which in a container is not its pid.
pub(crate) fn bare_pid(api: &'static Api) -> Result<i32> {
    let ask = api.need(api.bare_tgid, "aclrtDeviceGetBareTgid")?;
    let mut pid = 0;
    // SAFETY: a writable integer.
    let status = Status(unsafe { ask(&raw mut pid) });
    api.check("aclrtDeviceGetBareTgid", status).map(|()| pid)
}
