//! Memory pools.

use core::ffi::c_void;
use std::sync::Arc;

use ascend_sys::abi::{
    ACL_MEM_ALLOCATION_TYPE_PINNED, ACL_MEM_HANDLE_TYPE_NONE, ACL_MEM_HANDLE_TYPE_POSIX, ACL_MEM_LOCATION_TYPE_DEVICE,
    ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD, ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT,
    ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH, ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT, ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH,
    ACL_RT_MEM_POOL_REUSE_ALLOW_INTERNAL_DEPENDENCIES, ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC,
    ACL_RT_MEM_POOL_REUSE_FOLLOW_EVENT_DEPENDENCIES, aclrtMemPool, aclrtMemPoolAttr, aclrtMemPoolProps, aclrtStream,
};

use super::entry;
use crate::model::fault::Fault;
use crate::model::memory::Backing;
use crate::model::memory_pool::{self, Pool};
use crate::model::runtime::runtime;
use crate::model::task::Task;
use crate::model::thread;
use crate::shm::transfer::Transfer;

entry! {
    /// Creates a pool of a device's memory.
    fn aclrtMemPoolCreate(memPool: *mut aclrtMemPool, poolProps: *const aclrtMemPoolProps) {
        memPool.required()?;
        let props = poolProps.get()?;
        let known = props.allocType == ACL_MEM_ALLOCATION_TYPE_PINNED
            && matches!(props.handleType, ACL_MEM_HANDLE_TYPE_NONE | ACL_MEM_HANDLE_TYPE_POSIX)
            && props.location.type_ == ACL_MEM_LOCATION_TYPE_DEVICE;
        if !known {
            let cause = "the properties describe no pinned memory of a device";
            return Err(Fault::parameter(cause, "Use ACL_MEM_ALLOCATION_TYPE_PINNED and a device."));
        }
        runtime().device(i32::try_from(props.location.id).unwrap_or(-1))?;
        memPool.set_raw(runtime().pools.insert(Arc::new(Pool::new(props.location.id, props.maxSize as u64))))
    }

    /// Destroys a pool; what was allocated from it stays until it is freed.
    fn aclrtMemPoolDestroy(memPool: aclrtMemPool) {
        memPool.required()?;
        runtime().pools.remove(memPool.address()).map(drop).ok_or_else(|| Fault::handle("memory pool"))
    }

    /// Sets what may be set of a pool.
    fn aclrtMemPoolSetAttr(memPool: aclrtMemPool, attr: aclrtMemPoolAttr, value: *mut c_void) {
        memPool.required()?;
        value.required()?;
        let pool = memory_pool::find(memPool.address())?;
        if let Some(reuse) = reuse(attr) {
            let allowed = value.cast::<u32>().get()?;
            pool.set(|state| state.reuse[reuse] = allowed);
            return Ok(());
        }
        let number = value.number()?;
        match attr {
            ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD => pool.set(|state| state.threshold = number),
            ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH if number == 0 => pool.set(|state| state.reserved_high = state.reserved),
            ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH if number == 0 => pool.set(|state| state.used_high = state.used),
            _ => return Err(Fault::parameter(format!("attribute {attr} cannot be set to this"), "High marks are set to 0 only.")),
        }
        Ok(())
    }

    /// What a pool is and holds: 32 bits for what it allows, 64 bits for bytes.
    fn aclrtMemPoolGetAttr(memPool: aclrtMemPool, attr: aclrtMemPoolAttr, value: *mut c_void) {
        memPool.required()?;
        value.required()?;
        let state = memory_pool::find(memPool.address())?.state();
        if let Some(reuse) = reuse(attr) {
            return value.cast::<u32>().set(state.reuse[reuse]);
        }
        value.set_number(match attr {
            ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD => state.threshold,
            ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT => state.reserved,
            ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH => state.reserved_high,
            ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT => state.used,
            ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH => state.used_high,
            _ => return Err(Fault::parameter(format!("{attr} is no attribute of a pool"), "Use the ACL_RT_MEM_POOL_* values.")),
        })
    }

    /// Allocates from a pool; the address is known at once.
    fn aclrtMemPoolMallocAsync(ptr: *mut *mut c_void, size: usize, memPool: aclrtMemPool, stream: aclrtStream) {
        ptr.required()?;
        memPool.required()?;
        if size == 0 {
            return Err(Fault::front("the size is 0", "Allocate at least one byte."));
        }
        let stream = thread::named_stream(stream.address())?;
        let pool = memory_pool::find(memPool.address())?;
        thread::own(stream)?;
        ptr.set_raw(runtime().memory.allocate_pooled(&pool, size as u64)?)
    }

    /// Frees memory of a pool when the stream comes to it.
    fn aclrtMemPoolFreeAsync(ptr: *mut c_void, stream: aclrtStream) {
        ptr.required()?;
        let stream = thread::own(thread::named_stream(stream.address())?)?;
        let region = runtime().memory.remove(ptr.address(), |backing| matches!(backing, Backing::Pooled { .. }))?;
        stream.submit(Task::Transfer(Transfer::NOTHING, [Some(region), None]))
    }

    /// Returns what a pool keeps for nobody to the device, but for so many bytes.
    fn aclrtMemPoolTrimTo(memPool: aclrtMemPool, minBytesToKeep: usize) {
        memPool.required()?;
        memory_pool::find(memPool.address())?.trim(minBytesToKeep as u64);
        Ok(())
    }
}

/// Which kind of reuse an attribute is about.
fn reuse(attribute: aclrtMemPoolAttr) -> Option<usize> {
    match attribute {
        ACL_RT_MEM_POOL_REUSE_FOLLOW_EVENT_DEPENDENCIES => Some(0),
        ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC => Some(1),
        ACL_RT_MEM_POOL_REUSE_ALLOW_INTERNAL_DEPENDENCIES => Some(2),
        _ => None,
    }
}
