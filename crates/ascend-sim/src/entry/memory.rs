//! Allocation, copies and fills.

use core::ffi::c_void;
use std::sync::Arc;

use ascend_sys::abi::{
    ACL_MEMCPY_DEFAULT, ACL_MEMCPY_DEVICE_TO_HOST, ACL_MEMCPY_HOST_TO_DEVICE, ACL_MEMCPY_HOST_TO_HOST,
    ACL_MEMCPY_INTER_DEVICE_TO_DEVICE, aclrtMemAttr, aclrtMemMallocPolicy, aclrtMemcpyKind, aclrtStream,
};

use super::argument::{self, In, Out};
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::memory::{Backing, Region};
use crate::model::runtime::runtime;
use crate::model::task::Task;
use crate::model::thread;
use crate::shm::transfer::Transfer;

entry! {
    /// Allocates device memory on the current device; the policy makes no difference here.
    fn aclrtMalloc(devPtr: *mut *mut c_void, size: usize, policy: aclrtMemMallocPolicy) {
        let _ = policy;
        devPtr.required()?;
        require_size(size)?;
        let device = thread::current()?.device();
        devPtr.set_raw(runtime().memory.allocate(device, size as u64)?)
    }

    /// Frees device memory; tasks that still use it are safe.
    fn aclrtFree(devPtr: *mut c_void) {
        devPtr.required()?;
        runtime().memory.free(devPtr.address(), |backing| matches!(backing, Backing::Device { .. }))
    }

    /// Allocates pinned memory of the host.
    fn aclrtMallocHost(hostPtr: *mut *mut c_void, size: usize) {
        hostPtr.required()?;
        require_size(size)?;
        thread::current()?;
        hostPtr.set_raw(runtime().memory.allocate_host(size as u64)?)
    }

    /// Frees pinned memory of the host.
    fn aclrtFreeHost(hostPtr: *mut c_void) {
        hostPtr.required()?;
        runtime().memory.free(hostPtr.address(), |backing| matches!(backing, Backing::Host { .. }))
    }

    /// Copies; waits for no stream.
    fn aclrtMemcpy(dst: *mut c_void, destMax: usize, src: *const c_void, count: usize, kind: aclrtMemcpyKind) {
        match plan_copy(&dst, destMax, &src, count, kind)? {
            Some((transfer, _)) => {
                transfer.run();
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Copies in stream order. Pageable host memory makes it wait for the stream and copy on the host's thread.
    fn aclrtMemcpyAsync(dst: *mut c_void, destMax: usize, src: *const c_void, count: usize, kind: aclrtMemcpyKind, stream: aclrtStream) {
        if count == 0 {
            return Ok(());
        }
        check_copy(&dst, &src, kind)?;
        if kind == ACL_MEMCPY_HOST_TO_HOST {
            return Err(Fault::unsupported("a host has no asynchronous copy to itself"));
        }
        let stream = thread::named_stream(stream.address())?;
        let Some((transfer, regions)) = plan_copy(&dst, destMax, &src, count, kind)? else { return Ok(()) };
        let stream = thread::own(stream)?;
        if regions.iter().any(Option::is_none) {
            stream.synchronize(None, "stream")?;
            transfer.run();
            return Ok(());
        }
        stream.submit(Task::Transfer(transfer, regions))
    }

    /// Fills memory; waits for no stream.
    fn aclrtMemset(devPtr: *mut c_void, maxCount: usize, value: i32, count: usize) {
        match plan_fill(&devPtr, maxCount, value, count)? {
            Some((transfer, _)) => {
                transfer.run();
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Fills memory in stream order.
    fn aclrtMemsetAsync(devPtr: *mut c_void, maxCount: usize, value: i32, count: usize, stream: aclrtStream) {
        if count == 0 {
            return Ok(());
        }
        devPtr.required()?;
        let stream = thread::named_stream(stream.address())?;
        let Some((transfer, region)) = plan_fill(&devPtr, maxCount, value, count)? else { return Ok(()) };
        thread::own(stream)?.submit(Task::Transfer(transfer, [region, None]))
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

type Planned = Option<(Transfer, [Option<Arc<Region>>; 2])>;

/// What the front layer checks of a copy.
fn check_copy(dst: &Out<c_void>, src: &In<c_void>, kind: aclrtMemcpyKind) -> Answer {
    dst.required()?;
    src.required()?;
    if kind > ACL_MEMCPY_INTER_DEVICE_TO_DEVICE {
        return Err(Fault::front(format!("{kind} is no kind of copy"), "Use the ACL_MEMCPY_* kinds."));
    }
    Ok(())
}

/// Checks a copy in the vendor's order; `None` if there is nothing to do.
fn plan_copy(dst: &Out<c_void>, max: usize, src: &In<c_void>, count: usize, kind: aclrtMemcpyKind) -> Answer<Planned> {
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
    let touches_host = matches!(kind, ACL_MEMCPY_HOST_TO_DEVICE | ACL_MEMCPY_DEVICE_TO_HOST | ACL_MEMCPY_DEFAULT);
    if touches_host && regions.iter().flatten().any(|region| is_remote(region)) {
        let cause =
            "memory imported from another device takes no part in copies to or from the host, nor of inferred kind";
        return Err(Fault::parameter(cause, "Copy it from device to device first."));
    }
    Ok(Some((argument::copy(dst, src, count), regions)))
}

/// Whether the memory was imported from a device other than the current one.
fn is_remote(region: &Region) -> bool {
    let Backing::Imported(imported) = region.backing() else { return false };
    let current = thread::current().ok().and_then(|context| i32::try_from(context.device()).ok());
    let here = current.and_then(|device| runtime().device(device).ok()).map(crate::model::device::Device::logical);
    here != Some(imported.device())
}

type PlannedFill = Option<(Transfer, Option<Arc<Region>>)>;

fn plan_fill(dst: &Out<c_void>, max: usize, value: i32, count: usize) -> Answer<PlannedFill> {
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
    Ok(Some((argument::fill(dst, value.to_le_bytes()[0], count), region)))
}
