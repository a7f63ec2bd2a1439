//! What devices are and can.

use ascend_sys::abi::{
    ACL_DEV_ATTR_AICORE_CORE_NUM, ACL_DEV_ATTR_AICPU_CORE_NUM, ACL_DEV_ATTR_CUBE_CORE_NUM,
    ACL_DEV_ATTR_CUST_OP_PRIVILEGE, ACL_DEV_ATTR_DEVICE_FORM_FACTOR, ACL_DEV_ATTR_HD_CONNECT_TYPE,
    ACL_DEV_ATTR_IS_VIRTUAL, ACL_DEV_ATTR_L2_CACHE_SIZE, ACL_DEV_ATTR_MAINBOARD_ID, ACL_DEV_ATTR_NPU_ARCH,
    ACL_DEV_ATTR_PHY_CHIP_ID, ACL_DEV_ATTR_SMP_ID, ACL_DEV_ATTR_SUPER_POD_DEVICE_ID, ACL_DEV_ATTR_SUPER_POD_ID,
    ACL_DEV_ATTR_SUPER_POD_SERVER_ID, ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE, ACL_DEV_ATTR_UBUF_PER_VECTOR_CORE,
    ACL_DEV_ATTR_VECTOR_CORE_NUM, ACL_DEV_FEATURE_SUPPORT, ACL_DEVICE_FORM_FACTOR_A_X,
    ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV,
    ACL_HOST_DEVICE_CONNECT_TYPE_PCIE, ACL_RT_DEVICE_STATUS_NORMAL, aclrtDevAttr, aclrtDevFeatureType,
    aclrtDeviceStatus, aclrtErrorInfo, aclrtUtilizationInfo,
};

use super::entry;
use crate::model::device::Device;
use crate::model::fault::{Answer, Fault};
use crate::model::runtime::runtime;

/// AI CPUs of a device, and bytes of its second-level cache and of a vector core's buffer: invented, like its cores, since
/// they belong to no product.
const AICPUS: i64 = 4;
const L2: i64 = 64 << 20;
const BUFFER: i64 = 128 << 10;

entry! {
    /// An attribute of a device.
    fn aclrtGetDeviceInfo(deviceId: u32, attr: aclrtDevAttr, value: *mut i64) {
        value.required()?;
        value.set(attribute(by_number(deviceId)?, attr)?)
    }

    /// Whether a device has a feature.
    fn aclrtGetDeviceCapability(deviceId: i32, devFeatureType: aclrtDevFeatureType, value: *mut i32) {
        value.required()?;
        runtime().device(deviceId)?;
        match devFeatureType {
            ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV | ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV => {
                value.set(ACL_DEV_FEATURE_SUPPORT.cast_signed())
            }
            _ => Err(Fault::parameter(format!("{devFeatureType} is no feature"), "Pass an ACL_FEATURE_*.")),
        }
    }

    /// How busy a device is: it never is, but its memory is used.
    fn aclrtGetDeviceUtilizationRate(deviceId: i32, utilizationInfo: *mut aclrtUtilizationInfo) {
        utilizationInfo.required()?;
        runtime().device(deviceId)?;
        let (free, total) = runtime().memory.info(deviceId.unsigned_abs());
        let used = total.saturating_sub(free).saturating_mul(100).checked_div(total).unwrap_or_default();
        utilizationInfo.set(aclrtUtilizationInfo {
            cubeUtilization: 0,
            vectorUtilization: 0,
            aicpuUtilization: 0,
            memoryUtilization: used as i32, // per cent
            utilizationExtend: core::ptr::null_mut(),
        })
    }

    /// Simulated devices are always well.
    fn aclrtQueryDeviceStatus(deviceId: i32, deviceStatus: *mut aclrtDeviceStatus) {
        deviceStatus.required()?;
        runtime().device(deviceId)?;
        deviceStatus.set(ACL_RT_DEVICE_STATUS_NORMAL)
    }

    /// How two devices are connected.
    fn aclrtGetDevicesTopo(deviceId: u32, otherDeviceId: u32, value: *mut u64) {
        value.required()?;
        let (one, other) = (by_number(deviceId)?, by_number(otherDeviceId)?);
        value.set(runtime().profile.topology(one.logical(), other.logical()))
    }

    /// Simulated devices have no errors.
    fn aclrtGetErrorVerbose(deviceId: i32, errorInfo: *mut aclrtErrorInfo) {
        errorInfo.required()?;
        runtime().device(deviceId)?;
        errorInfo.clear()
    }

    /// There is nothing to repair.
    fn aclrtRepairError(deviceId: i32, errorInfo: *const aclrtErrorInfo) {
        errorInfo.required()?;
        runtime().device(deviceId)?;
        Ok(())
    }
}

fn by_number(id: u32) -> Answer<&'static Device> {
    runtime().device(i32::try_from(id).unwrap_or(-1))
}

fn attribute(device: &Device, attribute: aclrtDevAttr) -> Answer<i64> {
    let profile = &runtime().profile;
    let (cube, vector) = profile.cores();
    Ok(match attribute {
        ACL_DEV_ATTR_AICPU_CORE_NUM => AICPUS,
        ACL_DEV_ATTR_AICORE_CORE_NUM | ACL_DEV_ATTR_CUBE_CORE_NUM => cube.into(),
        ACL_DEV_ATTR_VECTOR_CORE_NUM => vector.into(),
        ACL_DEV_ATTR_UBUF_PER_VECTOR_CORE => BUFFER,
        ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE => i64::try_from(profile.memory).unwrap_or(i64::MAX),
        ACL_DEV_ATTR_L2_CACHE_SIZE => L2,
        // The dies of a card are one chip: our reading, no source says it.
        ACL_DEV_ATTR_PHY_CHIP_ID => profile.place(device.logical()).0.into(),
        ACL_DEV_ATTR_SUPER_POD_DEVICE_ID => device.logical().into(),
        ACL_DEV_ATTR_HD_CONNECT_TYPE => ACL_HOST_DEVICE_CONNECT_TYPE_PCIE.into(),
        ACL_DEV_ATTR_DEVICE_FORM_FACTOR => ACL_DEVICE_FORM_FACTOR_A_X.into(),
        ACL_DEV_ATTR_SMP_ID
        | ACL_DEV_ATTR_SUPER_POD_SERVER_ID
        | ACL_DEV_ATTR_SUPER_POD_ID
        | ACL_DEV_ATTR_CUST_OP_PRIVILEGE
        | ACL_DEV_ATTR_MAINBOARD_ID
        | ACL_DEV_ATTR_IS_VIRTUAL => 0,
        ACL_DEV_ATTR_NPU_ARCH | 202..=212 => {
            return Err(Fault::unsupported(format!("{} has no such attribute", profile.soc)));
        }
        _ => return Err(Fault::parameter(format!("{attribute} is no attribute"), "Pass an ACL_DEV_ATTR_*.")),
    })
}
