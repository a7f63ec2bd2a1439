//! Time limits of operators, and device limits: they are kept, and change nothing here.

use std::sync::atomic::Ordering;

use ascend_sys::abi::aclrtDeviceLimit;

use super::entry;
use crate::model::fault::Fault;
use crate::model::runtime::runtime;
use crate::model::setting::INTERVAL;

entry! {
    /// How many seconds an operator may run; 0 is as long as possible.
    fn aclrtSetOpExecuteTimeOut(timeout: u32) {
        runtime().setting.set_execute(u64::from(timeout) * 1_000_000);
        Ok(())
    }

    /// How many milliseconds an operator may run; 0 is as long as possible.
    fn aclrtSetOpExecuteTimeOutWithMs(timeout: u32) {
        runtime().setting.set_execute(u64::from(timeout) * 1000);
        Ok(())
    }

    /// How many microseconds an operator may run; writes what was taken.
    fn aclrtSetOpExecuteTimeOutV2(timeout: u64, actualTimeout: *mut u64) {
        actualTimeout.required()?;
        actualTimeout.set(runtime().setting.set_execute(timeout))
    }

    /// How many milliseconds an operator may run.
    fn aclrtGetOpExecuteTimeout(timeoutMs: *mut u32) {
        timeoutMs.required()?;
        timeoutMs.set(u32::try_from(runtime().setting.execute() / 1000).unwrap_or(u32::MAX))
    }

    /// Microseconds from one possible time limit to the next.
    fn aclrtGetOpTimeOutInterval(interval: *mut u64) {
        interval.required()?;
        interval.set(INTERVAL)
    }

    /// Sets a limit of device 0.
    fn aclrtDeviceSetLimit(limit: aclrtDeviceLimit, value: usize) {
        let place = runtime().setting.limit(limit)?;
        if value == 0 {
            return Err(Fault::parameter("a limit of 0 leaves nothing", "Pass a size in bytes."));
        }
        place.store(value, Ordering::Relaxed);
        Ok(())
    }

    /// A limit of device 0.
    fn aclrtDeviceGetLimit(limit: aclrtDeviceLimit, value: *mut usize) {
        value.required()?;
        value.set(runtime().setting.limit(limit)?.load(Ordering::Relaxed))
    }
}
