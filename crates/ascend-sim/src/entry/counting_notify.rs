//! Counting notifies, within a process.

use ascend_sys::abi::{aclrtCntNotify, aclrtCntNotifyRecordInfo, aclrtCntNotifyWaitInfo, aclrtStream};

use super::entry;
use crate::model::counting_notify::{self, Change, Wait};

entry! {
    /// Creates a counting notify on the current device; its value is 0.
    fn aclrtCntNotifyCreate(cntNotify: *mut aclrtCntNotify, flag: u64) {
        cntNotify.required()?;
        cntNotify.set_raw(counting_notify::create(flag)?)
    }

    /// Destroys a counting notify; never blocks.
    fn aclrtCntNotifyDestroy(cntNotify: aclrtCntNotify) {
        cntNotify.required()?;
        counting_notify::destroy(cntNotify.address())
    }

    /// Changes the value in stream order.
    fn aclrtCntNotifyRecord(cntNotify: aclrtCntNotify, stream: aclrtStream, info: *mut aclrtCntNotifyRecordInfo) {
        cntNotify.required()?;
        info.required()?;
        let info = info.get()?;
        counting_notify::change(cntNotify.address(), stream.address(), Change::of(info.mode, info.value))
    }

    /// Makes a stream wait until the value meets a condition, at most so many seconds; 0 waits for ever.
    fn aclrtCntNotifyWaitWithTimeout(cntNotify: aclrtCntNotify, stream: aclrtStream, info: *mut aclrtCntNotifyWaitInfo) {
        cntNotify.required()?;
        info.required()?;
        let info = info.get()?;
        let wait = Wait::of(info.mode, info.value, info.timeout, info.isClear != 0);
        counting_notify::wait(cntNotify.address(), stream.address(), wait)
    }

    /// Makes the value 0 in stream order.
    fn aclrtCntNotifyReset(cntNotify: aclrtCntNotify, stream: aclrtStream) {
        cntNotify.required()?;
        counting_notify::change(cntNotify.address(), stream.address(), Some(Change::RESET))
    }

    /// The counting notify's number.
    fn aclrtCntNotifyGetId(cntNotify: aclrtCntNotify, notifyId: *mut u32) {
        cntNotify.required()?;
        notifyId.required()?;
        notifyId.set(counting_notify::id(cntNotify.address())?)
    }
}
