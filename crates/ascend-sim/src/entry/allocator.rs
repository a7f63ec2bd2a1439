//! Allocators of the program: described, registered for streams, and found again; none is ever called here.
//!
//! # Safety
//! Pointers and functions are kept and handed back; nothing is called or accessed through them.
#![allow(unsafe_code)]

use core::ptr::with_exposed_provenance_mut;
use std::sync::Arc;

use ascend_sys::abi::{
    aclrtAllocator, aclrtAllocatorAllocAdviseFunc, aclrtAllocatorAllocFunc, aclrtAllocatorDesc, aclrtAllocatorFreeFunc,
    aclrtAllocatorGetAddrFromBlockFunc, aclrtStream,
};

use super::{answer, entry};
use crate::model::allocator::{self, Descriptor};
use crate::model::fault::{Answer, Fault};
use crate::model::runtime::runtime;

/// An empty descriptor; null if that is refused.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclrtAllocatorCreateDesc() -> aclrtAllocatorDesc {
    let mut raw = 0;
    answer("aclrtAllocatorCreateDesc", || {
        raw = runtime().allocators.insert(Arc::new(Descriptor::default()));
        Ok(())
    });
    with_exposed_provenance_mut(raw)
}

entry! {
    /// Destroys a descriptor; what was registered with it stays so.
    fn aclrtAllocatorDestroyDesc(allocatorDesc: aclrtAllocatorDesc) {
        allocatorDesc.required()?;
        runtime().allocators.remove(allocatorDesc.address()).map(drop).ok_or_else(allocator::unknown)
    }

    /// Keeps what the functions are to be called with.
    fn aclrtAllocatorSetObjToDesc(allocatorDesc: aclrtAllocatorDesc, allocator: aclrtAllocator) {
        allocatorDesc.required()?;
        allocator.required()?;
        allocator::find(allocatorDesc.address())?.change(|described| described.object = allocator.address());
        Ok(())
    }

    /// Keeps the function that allocates.
    fn aclrtAllocatorSetAllocFuncToDesc(allocatorDesc: aclrtAllocatorDesc, func: aclrtAllocatorAllocFunc) {
        allocatorDesc.required()?;
        required(func.is_some())?;
        allocator::find(allocatorDesc.address())?.change(|described| described.allocate = func);
        Ok(())
    }

    /// Keeps the function that frees.
    fn aclrtAllocatorSetFreeFuncToDesc(allocatorDesc: aclrtAllocatorDesc, func: aclrtAllocatorFreeFunc) {
        allocatorDesc.required()?;
        required(func.is_some())?;
        allocator::find(allocatorDesc.address())?.change(|described| described.free = func);
        Ok(())
    }

    /// Keeps the function that allocates at a wished address.
    fn aclrtAllocatorSetAllocAdviseFuncToDesc(allocatorDesc: aclrtAllocatorDesc, func: aclrtAllocatorAllocAdviseFunc) {
        allocatorDesc.required()?;
        required(func.is_some())?;
        allocator::find(allocatorDesc.address())?.change(|described| described.allocate_at = func);
        Ok(())
    }

    /// Keeps the function that tells a block's address.
    fn aclrtAllocatorSetGetAddrFromBlockFuncToDesc(allocatorDesc: aclrtAllocatorDesc, func: aclrtAllocatorGetAddrFromBlockFunc) {
        allocatorDesc.required()?;
        required(func.is_some())?;
        allocator::find(allocatorDesc.address())?.change(|described| described.address_of = func);
        Ok(())
    }

    /// Registers an allocator for a stream, in place of a former one.
    fn aclrtAllocatorRegister(stream: aclrtStream, allocatorDesc: aclrtAllocatorDesc) {
        allocatorDesc.required()?;
        allocator::register(stream.address(), allocatorDesc.address())
    }

    /// Ends a stream's registration.
    fn aclrtAllocatorUnregister(stream: aclrtStream) {
        allocator::unregister(stream.address())
    }

    /// What is registered for a stream.
    fn aclrtAllocatorGetByStream(stream: aclrtStream, allocatorDesc: *mut aclrtAllocatorDesc, allocator: *mut aclrtAllocator, allocFunc: *mut aclrtAllocatorAllocFunc, freeFunc: *mut aclrtAllocatorFreeFunc, allocAdviseFunc: *mut aclrtAllocatorAllocAdviseFunc, getAddrFromBlockFunc: *mut aclrtAllocatorGetAddrFromBlockFunc) {
        allocatorDesc.required()?;
        allocator.required()?;
        allocFunc.required()?;
        freeFunc.required()?;
        allocAdviseFunc.required()?;
        getAddrFromBlockFunc.required()?;
        let (raw, described) = allocator::registered(stream.address())?;
        allocatorDesc.set_raw(raw)?;
        allocator.set_raw(described.object)?;
        allocFunc.set(described.allocate)?;
        freeFunc.set(described.free)?;
        allocAdviseFunc.set(described.allocate_at)?;
        getAddrFromBlockFunc.set(described.address_of)
    }
}

fn required(given: bool) -> Answer {
    if given { Ok(()) } else { Err(Fault::null("func")) }
}
