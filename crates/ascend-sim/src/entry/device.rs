//! Devices.

use core::ffi::c_void;

use super::entry;
use super::stream::deadline;
use crate::model::device::{self, Reset};
use crate::model::fault::Fault;
use crate::model::runtime::runtime;
use crate::model::{op_timeout, peer, thread};

entry! {
    /// Binds this thread to a device's primary context, and counts.
    fn aclrtSetDevice(deviceId: i32) {
        device::set(deviceId)
    }

    /// Counts down, and tears the device down at 0.
    fn aclrtResetDevice(deviceId: i32) {
        device::reset(deviceId, Reset::Counted)
    }

    /// Tears the device down whatever the count.
    fn aclrtResetDeviceForce(deviceId: i32) {
        device::reset(deviceId, Reset::Forced)
    }

    /// The device of the current context, or else the default device of `aclInit`.
    fn aclrtGetDevice(deviceId: *mut i32) {
        deviceId.required()?;
        if thread::current_raw().is_none() && let Some(id) = runtime().init.default_device() {
            return deviceId.set(id);
        }
        deviceId.set(i32::try_from(thread::present()?.device()).unwrap_or(i32::MAX))
    }

    /// How many devices this process sees.
    fn aclrtGetDeviceCount(count: *mut u32) {
        count.required()?;
        match &runtime().profile.visible {
            Ok(visible) => count.set(u32::try_from(visible.len()).unwrap_or(u32::MAX)),
            Err(why) => Err(Fault::new(207_004, "EE2002", why.clone(), "Correct the variable before the process starts.")),
        }
    }

    /// Waits for every stream of the current device.
    fn aclrtSynchronizeDevice() {
        device::synchronize(None)
    }

    /// Waits for every stream of the current device, at most so many milliseconds; -1 waits for ever.
    fn aclrtSynchronizeDeviceWithTimeout(timeout: i32) {
        device::synchronize(deadline(timeout)?)
    }

    /// How many seconds a wait of a stream lasts that names no time itself; 0 is for ever.
    fn aclrtSetOpWaitTimeout(timeout: u32) {
        op_timeout::set(timeout);
        Ok(())
    }

    /// The process id that whitelists want; no container is between this process and the simulated driver.
    fn aclrtDeviceGetBareTgid(pid: *mut i32) {
        pid.required()?;
        pid.set(i32::try_from(std::process::id()).unwrap_or(i32::MAX))
    }

    /// Whether one device can reach another's memory, which is the machine's topology.
    fn aclrtDeviceCanAccessPeer(canAccessPeer: *mut i32, deviceId: i32, peerDeviceId: i32) {
        canAccessPeer.required()?;
        if deviceId == peerDeviceId {
            return Err(Fault::front("a device is not its own peer", "Ask about two different devices."));
        }
        thread::current()?;
        let (one, other) = (runtime().device(deviceId)?, runtime().device(peerDeviceId)?);
        canAccessPeer.set(runtime().profile.connects(one.logical(), other.logical()).into())
    }

    /// Whether a device was enabled to reach a peer's memory.
    fn aclrtDevicePeerAccessStatus(deviceId: i32, peerDeviceId: i32, status: *mut i32) {
        status.required()?;
        let known = |id| runtime().device(id).map_err(|fault| fault.with_code(107_000));
        known(peerDeviceId)?;
        status.set(known(deviceId)?.peers().contains(&peerDeviceId).into())
    }

    /// Writes what a device's second-level cache holds to its memory; there is no cache here.
    fn aclrtDeviceL2CacheFlush(rsv: *mut c_void) {
        if !rsv.is_null() {
            return Err(Fault::front("rsv is no null pointer, but reserved", "Pass NULL."));
        }
        thread::current().map(drop)
    }

    /// Aborts a device's tasks; calls that need it are refused until it is reset.
    fn aclrtDeviceTaskAbort(deviceId: i32, timeout: u32) {
        device::abort(deviceId, timeout)
    }

    /// Lets the current device reach a peer's memory.
    fn aclrtDeviceEnablePeerAccess(peerDeviceId: i32, flags: u32) {
        if flags != 0 {
            return Err(Fault::front_unsupported("flags are reserved"));
        }
        let own = current()?;
        if peerDeviceId == own {
            return Err(Fault::front("a device is not its own peer", "Name another device."));
        }
        let (there, here) = (runtime().device(peerDeviceId)?, runtime().device(own)?);
        peer::require(here.logical(), there.logical())?;
        peer::add(here, peerDeviceId);
        Ok(())
    }

    /// Ends what `aclrtDeviceEnablePeerAccess` began.
    fn aclrtDeviceDisablePeerAccess(peerDeviceId: i32) {
        let own = current()?;
        if peerDeviceId == own {
            return Err(Fault::front("a device is not its own peer", "Name another device."));
        }
        runtime().device(peerDeviceId)?;
        runtime().device(own)?.peers().retain(|peer| *peer != peerDeviceId);
        Ok(())
    }
}

fn current() -> crate::model::fault::Answer<i32> {
    Ok(i32::try_from(thread::current()?.device()).unwrap_or(i32::MAX))
}
