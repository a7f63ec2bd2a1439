//! Notifies, within a process and between processes.

use core::ffi::c_char;

use ascend_sys::abi::{aclrtNotify, aclrtStream};

use super::entry;
use crate::model::fault::Fault;
use crate::model::{notify, op_timeout};

/// Most notifies that one call resets: all of a 950.
const MOST: usize = 65535;

entry! {
    /// Creates a notify on the current device.
    fn aclrtCreateNotify(notify: *mut aclrtNotify, flag: u64) {
        notify.required()?;
        notify.set_raw(notify::create(flag)?)
    }

    /// Destroys a notify; never blocks.
    fn aclrtDestroyNotify(notify: aclrtNotify) {
        notify.required()?;
        notify::destroy(notify.address())
    }

    /// Records a notify in stream order.
    fn aclrtRecordNotify(notify: aclrtNotify, stream: aclrtStream) {
        notify.required()?;
        notify::record(notify.address(), stream.address())
    }

    /// Makes a stream wait for one record, at most so many seconds; 0 waits for ever.
    fn aclrtWaitAndResetNotify(notify: aclrtNotify, stream: aclrtStream, timeout: u32) {
        notify.required()?;
        notify::wait(notify.address(), stream.address(), op_timeout::of_seconds(timeout))
    }

    /// The notify's number on its device.
    fn aclrtGetNotifyId(notify: aclrtNotify, notifyId: *mut u32) {
        notify.required()?;
        notifyId.required()?;
        notifyId.set(notify::id(notify.address())?)
    }

    /// Forgets the records of several notifies.
    fn aclrtNotifyBatchReset(notifies: *mut aclrtNotify, num: usize) {
        notifies.required()?;
        if num == 0 || num > MOST {
            return Err(Fault::parameter(format!("{num} notifies cannot be reset"), "Reset 1 to 65535 notifies."));
        }
        notify::reset(&notifies.handles(num)?)
    }

    /// Exports a notify under a key of 64 characters.
    fn aclrtNotifyGetExportKey(notify: aclrtNotify, key: *mut c_char, len: usize, flags: u64) {
        notify.required()?;
        key.required()?;
        key.set_text(&notify::export(notify.address(), len, flags)?, len)?;
        Ok(())
    }

    /// Lists processes that may import a notify.
    fn aclrtNotifySetImportPid(notify: aclrtNotify, pid: *mut i32, num: usize) {
        notify.required()?;
        pid.required()?;
        if num > MOST {
            return Err(Fault::parameter(format!("{num} processes cannot be listed"), "List 1 to 65535 processes."));
        }
        let pids: Vec<u32> = pid.values(num)?.into_iter().map(i32::cast_unsigned).collect();
        notify::allow(notify.address(), &pids)
    }

    /// Opens a notify that another process exported.
    fn aclrtNotifyImportByKey(notify: *mut aclrtNotify, key: *const c_char, flags: u64) {
        notify.required()?;
        key.required()?;
        notify.set_raw(notify::import(&key.text()?, flags)?)
    }
}
