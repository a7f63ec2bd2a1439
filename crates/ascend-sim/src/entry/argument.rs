//! Arguments as C passes them, and as the bodies of entries see them.
//!
//! # Safety
//! An [`Argument`] is taken under the header's contract: a pointer is null, or valid for the access that its function
//! makes, until the function returns (or, for memory of asynchronous calls, until the task has run). Everything here
//! rests on that one promise, which only C can keep.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char, c_void};

use crate::model::fault::{Answer, Fault};
use crate::shm::transfer::Transfer;
use crate::shm::word::Word;

/// A C argument.
pub(crate) trait Argument: Sized {
    /// What the body sees.
    type Seen;

    /// Takes the argument.
    ///
    /// # Safety
    /// The contract of this file.
    unsafe fn take(self, name: &'static str) -> Self::Seen;
}

macro_rules! by_value {
    ($($kind:ty),*) => {$(
        impl Argument for $kind {
            type Seen = Self;
            unsafe fn take(self, _: &'static str) -> Self { self }
        }
    )*};
}
by_value!(i32, i64, u32, u64, usize, ascend_sys::abi::aclrtIpcEventHandle);

macro_rules! function {
    ($($argument:ident)*) => {
        impl<R, $($argument),*> Argument for Option<unsafe extern "C" fn($($argument),*) -> R> {
            type Seen = Self;
            unsafe fn take(self, _: &'static str) -> Self { self }
        }
    };
}
function!(A);
function!(A B C);
function!(A B C D);

/// A pointer to something that the function writes, or to memory, or an opaque handle.
pub(crate) struct Out<T> {
    pointer: *mut T,
    name: &'static str,
}

/// A pointer to something that the function reads.
pub(crate) struct In<T> {
    pointer: *const T,
    name: &'static str,
}

impl<T> Argument for *mut T {
    type Seen = Out<T>;
    unsafe fn take(self, name: &'static str) -> Out<T> {
        Out { pointer: self, name }
    }
}

impl<T> Argument for *const T {
    type Seen = In<T>;
    unsafe fn take(self, name: &'static str) -> In<T> {
        In { pointer: self, name }
    }
}

impl<T> Out<T> {
    /// Refuses null, as the front layer does.
    pub(crate) fn required(&self) -> Answer {
        if self.pointer.is_null() { Err(Fault::null(self.name)) } else { Ok(()) }
    }

    /// Whether it is null.
    pub(crate) const fn is_null(&self) -> bool {
        self.pointer.is_null()
    }

    /// The address, which is also how opaque handles are read.
    pub(crate) fn address(&self) -> usize {
        self.pointer.expose_provenance()
    }

    /// Writes the result; refuses null.
    pub(crate) fn set(&self, value: T) -> Answer
    where
        T: Copy,
    {
        self.required()?;
        // SAFETY: not null, so writable by this file's contract; C may pass an unaligned address.
        unsafe { self.pointer.write_unaligned(value) };
        Ok(())
    }
}

impl Out<*mut c_void> {
    /// Writes a handle or an address.
    pub(crate) fn set_raw(&self, raw: usize) -> Answer {
        self.set(core::ptr::with_exposed_provenance_mut(raw))
    }
}

impl Out<c_char> {
    /// Writes a text and its terminator, if they fit into `room` bytes; answers whether they did.
    pub(crate) fn set_text(&self, text: &str, room: usize) -> Answer<bool> {
        self.required()?;
        if text.len() >= room {
            return Ok(false);
        }
        // SAFETY: not null, so `room` bytes are writable by this file's contract, and the text is shorter.
        unsafe { core::ptr::copy_nonoverlapping(text.as_ptr(), self.pointer.cast(), text.len()) };
        // SAFETY: within `room`, as checked.
        let end = unsafe { self.pointer.add(text.len()) };
        // SAFETY: within `room`, as checked.
        unsafe { end.write(0) };
        Ok(true)
    }

    /// The text that a `char *` which C forgot to make `const` points to.
    pub(crate) fn text(&self) -> Answer<String> {
        In { pointer: self.pointer.cast_const(), name: self.name }.text()
    }
}

impl<T> In<T> {
    /// Refuses null, as the front layer does.
    pub(crate) fn required(&self) -> Answer {
        if self.pointer.is_null() { Err(Fault::null(self.name)) } else { Ok(()) }
    }

    /// Whether it is null.
    pub(crate) const fn is_null(&self) -> bool {
        self.pointer.is_null()
    }

    /// The address.
    pub(crate) fn address(&self) -> usize {
        self.pointer.expose_provenance()
    }
}

impl In<c_char> {
    /// The text; refuses null.
    pub(crate) fn text(&self) -> Answer<String> {
        self.required()?;
        // SAFETY: not null, so a terminated text by this file's contract.
        Ok(unsafe { CStr::from_ptr(self.pointer) }.to_string_lossy().into_owned())
    }
}

impl Out<ascend_sys::abi::aclrtStreamAttrValue> {
    /// The first 8 bytes, which hold whichever member counts; refuses null.
    pub(crate) fn first_bytes(&self) -> Answer<u64> {
        self.required()?;
        // SAFETY: not null, so 16 bytes are readable by this file's contract; these are the first 8.
        Ok(unsafe { self.pointer.cast::<u64>().read_unaligned() })
    }
}

impl Out<ascend_sys::abi::aclrtErrorInfo> {
    /// Writes zeros, which stand for no error; refuses null.
    pub(crate) fn clear(&self) -> Answer {
        self.required()?;
        // SAFETY: not null, so writable by this file's contract.
        unsafe { core::ptr::write_bytes(self.pointer.cast::<u8>(), 0, size_of::<ascend_sys::abi::aclrtErrorInfo>()) };
        Ok(())
    }
}

impl Out<i32> {
    /// `count` integers that a `int *` which C forgot to make `const` points to; refuses null.
    pub(crate) fn values(&self, count: usize) -> Answer<Vec<i32>> {
        self.required()?;
        let at = |index| {
            // SAFETY: not null, so `count` integers are readable by this file's contract.
            let element = unsafe { self.pointer.add(index) };
            // SAFETY: as above.
            unsafe { element.read_unaligned() }
        };
        Ok((0..count).map(at).collect())
    }
}

impl Out<*mut c_void> {
    /// `count` handles that the pointer points to; refuses null.
    pub(crate) fn handles(&self, count: usize) -> Answer<Vec<usize>> {
        self.required()?;
        let at = |index| {
            // SAFETY: not null, so `count` handles are readable by this file's contract.
            let element = unsafe { self.pointer.add(index) };
            // SAFETY: as above.
            unsafe { element.read_unaligned() }.expose_provenance()
        };
        Ok((0..count).map(at).collect())
    }
}

/// A copy between memory that C vouches for.
pub(crate) fn copy(destination: &Out<c_void>, source: &In<c_void>, length: usize) -> Transfer {
    // SAFETY: by this file's contract both are valid for `length` bytes until the task has run.
    unsafe { Transfer::copy(destination.address(), source.address(), length) }
}

/// A fill of memory that C vouches for.
pub(crate) fn fill(destination: &Out<c_void>, value: u8, length: usize) -> Transfer {
    // SAFETY: by this file's contract it is writable for `length` bytes until the task has run.
    unsafe { Transfer::fill(destination.address(), value, length) }
}

/// A value in memory that C vouches for; refuses an address that is not a multiple of 8.
pub(crate) fn word(at: &Out<c_void>) -> Answer<Word> {
    let address = at.address();
    if !address.is_multiple_of(align_of::<u64>()) {
        return Err(Fault::parameter(format!("{address:#x} is not a multiple of 8"), "Pass an aligned address."));
    }
    // SAFETY: aligned, as just checked; by this file's contract 8 bytes are readable and writable until the task has run.
    Ok(unsafe { Word::at(address) })
}

impl Out<ascend_sys::abi::aclrtIpcEventHandle> {
    /// Writes the first 8 bytes of a handle; refuses null.
    pub(crate) fn set_live_bytes(&self, bytes: u64) -> Answer {
        self.required()?;
        // SAFETY: not null, so 64 bytes are writable by this file's contract; these are the first 8.
        unsafe { self.pointer.cast::<u64>().write_unaligned(bytes) };
        Ok(())
    }
}
