//! Ids of devices: the user's, the driver's logical and physical ones, bus ids and unique ids.
//!
//! On the simulated machine, logical and physical ids are the same; only the user's ids are renumbered.

use core::ffi::c_char;

use ascend_sys::abi::aclrtUuid;

use super::argument::Out;
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::runtime::runtime;

/// Bytes of a bus id with its terminator.
const BUS_ID: i32 = 13;

entry! {
    /// The driver's id of a device that this process sees.
    fn aclrtGetPhyDevIdByLogicDevId(logicDevId: i32, phyDevId: *mut i32) {
        to_driver(logicDevId, &phyDevId)
    }

    /// The device that this process sees under a driver's id.
    fn aclrtGetLogicDevIdByPhyDevId(phyDevId: i32, logicDevId: *mut i32) {
        to_user(phyDevId, &logicDevId)
    }

    /// The driver's logical id of a device that this process sees.
    fn aclrtGetLogicDevIdByUserDevId(userDevid: i32, logicDevId: *mut i32) {
        to_driver(userDevid, &logicDevId)
    }

    /// The device that this process sees under a logical id.
    fn aclrtGetUserDevIdByLogicDevId(logicDevId: i32, userDevid: *mut i32) {
        to_user(logicDevId, &userDevid)
    }

    /// The device that this process sees under a physical id.
    fn aclrtGetUserDevIdByPhyDevId(phyDevId: i32, userDevId: *mut i32) {
        to_user(phyDevId, &userDevId)
    }

    /// The physical id of a device that this process sees.
    fn aclrtGetPhyDevIdByUserDevId(userDevId: i32, phyDevId: *mut i32) {
        to_driver(userDevId, &phyDevId)
    }

    /// A device's bus id as text.
    fn aclrtDeviceGetPCIBusId(deviceId: i32, pciBusId: *mut c_char, len: i32) {
        pciBusId.required()?;
        if len < BUS_ID {
            return Err(Fault::parameter(format!("{len} bytes are too few for a bus id"), "Pass at least 13."));
        }
        pciBusId.set_text(&bus_id(runtime().device(deviceId)?.logical()), BUS_ID as usize)?;
        Ok(())
    }

    /// The device that has a bus id.
    fn aclrtDeviceGetByPCIBusId(pciBusId: *const c_char, deviceId: *mut i32) {
        let wanted = pciBusId.text()?;
        deviceId.required()?;
        let found = runtime().devices.iter().position(|device| bus_id(device.logical()).eq_ignore_ascii_case(&wanted));
        let unknown = || Fault::parameter(format!("no device has the bus id {wanted:?}"), "Pass a device's bus id.");
        deviceId.set(found.and_then(|index| i32::try_from(index).ok()).ok_or_else(unknown)?)
    }

    /// A device's unique id.
    fn aclrtDeviceGetUuid(deviceId: i32, uuid: *mut aclrtUuid) {
        uuid.required()?;
        let mut bytes = *b"ascend-sim-dev\0\0";
        bytes[15] = runtime().device(deviceId)?.logical() as u8; // there are 64 at most
        uuid.set(aclrtUuid { bytes: bytes.map(|byte| byte as c_char) })
    }
}

fn to_driver(user: i32, id: &Out<i32>) -> Answer {
    id.required()?;
    let logical = runtime().device(user)?.logical();
    id.set(i32::try_from(logical).unwrap_or(i32::MAX))
}

fn to_user(driver: i32, id: &Out<i32>) -> Answer {
    id.required()?;
    let devices = &runtime().devices;
    let found = devices.iter().position(|device| i32::try_from(device.logical()) == Ok(driver));
    let index = found.and_then(|index| i32::try_from(index).ok());
    id.set(index.ok_or_else(|| Fault::device(driver, devices.len()))?)
}

/// Invented: a bus for each card, and a function for each die.
fn bus_id(logical: u32) -> String {
    let (card, die) = runtime().profile.place(logical);
    format!("0000:{:02x}:00.{die}", card + 1)
}
