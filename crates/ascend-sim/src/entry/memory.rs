//! Allocation, copies and fills.

use core::ffi::c_void;
use std::sync::Arc;

use ascend_sys::abi::{
    ACL_MEM_MALLOC_HUGE1G_ONLY, ACL_MEM_MALLOC_HUGE1G_ONLY_P2P, ACL_MEMCPY_DEFAULT, ACL_MEMCPY_DEVICE_TO_HOST,
    ACL_MEMCPY_HOST_TO_DEVICE, ACL_MEMCPY_HOST_TO_HOST, ACL_MEMCPY_INTER_DEVICE_TO_DEVICE, ACL_RT_MEM_ATTR_DEVICE_ID,
    ACL_RT_MEM_ATTR_MODULE_ID, ACL_RT_MEM_ATTR_RSV, ACL_RT_MEM_ATTR_VA_FLAG, aclrtMallocConfig, aclrtMemAttr,
    aclrtMemMallocPolicy, aclrtMemcpyKind, aclrtStream,
};

use super::argument::{self, In, Out};
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::memory::{Backing, Region};
use crate::model::runtime::runtime;
use crate::model::stream::Stream;
use crate::model::strict::use_of_memory;
use crate::model::task::Task;
use crate::model::{device, thread};
use crate::shm::transfer::Transfer;

entry! {
    /// Allocates device memory on the current device; of the policies, only those of 1 GiB pages make a difference.
    fn aclrtMalloc(devPtr: *mut *mut c_void, size: usize, policy: aclrtMemMallocPolicy) {
        allocate(&devPtr, size, policy, None)
    }

    /// As `aclrtMalloc`; any allocation is a multiple of 32 bytes here.
    fn aclrtMallocAlign32(devPtr: *mut *mut c_void, size: usize, policy: aclrtMemMallocPolicy) {
        allocate(&devPtr, size, policy, None)
    }

    /// As `aclrtMalloc`; there is no cache here.
    fn aclrtMallocCached(devPtr: *mut *mut c_void, size: usize, policy: aclrtMemMallocPolicy) {
        allocate(&devPtr, size, policy, None)
    }

    /// As `aclrtMalloc`, on the device that the attributes name, or else the current one.
    fn aclrtMallocWithCfg(devPtr: *mut *mut c_void, size: usize, policy: aclrtMemMallocPolicy, cfg: *mut aclrtMallocConfig) {
        devPtr.required()?;
        require_size(size)?;
        allocate(&devPtr, size, policy, named_device(&cfg)?)
    }

    /// As `aclrtMallocWithCfg`.
    fn aclrtMallocForTaskScheduler(devPtr: *mut *mut c_void, size: usize, policy: aclrtMemMallocPolicy, cfg: *mut aclrtMallocConfig) {
        devPtr.required()?;
        require_size(size)?;
        allocate(&devPtr, size, policy, named_device(&cfg)?)
    }

    /// Frees device memory; tasks that still use it are safe.
    fn aclrtFree(devPtr: *mut c_void) {
        devPtr.required()?;
        runtime().memory.free(devPtr.address(), is_device)
    }

    /// Waits for every stream of the memory's device, then frees it.
    fn aclrtFreeWithDevSync(devPtr: *mut c_void) {
        devPtr.required()?;
        let region = runtime().memory.find(devPtr.address());
        let device = region.and_then(|region| match region.backing() {
            Backing::Device { device, .. } => Some(*device),
            _ => None,
        });
        let drained = device.map_or(Ok(()), |device| device::drain(device, None));
        runtime().memory.free(devPtr.address(), is_device)?;
        drained // what failed on a stream is told, but the memory is free
    }

    /// Allocates pinned memory of the host.
    fn aclrtMallocHost(hostPtr: *mut *mut c_void, size: usize) {
        allocate_host(&hostPtr, size as u64)
    }

    /// As `aclrtMallocHost`; the attributes make no difference here.
    fn aclrtMallocHostWithCfg(ptr: *mut *mut c_void, size: u64, cfg: *mut aclrtMallocConfig) {
        ptr.required()?;
        require_size(usize::try_from(size).unwrap_or(usize::MAX))?;
        named_device(&cfg)?;
        allocate_host(&ptr, size)
    }

    /// Frees pinned memory of the host.
    fn aclrtFreeHost(hostPtr: *mut c_void) {
        hostPtr.required()?;
        runtime().memory.free(hostPtr.address(), is_host)
    }

    /// Waits for every stream of the current device, if there is one, then frees pinned memory of the host.
    fn aclrtFreeHostWithDevSync(hostPtr: *mut c_void) {
        hostPtr.required()?;
        let drained = thread::current().map_or(Ok(()), |context| device::drain(context.device(), None));
        runtime().memory.free(hostPtr.address(), is_host)?;
        drained // what failed on a stream is told, but the memory is free
    }

    /// Makes what the host sees of device memory current; it always is, here.
    fn aclrtMemFlush(devPtr: *mut c_void, size: usize) {
        check_range(&devPtr, size)
    }

    /// Makes what the host sees of device memory current; it always is, here.
    fn aclrtMemInvalidate(devPtr: *mut c_void, size: usize) {
        check_range(&devPtr, size)
    }

    /// Copies; waits for no stream.
    fn aclrtMemcpy(dst: *mut c_void, destMax: usize, src: *const c_void, count: usize, kind: aclrtMemcpyKind) {
        run_now(plan_copy(&dst, destMax, &src, count, kind)?)
    }

    /// Copies in stream order. Pageable host memory makes it wait for the stream and copy on the host's thread.
    fn aclrtMemcpyAsync(dst: *mut c_void, destMax: usize, src: *const c_void, count: usize, kind: aclrtMemcpyKind, stream: aclrtStream) {
        if count == 0 {
            return Ok(());
        }
        check_copy(&dst, &src, kind)?;
        require_device_side(kind)?;
        let stream = thread::named_stream(stream.address())?;
        let planned = plan_copy(&dst, destMax, &src, count, kind)?;
        enqueue(stream, planned)
    }

    /// Fills memory; waits for no stream.
    fn aclrtMemset(devPtr: *mut c_void, maxCount: usize, value: i32, count: usize) {
        run_now(plan_fill(&devPtr, maxCount, value, count)?)
    }

    /// Fills memory in stream order.
    fn aclrtMemsetAsync(devPtr: *mut c_void, maxCount: usize, value: i32, count: usize, stream: aclrtStream) {
        if count == 0 {
            return Ok(());
        }
        devPtr.required()?;
        let stream = thread::named_stream(stream.address())?;
        let Some((transfer, regions)) = plan_fill(&devPtr, maxCount, value, count)? else { return Ok(()) };
        thread::own(stream)?.submit(Task::Transfer(transfer, regions))
    }

    /// Free and total bytes of the current device.
    fn aclrtGetMemInfo(attr: aclrtMemAttr, free: *mut usize, total: *mut usize) {
        let _ = attr;
        free.required()?;
        total.required()?;
        let (left, all) = runtime().memory.info(thread::current()?.device());
        free.set(usize::try_from(left).unwrap_or(usize::MAX))?;
        total.set(usize::try_from(all).unwrap_or(usize::MAX))
    }
}

fn require_size(size: usize) -> Answer {
    if size == 0 { Err(Fault::front("the size is 0", "Allocate at least one byte.")) } else { Ok(()) }
}

fn allocate(dev_ptr: &Out<*mut c_void>, size: usize, policy: aclrtMemMallocPolicy, device: Option<u32>) -> Answer {
    dev_ptr.required()?;
    require_size(size)?;
    let current = thread::current()?.device();
    let giant = matches!(policy, ACL_MEM_MALLOC_HUGE1G_ONLY | ACL_MEM_MALLOC_HUGE1G_ONLY_P2P);
    dev_ptr.set_raw(runtime().memory.allocate(device.unwrap_or(current), size as u64, !giant)?)
}

fn allocate_host(ptr: &Out<*mut c_void>, size: u64) -> Answer {
    ptr.required()?;
    require_size(usize::try_from(size).unwrap_or(usize::MAX))?;
    thread::current()?;
    ptr.set_raw(runtime().memory.allocate_host(size)?)
}

fn is_device(backing: &Backing) -> bool {
    matches!(backing, Backing::Device { .. } | Backing::Managed { .. })
}

fn is_host(backing: &Backing) -> bool {
    matches!(backing, Backing::Host { .. })
}

/// More attributes than there are types of them.
const MOST_ATTRIBUTES: usize = 64;

/// Checks the attributes of an allocation; answers with the device that they name.
fn named_device(config: &Out<aclrtMallocConfig>) -> Answer<Option<u32>> {
    if config.is_null() {
        return Ok(None);
    }
    let (mut named, attributes) = (None, argument::attributes(config, MOST_ATTRIBUTES)?);
    for (kind, value) in attributes {
        match kind {
            ACL_RT_MEM_ATTR_DEVICE_ID => {
                runtime().device(i32::try_from(value).unwrap_or(-1))?;
                named = Some(value);
            }
            ACL_RT_MEM_ATTR_RSV | ACL_RT_MEM_ATTR_MODULE_ID | ACL_RT_MEM_ATTR_VA_FLAG => {}
            other => {
                let cause = format!("{other} is no attribute of an allocation");
                return Err(Fault::parameter(cause, "Use the ACL_RT_MEM_ATTR_* types."));
            }
        }
    }
    Ok(named)
}

/// Checks a range of device memory that nothing is done with.
fn check_range(dev_ptr: &Out<c_void>, size: usize) -> Answer {
    dev_ptr.required()?;
    if size == 0 {
        return Err(Fault::parameter("the size is 0", "Name at least one byte."));
    }
    runtime().memory.check(dev_ptr.address(), size, "devPtr").map(drop)
}

/// A checked transfer and what it touches; `None` if there is nothing to do.
pub(super) type Planned = Option<(Transfer, [Option<Arc<Region>>; 2])>;

/// Runs a transfer on the caller's thread.
pub(super) fn run_now(planned: Planned) -> Answer {
    if let Some((transfer, _)) = planned {
        transfer.run();
    }
    Ok(())
}

/// Appends a copy to a stream of the current context. With pageable memory the caller waits for the stream and copies.
pub(super) fn enqueue(stream: Option<Arc<Stream>>, planned: Planned) -> Answer {
    let Some((transfer, regions)) = planned else { return Ok(()) };
    let stream = thread::own(stream)?;
    if regions.iter().any(Option::is_none) {
        stream.synchronize(None, "stream")?;
        transfer.run();
        return Ok(());
    }
    stream.submit(Task::Transfer(transfer, regions))
}

/// Refuses an asynchronous copy from host to host.
pub(super) fn require_device_side(kind: aclrtMemcpyKind) -> Answer {
    if kind == ACL_MEMCPY_HOST_TO_HOST {
        return Err(Fault::unsupported("a host has no asynchronous copy to itself"));
    }
    Ok(())
}

/// What the front layer checks of a copy.
pub(super) fn check_copy(dst: &Out<c_void>, src: &In<c_void>, kind: aclrtMemcpyKind) -> Answer {
    dst.required()?;
    src.required()?;
    if kind > ACL_MEMCPY_INTER_DEVICE_TO_DEVICE {
        return Err(Fault::front(format!("{kind} is no kind of copy"), "Use the ACL_MEMCPY_* kinds."));
    }
    Ok(())
}

/// Checks a copy in the vendor's order; `None` if there is nothing to do.
pub(super) fn plan_copy(
    dst: &Out<c_void>,
    max: usize,
    src: &In<c_void>,
    count: usize,
    kind: aclrtMemcpyKind,
) -> Answer<Planned> {
    if count == 0 {
        return Ok(None);
    }
    check_copy(dst, src, kind)?;
    if count > max {
        return Err(Fault::parameter(
            format!("{count} bytes do not fit into {max}"),
            "Pass the destination's true size.",
        ));
    }
    if dst.address() == src.address() {
        return Ok(None);
    }
    thread::current()?;
    let memory = &runtime().memory;
    let regions = [memory.check(dst.address(), count, "dst")?, memory.check(src.address(), count, "src")?];
    refuse_remote(kind, &regions)?;
    Ok(Some((argument::copy(dst, src, count), regions)))
}

/// Refuses a copy that memory of another device, imported by key, takes no part in.
pub(super) fn refuse_remote(kind: aclrtMemcpyKind, regions: &[Option<Arc<Region>>; 2]) -> Answer {
    let touches_host = matches!(kind, ACL_MEMCPY_HOST_TO_DEVICE | ACL_MEMCPY_DEVICE_TO_HOST | ACL_MEMCPY_DEFAULT);
    if touches_host && let Some(region) = regions.iter().flatten().find(|region| is_remote(region)) {
        use_of_memory::tell_remote(region);
        let cause =
            "memory imported from another device takes no part in copies to or from the host, nor of inferred kind";
        return Err(Fault::parameter(cause, "Copy it from device to device first."));
    }
    Ok(())
}

/// Whether the memory was imported from a device other than the current one.
fn is_remote(region: &Region) -> bool {
    let Backing::Imported(imported) = region.backing() else { return false };
    let current = thread::current().ok().and_then(|context| i32::try_from(context.device()).ok());
    let here = current.and_then(|device| runtime().device(device).ok()).map(crate::model::device::Device::logical);
    here != Some(imported.device())
}

fn plan_fill(dst: &Out<c_void>, max: usize, value: i32, count: usize) -> Answer<Planned> {
    if count == 0 {
        return Ok(None);
    }
    dst.required()?;
    if count > max {
        return Err(Fault::parameter(format!("{count} bytes do not fit into {max}"), "Pass the memory's true size."));
    }
    thread::current()?;
    let region = runtime().memory.check(dst.address(), count, "devPtr")?;
    // As in C's memset, the low byte counts.
    Ok(Some((argument::fill(dst, value.to_le_bytes()[0], count), [region, None])))
}
