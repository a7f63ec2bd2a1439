//! What devices can do with memory that is not their own.

use ascend_sys::abi::{
    ACL_RT_ATOMIC_OPERATION_DMA_ADD, ACL_RT_ATOMIC_OPERATION_DMA_MAX, ACL_RT_ATOMIC_OPERATION_FLOAT_MAX,
    ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_ADD, ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_EXCH, ACL_RT_HAC_TYPE_CCU,
    ACL_RT_HOST_MEM_MAP_SUPPORTED, aclrtAtomicOperation, aclrtHacType, aclrtHostMemMapCapability,
};

use super::argument::{In, Out};
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::runtime::runtime;

entry! {
    /// Whether an accelerator of a device sees memory of the host: each does, here.
    fn aclrtHostMemMapCapabilities(deviceId: u32, hacType: aclrtHacType, capabilities: *mut aclrtHostMemMapCapability) {
        capabilities.required()?;
        runtime().device(i32::try_from(deviceId).unwrap_or(-1))?;
        if hacType > ACL_RT_HAC_TYPE_CCU {
            return Err(Fault::parameter(format!("{hacType} is no accelerator"), "Use the ACL_RT_HAC_TYPE_* values."));
        }
        capabilities.set(ACL_RT_HOST_MEM_MAP_SUPPORTED)
    }

    /// Which atomic operations a device does on memory of the host.
    fn aclrtDeviceGetHostAtomicCapabilities(capabilities: *mut u32, operations: *const aclrtAtomicOperation, count: u32, deviceId: i32) {
        capabilities.required()?;
        operations.required()?;
        runtime().device(deviceId)?;
        write_capabilities(&capabilities, &operations, count)
    }

    /// Which atomic operations a device does on memory of another.
    fn aclrtDeviceGetP2PAtomicCapabilities(capabilities: *mut u32, operations: *const aclrtAtomicOperation, count: u32, srcDeviceId: i32, dstDeviceId: i32) {
        capabilities.required()?;
        operations.required()?;
        runtime().device(srcDeviceId)?;
        runtime().device(dstDeviceId)?;
        write_capabilities(&capabilities, &operations, count)
    }
}

/// More operations than there are.
const MOST: u32 = 1024;

/// Writes 0 for each operation: the simulator runs no operators, so none is atomic, nor anything else.
fn write_capabilities(capabilities: &Out<u32>, operations: &In<aclrtAtomicOperation>, count: u32) -> Answer {
    if count == 0 || count > MOST {
        return Err(Fault::parameter(format!("{count} operations cannot be asked for"), "Ask for at least one."));
    }
    let operations = operations.values(count as usize)?;
    if let Some(unknown) = operations.into_iter().find(|operation| !is_operation(*operation)) {
        let cause = format!("{unknown} is no atomic operation");
        return Err(Fault::parameter(cause, "Use the ACL_RT_ATOMIC_OPERATION_* values."));
    }
    capabilities.set_all(&vec![0; count as usize])
}

fn is_operation(operation: aclrtAtomicOperation) -> bool {
    const SCALAR: core::ops::RangeInclusive<u32> =
        ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_ADD..=ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_EXCH;
    const DMA: core::ops::RangeInclusive<u32> = ACL_RT_ATOMIC_OPERATION_DMA_ADD..=ACL_RT_ATOMIC_OPERATION_DMA_MAX;
    operation <= ACL_RT_ATOMIC_OPERATION_FLOAT_MAX || DMA.contains(&operation) || SCALAR.contains(&operation)
}
