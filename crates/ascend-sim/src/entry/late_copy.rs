//! Copies whose addresses are in memory: behind pointers, or in a descriptor.

use core::ffi::c_void;

use ascend_sys::abi::{ACL_MEMCPY_INTER_DEVICE_TO_DEVICE, aclrtMemcpyKind, aclrtStream};

use super::argument;
use super::{entry, memory};
use crate::model::fault::{Answer, Fault};
use crate::model::late_copy::{self, Queued};
use crate::model::runtime::runtime;
use crate::model::task::Task;
use crate::model::thread;
use crate::shm::transfer::{Descriptor, LateCopy};

entry! {
    /// Copies between what two pointers point to. Pointers in device or pinned memory are read when the stream comes to it.
    fn aclrtMemcpyAsyncWithOffset(dst: *mut *mut c_void, destMax: usize, dstDataOffset: usize, src: *mut *const c_void, count: usize, srcDataOffset: usize, kind: aclrtMemcpyKind, stream: aclrtStream) {
        if count == 0 {
            return Ok(());
        }
        dst.required()?;
        src.required()?;
        check_kind(kind)?;
        memory::require_device_side(kind)?;
        if count > destMax {
            return Err(Fault::parameter(format!("{count} bytes do not fit into {destMax}"), "Pass the destination's true size."));
        }
        let copy = argument::copy_behind(&dst, &src, [dstDataOffset, srcDataOffset], count);
        submit(copy, [dst.address(), src.address()], size_of::<usize>(), stream.address())
    }

    /// The size of a descriptor of a copy.
    fn aclrtGetMemcpyDescSize(kind: aclrtMemcpyKind, descSize: *mut usize) {
        descSize.required()?;
        check_kind(kind)?;
        descSize.set(size_of::<Descriptor>())
    }

    /// Fills in a descriptor of a copy.
    fn aclrtSetMemcpyDesc(desc: *mut c_void, kind: aclrtMemcpyKind, srcAddr: *mut c_void, dstAddr: *mut c_void, count: usize, config: *mut c_void) {
        desc.required()?;
        srcAddr.required()?;
        dstAddr.required()?;
        check_kind(kind)?;
        if !config.is_null() {
            return Err(Fault::front("config is reserved", "Pass a null pointer."));
        }
        if count == 0 {
            return Err(Fault::parameter("the count is 0", "Copy at least one byte."));
        }
        thread::current()?;
        let known = &runtime().memory;
        known.check(desc.address(), size_of::<Descriptor>(), "desc")?;
        known.check(srcAddr.address(), count, "srcAddr")?;
        known.check(dstAddr.address(), count, "dstAddr")?;
        desc.set_descriptor(dstAddr.address(), srcAddr.address(), count)
    }

    /// Copies what a descriptor says when the stream comes to it.
    fn aclrtMemcpyAsyncWithDesc(desc: *mut c_void, kind: aclrtMemcpyKind, stream: aclrtStream) {
        desc.required()?;
        check_kind(kind)?;
        memory::require_device_side(kind)?;
        submit(argument::copy_described(&desc), [desc.address(); 2], size_of::<Descriptor>(), stream.address())
    }
}

fn check_kind(kind: aclrtMemcpyKind) -> Answer {
    if kind > ACL_MEMCPY_INTER_DEVICE_TO_DEVICE {
        return Err(Fault::front(format!("{kind} is no kind of copy"), "Use the ACL_MEMCPY_* kinds."));
    }
    Ok(())
}

/// Queues a copy; if its addresses are in memory that may be gone when it runs, they are read here and now.
fn submit(copy: LateCopy, read_from: [usize; 2], length: usize, stream: usize) -> Answer {
    let stream = thread::named_stream(stream)?;
    thread::current()?;
    let known = &runtime().memory;
    let read = [known.check(read_from[0], length, "dst")?, known.check(read_from[1], length, "src")?];
    if read.iter().any(Option::is_none) {
        return memory::enqueue(stream, Some(late_copy::check(copy)?));
    }
    thread::own(stream)?.submit(Task::Late(Queued::new(copy, read)))
}
