//! Allocators of the program, and the streams that they are registered for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ascend_sys::abi::{
    aclrtAllocatorAllocAdviseFunc, aclrtAllocatorAllocFunc, aclrtAllocatorFreeFunc, aclrtAllocatorGetAddrFromBlockFunc,
};

use super::fault::{Answer, Fault};
use super::registry::Raw;
use super::runtime::runtime;
use super::thread;

/// What a program says of an allocator.
#[derive(Clone, Copy, Default)]
pub(crate) struct Described {
    /// What the functions are called with.
    pub(crate) object: usize,
    pub(crate) allocate: aclrtAllocatorAllocFunc,
    pub(crate) free: aclrtAllocatorFreeFunc,
    pub(crate) allocate_at: aclrtAllocatorAllocAdviseFunc,
    pub(crate) address_of: aclrtAllocatorGetAddrFromBlockFunc,
}

/// A descriptor behind a handle.
#[derive(Default)]
pub(crate) struct Descriptor(Mutex<Described>);

impl Descriptor {
    /// Changes what it says.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Described)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn described(&self) -> Described {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By stream: the descriptor's handle, and what it said when it was registered.
#[derive(Default)]
pub(crate) struct Registrations(Mutex<HashMap<Raw, (Raw, Described)>>);

impl Registrations {
    fn lock(&self) -> MutexGuard<'_, HashMap<Raw, (Raw, Described)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The descriptor behind a handle.
pub(crate) fn find(raw: Raw) -> Answer<Arc<Descriptor>> {
    runtime().allocators.get(raw).ok_or_else(unknown)
}

/// The handle names no descriptor.
pub(crate) fn unknown() -> Fault {
    Fault::handle("allocator descriptor")
}

/// Registers what a descriptor says now.
pub(crate) fn register(stream: Raw, descriptor: Raw) -> Answer {
    let stream = thread::any_stream(stream)?.raw();
    let described = find(descriptor)?.described();
    let mut registrations = runtime().registrations.lock();
    registrations.retain(|stream, _| runtime().streams.peek(*stream).is_some()); // streams come and go
    registrations.insert(stream, (descriptor, described));
    Ok(())
}

/// Forgets a stream's allocator.
pub(crate) fn unregister(stream: Raw) -> Answer {
    let stream = thread::any_stream(stream)?.raw();
    runtime().registrations.lock().remove(&stream).map(drop).ok_or_else(none)
}

/// A stream's allocator, and the handle of its descriptor.
pub(crate) fn registered(stream: Raw) -> Answer<(Raw, Described)> {
    let stream = thread::any_stream(stream)?.raw();
    runtime().registrations.lock().get(&stream).copied().ok_or_else(none)
}

fn none() -> Fault {
    Fault::parameter("no allocator is registered for the stream", "Register one with aclrtAllocatorRegister first.")
}
