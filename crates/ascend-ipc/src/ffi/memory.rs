//! Memory of the device and pinned memory of the host: allocate, copy, free.
//!
//! # Safety
//! Each guard owns its memory and knows its length; every copy is checked against both lengths before C sees it.
#![allow(unsafe_code)]

use core::ffi::c_void;
use core::ptr::NonNull;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use ascend_sys::Status;
use ascend_sys::abi::{ACL_MEM_MALLOC_NORMAL_ONLY, aclrtMemcpyKind};

use super::device::RawDevice;
use super::fork;
use super::physical::Physical;
use super::stream::RawStream;
use crate::error::{Error, ErrorKind, Result};
use crate::lease::Borrowed;

/// Allocations are multiples of this, so that the driver can export them: it maps whole pages.
const PAGE: usize = 4096;

/// Who frees a piece of memory.
pub(super) enum Release {
    Device,
    Host,
    /// Imported memory, which is closed by its key.
    Import(std::ffi::CString),
    /// Physical memory, which is unmapped before its handle is freed.
    Physical(Physical),
    /// Somebody else does.
    Borrowed,
}

/// Memory, released when dropped. Its bytes are reached by copies only.
pub(crate) struct RawMemory {
    pub(super) address: NonNull<c_void>,
    pub(super) length: usize,
    /// Bytes that were allocated or mapped for it, at least its length.
    pub(super) span: usize,
    pub(super) release: Release,
    /// Imported by key from another device: such memory takes no part in copies from or to the host.
    pub(super) is_far: bool,
    /// Returned after the memory is released.
    leases: Mutex<Vec<Arc<Borrowed>>>,
    /// The last field: a handle in `release` is freed before the device is reset.
    pub(super) device: Arc<RawDevice>,
}

// SAFETY: an address of device or pinned memory may be used on any thread (A2, A12).
unsafe impl Send for RawMemory {}
// SAFETY: calls of the runtime are thread-safe (A2); no Rust reference into it is given out here.
unsafe impl Sync for RawMemory {}

impl RawMemory {
    /// `aclrtMalloc(out, size, policy)`—Allocates on a device.
    pub(crate) fn device(device: &Arc<RawDevice>, length: usize) -> Result<Self> {
        let api = device.api;
        let span = whole(length, PAGE)?;
        device.bind()?;
        let mut address = core::ptr::null_mut();
        // SAFETY: a writable pointer.
        let status = Status(unsafe { (api.malloc)(&raw mut address, span, ACL_MEM_MALLOC_NORMAL_ONLY) });
        Self::own(device, address, (length, span), Release::Device, "aclrtMalloc", status)
    }

    /// `aclrtMallocHost(out, size)`—Allocates pinned memory of the host, and zeroes it.
    pub(crate) fn host(device: &Arc<RawDevice>, length: usize) -> Result<Self> {
        let api = device.api;
        device.bind()?;
        let mut address = core::ptr::null_mut();
        // SAFETY: a writable pointer.
        let status = Status(unsafe { (api.malloc_host)(&raw mut address, length) });
        let memory = Self::own(device, address, (length, length), Release::Host, "aclrtMallocHost", status)?;
        // SAFETY: freshly allocated host memory of this length (A12).
        unsafe { memory.address.as_ptr().cast::<u8>().write_bytes(0, length) };
        Ok(memory)
    }

    pub(super) fn own(
        device: &Arc<RawDevice>,
        address: *mut c_void,
        (length, span): (usize, usize),
        release: Release,
        call: &'static str,
        status: Status,
    ) -> Result<Self> {
        device.api.check(call, status)?;
        let address = NonNull::new(address).ok_or_else(|| device.api.null(call))?;
        let (leases, device) = (Mutex::default(), Arc::clone(device));
        Ok(Self { address, length, span, release, is_far: false, leases, device })
    }

    /// Memory of somebody else, who frees it.
    pub(super) fn borrowed(device: &Arc<RawDevice>, address: NonNull<c_void>, length: usize) -> Self {
        let (leases, device) = (Mutex::default(), Arc::clone(device));
        Self { address, length, span: length, release: Release::Borrowed, is_far: false, leases, device }
    }

    /// Its length in bytes.
    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// Its handle, if it is physical memory.
    pub(crate) const fn physical(&self) -> Option<&Physical> {
        match &self.release {
            Release::Physical(physical) => Some(physical),
            _ => None,
        }
    }

    /// Whether it is somebody else's.
    pub(crate) const fn is_borrowed(&self) -> bool {
        matches!(self.release, Release::Borrowed)
    }

    /// Whether copies from or to the host are undefined.
    pub(crate) const fn is_far(&self) -> bool {
        self.is_far
    }

    /// Returns the lease after the memory is released.
    pub(crate) fn hold(&self, lease: Arc<Borrowed>) {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        if !leases.iter().any(|held| Arc::ptr_eq(held, &lease)) {
            leases.push(lease);
        }
    }

    /// Its device.
    pub(crate) const fn owner(&self) -> &Arc<RawDevice> {
        &self.device
    }

    /// `aclrtMemcpyAsync(dst, max, src, count, kind, stream)`—Copies in stream order.
    ///
    /// The caller keeps both ends until the stream has passed the copy.
    pub(crate) fn copy_async(
        &self,
        to: Range<usize>,
        source: &Self,
        from: usize,
        kind: aclrtMemcpyKind,
        stream: &RawStream,
    ) -> Result<()> {
        let api = self.device.api;
        stream.device().bind()?;
        debug_assert!(to.end <= self.length && from + to.len() <= source.length, "checked by the caller");
        // SAFETY: within this memory, as the caller checked.
        let destination = unsafe { self.address.as_ptr().byte_add(to.start) };
        // SAFETY: within the source, as the caller checked.
        let origin = unsafe { source.address.as_ptr().byte_add(from) };
        // SAFETY: both ranges are valid for the count, and are kept until the stream has passed (A8); the stream is valid.
        let status = Status(unsafe {
            (api.memcpy_async)(destination, self.length - to.start, origin, to.len(), kind, stream.raw.as_ptr())
        });
        api.check("aclrtMemcpyAsync", status)
    }

    /// `aclrtMemsetAsync(ptr, max, 0, count, stream)`—Fills with zeroes in stream order.
    ///
    /// The caller keeps the memory until the stream has passed.
    pub(super) fn zero_async(&self, range: Range<usize>, stream: &RawStream) -> Result<()> {
        let api = self.device.api;
        let set = api.need(api.memset_async, "aclrtMemsetAsync")?;
        stream.device().bind()?;
        debug_assert!(range.end <= self.length, "checked by the caller");
        // SAFETY: within this memory, as the caller checked.
        let destination = unsafe { self.address.as_ptr().byte_add(range.start) };
        // SAFETY: the range is valid for the count, and is kept until the stream has passed (A8); the stream is valid.
        let status =
            Status(unsafe { set(destination, self.length - range.start, 0, range.len(), stream.raw.as_ptr()) });
        api.check("aclrtMemsetAsync", status)
    }

    /// `aclrtMemcpy(dst, max, src, count, kind)`—Copies bytes of the host into this memory, now.
    pub(crate) fn write(&self, at: usize, bytes: &[u8], kind: aclrtMemcpyKind) -> Result<()> {
        let api = self.device.api;
        self.device.bind()?;
        debug_assert!(at + bytes.len() <= self.length, "checked by the caller");
        // SAFETY: within this memory, as the caller checked.
        let destination = unsafe { self.address.as_ptr().byte_add(at) };
        // SAFETY: both are valid for the count, and the call returns when it is done (A8).
        let status =
            Status(unsafe { (api.memcpy)(destination, self.length - at, bytes.as_ptr().cast(), bytes.len(), kind) });
        api.check("aclrtMemcpy", status)
    }

    /// `aclrtMemcpy(dst, max, src, count, kind)`—Copies bytes of this memory to the host, now.
    pub(crate) fn read(&self, at: usize, bytes: &mut [u8], kind: aclrtMemcpyKind) -> Result<()> {
        let api = self.device.api;
        self.device.bind()?;
        debug_assert!(at + bytes.len() <= self.length, "checked by the caller");
        // SAFETY: within this memory, as the caller checked.
        let source = unsafe { self.address.as_ptr().byte_add(at) };
        // SAFETY: both are valid for the count, and the call returns when it is done (A8).
        let status = Status(unsafe { (api.memcpy)(bytes.as_mut_ptr().cast(), bytes.len(), source, bytes.len(), kind) });
        api.check("aclrtMemcpy", status)
    }
}

impl Drop for RawMemory {
    fn drop(&mut self) {
        if fork::is_child() {
            return;
        }
        let api = self.device.api;
        let address = self.address.as_ptr();
        match &mut self.release {
            Release::Device => {
                // SAFETY: allocated by `aclrtMalloc`, freed once; no task uses it: streams keep what they use (A8, A12).
                let status = Status(unsafe { (api.free)(address) });
                api.check_in_drop("aclrtFree", status);
            }
            Release::Host => {
                // SAFETY: allocated by `aclrtMallocHost`, freed once, as above.
                let status = Status(unsafe { (api.free_host)(address) });
                api.check_in_drop("aclrtFreeHost", status);
            }
            Release::Import(key) => super::ipc_memory::close(&self.device, key),
            Release::Physical(physical) => physical.unmap(&self.device, self.address),
            Release::Borrowed => {}
        }
    }
}

/// The length rounded up to whole pages or grains.
pub(super) fn whole(length: usize, grain: usize) -> Result<usize> {
    let absurd = || Error::new(ErrorKind::ResourceExhausted, format!("no memory has {length} bytes"));
    length.checked_next_multiple_of(grain).ok_or_else(absurd)
}
