//! Arguments as C passes them, and as the bodies of entries see them.
//!
//! # Safety
//! An [`Argument`] is taken under the header's contract: a pointer is null, or valid for the access that its function
//! makes, until the function returns (or, for memory of asynchronous calls, until the task has run). Everything here
//! rests on that one promise, which only C can keep.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char, c_void};

use ascend_sys::abi::{aclrtMallocAttribute, aclrtMallocConfig};

use crate::model::fault::{Answer, Fault};
use crate::shm::transfer::{self, LateCopy, Rows, Transfer};
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
by_value!(i32, i64, u32, u64, usize, ascend_sys::abi::aclrtIpcEventHandle, ascend_sys::abi::aclrtMemManagedLocation);

macro_rules! function {
    ($($argument:ident)*) => {
        impl<R, $($argument),*> Argument for Option<unsafe extern "C" fn($($argument),*) -> R> {
            type Seen = Self;
            unsafe fn take(self, _: &'static str) -> Self { self }
        }
    };
}
function!(A);
function!(A B);
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

impl<T: Copy> Out<T> {
    /// `count` values of what C passed as an array; refuses null. `T` is a C type, for which all bytes are valid.
    pub(crate) fn values(&self, count: usize) -> Answer<Vec<T>> {
        self.required()?;
        let at = |index| {
            // SAFETY: not null, so `count` values are readable by this file's contract.
            let element = unsafe { self.pointer.add(index) };
            // SAFETY: as above.
            unsafe { element.read_unaligned() }
        };
        Ok((0..count).map(at).collect())
    }

    /// The value that C passed by a pointer which it forgot to make `const`; refuses null.
    pub(crate) fn get(&self) -> Answer<T> {
        In { pointer: self.pointer.cast_const(), name: self.name }.get()
    }
}

impl<T: Copy> Out<T> {
    /// Writes an array; refuses null.
    pub(crate) fn set_all(&self, values: &[T]) -> Answer {
        self.required()?;
        for (index, value) in values.iter().enumerate() {
            // SAFETY: not null, so as many values are writable by this file's contract.
            let element = unsafe { self.pointer.add(index) };
            // SAFETY: as above.
            unsafe { element.write_unaligned(*value) };
        }
        Ok(())
    }
}

impl Out<*const c_void> {
    /// What an array of pointers points to, to be read; refuses null.
    pub(crate) fn sources(&self, count: usize) -> Answer<Vec<In<c_void>>> {
        let pointers = self.values(count)?;
        Ok(pointers.into_iter().map(|pointer| In { pointer, name: self.name }).collect())
    }
}

impl<T: Copy> In<T> {
    /// `count` values of an array; refuses null. `T` is a C type, for which all bytes are valid.
    pub(crate) fn values(&self, count: usize) -> Answer<Vec<T>> {
        Out { pointer: self.pointer.cast_mut(), name: self.name }.values(count)
    }

    /// The value that C passed by pointer; refuses null. `T` is a C type, for which all bytes are valid.
    pub(crate) fn get(&self) -> Answer<T> {
        self.required()?;
        // SAFETY: not null, so readable by this file's contract; C may pass an unaligned address.
        Ok(unsafe { self.pointer.read_unaligned() })
    }
}

/// What a fabric handle of ours begins with.
const FABRIC: [u8; 24] = *b"ascend-sim-fabric-handle";

impl Out<c_void> {
    /// The same pointer, to a `T`: what the header says that it points to here.
    pub(crate) fn cast<T>(&self) -> Out<T> {
        Out { pointer: self.pointer.cast(), name: self.name }
    }

    /// Writes 64 bits, such as a shareable handle of the default type.
    pub(crate) fn set_number(&self, number: u64) -> Answer {
        self.cast().set(number)
    }

    /// Reads 64 bits, such as a shareable handle of the default type.
    pub(crate) fn number(&self) -> Answer<u64> {
        self.cast().get()
    }

    /// Writes a shareable handle of the fabric type.
    pub(crate) fn set_fabric(&self, number: u64) -> Answer {
        let mut data = [0; 128];
        data[..24].copy_from_slice(&FABRIC);
        data[24..32].copy_from_slice(&number.to_le_bytes());
        self.cast().set(data)
    }

    /// Writes a descriptor of a copy.
    pub(crate) fn set_descriptor(&self, destination: usize, source: usize, length: usize) -> Answer {
        self.cast().set(transfer::descriptor(destination, source, length))
    }

    /// Reads a shareable handle of the fabric type; `None` if it is none of ours.
    pub(crate) fn fabric(&self) -> Answer<Option<u64>> {
        let data: [u8; 128] = self.cast().get()?;
        let number = data[24..32].try_into().map(u64::from_le_bytes).ok();
        Ok(number.filter(|_| data[..24] == FABRIC))
    }
}

impl Out<*mut c_void> {
    /// What an array of pointers points to.
    pub(crate) fn pointers(&self, count: usize) -> Answer<Vec<Out<c_void>>> {
        let pointers = self.values(count)?;
        Ok(pointers.into_iter().map(|pointer| Out { pointer, name: self.name }).collect())
    }
}

impl Out<c_void> {
    /// The same memory, to be read.
    pub(crate) fn source(&self) -> In<c_void> {
        In { pointer: self.pointer.cast_const(), name: self.name }
    }
}

/// The attributes of an allocation: their types, and their values as 32 bits; refuses null, and more than `most`.
pub(crate) fn attributes(config: &Out<aclrtMallocConfig>, most: usize) -> Answer<Vec<(u32, u32)>> {
    let config = config.get()?;
    let count = config.numAttrs;
    if count > most || (count > 0 && config.attrs.is_null()) {
        return Err(Fault::parameter("the attributes are missing, or too many", "Pass an array, and its true length."));
    }
    if count == 0 {
        return Ok(Vec::new());
    }
    let attributes = Out { pointer: config.attrs, name: "attrs" }.values(count)?;
    let value = |attribute: &aclrtMallocAttribute| {
        // SAFETY: every member of the union is an integer or an array of them, and all bytes are valid for it.
        let bytes = unsafe { attribute.value.rsv };
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    };
    Ok(attributes.iter().map(|attribute| (attribute.attr, value(attribute))).collect())
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
    copy_rows(destination, source, length, Rows::ONE)
}

/// A copy of rows between memory that C vouches for.
pub(crate) fn copy_rows(destination: &Out<c_void>, source: &In<c_void>, length: usize, rows: Rows) -> Transfer {
    // SAFETY: by this file's contract both are valid for all rows of `length` bytes until the task has run.
    unsafe { Transfer::copy(destination.address(), source.address(), length, rows) }
}

/// A copy between what two pointers that C vouches for point to, with offsets; destination first.
pub(crate) fn copy_behind(
    destination: &Out<*mut c_void>,
    source: &Out<*const c_void>,
    offsets: [usize; 2],
    length: usize,
) -> LateCopy {
    // SAFETY: by this file's contract the pointers, and what they point to, are valid until the task has run.
    unsafe { LateCopy::pointers(destination.address(), source.address(), offsets, length) }
}

/// The copy of a descriptor that C vouches for.
pub(crate) fn copy_described(descriptor: &Out<c_void>) -> LateCopy {
    // SAFETY: by this file's contract the descriptor, and what it names, are valid until the task has run.
    unsafe { LateCopy::described(descriptor.address()) }
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

/// A fill with words of memory that C vouches for.
pub(crate) fn fill_words(destination: &Out<c_void>, value: u32, length: usize) -> Transfer {
    // SAFETY: by this file's contract it is writable for `length` bytes until the task has run.
    unsafe { Transfer::fill_words(destination.address(), value, length) }
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
