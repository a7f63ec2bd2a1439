//! Settings of the process that change nothing here: how long operators may run, and device limits.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ascend_sys::abi::{
    ACL_RT_DEV_LIMIT_SIMD_PRINTF_FIFO_SIZE_PER_CORE, ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE,
    ACL_RT_DEV_LIMIT_SIMT_PRINTF_FIFO_SIZE, aclrtDeviceLimit,
};

use super::fault::{Answer, Fault};
use super::profile::Family;
use super::runtime::runtime;

/// Microseconds from one possible time limit of operators to the next.
pub(crate) const INTERVAL: u64 = 1_000_000;
/// The longest one, in microseconds.
const LONGEST: u64 = 1080 * INTERVAL;

/// The settings.
pub(crate) struct Setting {
    execute: AtomicU64,
    limits: [AtomicUsize; 5],
}

impl Default for Setting {
    fn default() -> Self {
        let limits = [0, 0, 32 << 10, 1 << 20, 2 << 20].map(AtomicUsize::new);
        Self { execute: AtomicU64::new(LONGEST), limits }
    }
}

impl Setting {
    /// Sets how many microseconds an operator may run, 0 being as long as possible; answers what was taken.
    pub(crate) fn set_execute(&self, microseconds: u64) -> u64 {
        let wanted = if microseconds == 0 { LONGEST } else { microseconds };
        let taken = wanted.min(LONGEST).next_multiple_of(INTERVAL);
        self.execute.store(taken, Ordering::Relaxed);
        taken
    }

    /// How many microseconds an operator may run.
    pub(crate) fn execute(&self) -> u64 {
        self.execute.load(Ordering::Relaxed)
    }

    /// A device limit, which is always one of device 0.
    pub(crate) fn limit(&self, limit: aclrtDeviceLimit) -> Answer<&AtomicUsize> {
        if limit > ACL_RT_DEV_LIMIT_SIMT_PRINTF_FIFO_SIZE {
            return Err(Fault::parameter(format!("{limit} is no device limit"), "Pass an ACL_RT_DEV_LIMIT_*."));
        }
        let simd = [ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, ACL_RT_DEV_LIMIT_SIMD_PRINTF_FIFO_SIZE_PER_CORE];
        if !simd.contains(&limit) && runtime().profile.family() != Family::A5 {
            return Err(Fault::unsupported(format!("{} has no such limit", runtime().profile.soc)));
        }
        require_device_0()?;
        self.limits.get(limit as usize).ok_or_else(|| Fault::unsupported("there is no such limit"))
    }
}

/// Refuses if the device whose limits are set is not visible.
pub(crate) fn require_device_0() -> Answer {
    if runtime().devices.iter().any(|device| device.logical() == 0) {
        return Ok(());
    }
    let cause = "limits are those of device 0, which ASCEND_RT_VISIBLE_DEVICES hides";
    Err(Fault::new(107_001, "EE1001", cause, "Make device 0 visible."))
}
