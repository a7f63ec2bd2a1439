//! Memory shared between processes.

use core::ffi::{c_char, c_void};

use ascend_sys::{IpcMemoryExportFlags, IpcMemoryImportFlags};

use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::runtime::runtime;
use crate::model::thread;
use crate::shm::export::Key;

entry! {
    /// Exports device memory under a key of 64 characters.
    fn aclrtIpcMemGetExportKey(devPtr: *mut c_void, size: usize, key: *mut c_char, len: usize, flags: u64) {
        devPtr.required()?;
        key.required()?;
        let flags = IpcMemoryExportFlags::from_bits(flags).ok_or_else(bad_flags)?;
        if size == 0 {
            return Err(Fault::parameter("the size is 0", "Export at least one byte."));
        }
        if len <= Key::LENGTH {
            let cause = format!("the key needs {} bytes, but there is room for {len}", Key::LENGTH + 1);
            return Err(Fault::parameter(cause, "Pass a buffer of 65 bytes."));
        }
        thread::current()?;
        let restricted = !flags.contains(IpcMemoryExportFlags::DISABLE_PID_VALIDATION);
        let exported = runtime().ipc_memory.export(devPtr.address(), size as u64, restricted)?;
        key.set_text(&exported.to_string(), len)?;
        Ok(())
    }

    /// Lists processes that may import a key.
    fn aclrtIpcMemSetImportPid(key: *const c_char, pid: *mut i32, num: usize) {
        key.required()?;
        pid.required()?;
        if num == 0 || num > 65535 {
            return Err(Fault::parameter(format!("{num} processes cannot be listed"), "List 1 to 65535 processes."));
        }
        let pids: Vec<u32> = pid.values(num)?.into_iter().filter_map(|pid| u32::try_from(pid).ok()).collect();
        runtime().ipc_memory.allow(&key.text()?, &pids)
    }

    /// Maps memory that another process exported.
    fn aclrtIpcMemImportByKey(devPtr: *mut *mut c_void, key: *const c_char, flags: u64) {
        devPtr.required()?;
        key.required()?;
        let flags = IpcMemoryImportFlags::from_bits(flags).ok_or_else(bad_flags)?;
        let user = runtime().device(i32::try_from(thread::current()?.device()).unwrap_or(-1))?;
        let enable = flags.contains(IpcMemoryImportFlags::ENABLE_PEER_ACCESS);
        devPtr.set_raw(runtime().ipc_memory.import(&key.text()?, user, enable)?)
    }

    /// Closes an import, or else an export.
    fn aclrtIpcMemClose(key: *const c_char) {
        let text: Answer<String> = key.text();
        runtime().ipc_memory.close(&text?)
    }
}

fn bad_flags() -> Fault {
    Fault::parameter("the flags are out of range", "Use the ACL_RT_IPC_MEM_* flags.")
}
