//! System options, saturation and the default stream of a context.

use std::sync::atomic::Ordering;

use ascend_sys::abi::{
    ACL_RT_OVERFLOW_MODE_INFNAN, ACL_TS_ID_AIVECTOR, aclSysParamOpt, aclrtFloatOverflowMode, aclrtStream, aclrtTsId,
};

use super::entry;
use crate::model::device::Device;
use crate::model::fault::{Answer, Fault};
use crate::model::runtime::runtime;
use crate::model::{option, thread};

entry! {
    /// Sets an option of the current context.
    fn aclrtCtxSetSysParamOpt(opt: aclSysParamOpt, value: i64) {
        option::known(opt)?;
        option::set(thread::current()?.options(), opt, value)
    }

    /// An option of the current context; 107021 if it was never set.
    fn aclrtCtxGetSysParamOpt(opt: aclSysParamOpt, value: *mut i64) {
        value.required()?;
        option::known(opt)?;
        value.set(option::get(thread::current()?.options(), opt)?)
    }

    /// Sets an option of the process.
    fn aclrtSetSysParamOpt(opt: aclSysParamOpt, value: i64) {
        option::set(&runtime().options, opt, value)
    }

    /// An option of the process; 107021 if it was never set.
    fn aclrtGetSysParamOpt(opt: aclSysParamOpt, value: *mut i64) {
        value.required()?;
        value.set(option::get(&runtime().options, opt)?)
    }

    /// The default stream of the current context.
    fn aclrtCtxGetCurrentDefaultStream(stream: *mut aclrtStream) {
        stream.required()?;
        stream.set_raw(thread::current()?.default_stream().raw())
    }

    /// What becomes of numbers that are too large, on the current device.
    fn aclrtSetDeviceSatMode(mode: aclrtFloatOverflowMode) {
        if mode > ACL_RT_OVERFLOW_MODE_INFNAN {
            return Err(Fault::parameter(format!("{mode} is no overflow mode"), "Pass an ACL_RT_OVERFLOW_MODE_*."));
        }
        current()?.saturation().store(mode, Ordering::Relaxed);
        Ok(())
    }

    /// What `aclrtSetDeviceSatMode` has set.
    fn aclrtGetDeviceSatMode(mode: *mut aclrtFloatOverflowMode) {
        mode.required()?;
        mode.set(current()?.saturation().load(Ordering::Relaxed))
    }

    /// Selects a task scheduler, which makes no difference here.
    fn aclrtSetTsDevice(tsId: aclrtTsId) {
        if tsId > ACL_TS_ID_AIVECTOR {
            return Err(Fault::front(format!("{tsId} is no task scheduler"), "Pass an ACL_TS_ID_*."));
        }
        Ok(())
    }
}

fn current() -> Answer<&'static Device> {
    runtime().device(i32::try_from(thread::current()?.device()).unwrap_or(-1))
}
