//! Copies and fills of memory that programs name by address.
//!
//! # Safety
//! The only file that reads or writes memory of the program's choosing. A [`Transfer`] can only be made where its
//! addresses are vouched for; running it needs no further promise.
#![allow(unsafe_code)]

/// A copy or fill that somebody vouched for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transfer {
    destination: usize,
    source: Source,
    length: usize,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Memory(usize),
    Byte(u8),
}

impl Transfer {
    /// A copy of `length` bytes.
    ///
    /// # Safety
    /// Until it has run: `destination` is writable and `source` readable for `length` bytes. They may overlap, and other
    /// processes may change them meanwhile, as device memory is.
    pub(crate) const unsafe fn copy(destination: usize, source: usize, length: usize) -> Self {
        Self { destination, source: Source::Memory(source), length }
    }

    /// A fill of `length` bytes with `value`.
    ///
    /// # Safety
    /// Until it has run, `destination` is writable for `length` bytes.
    pub(crate) const unsafe fn fill(destination: usize, value: u8, length: usize) -> Self {
        Self { destination, source: Source::Byte(value), length }
    }

    /// Moves the bytes.
    pub(crate) fn run(self) {
        let destination = core::ptr::with_exposed_provenance_mut::<u8>(self.destination);
        match self.source {
            Source::Memory(source) => {
                let source = core::ptr::with_exposed_provenance::<u8>(source);
                // SAFETY: both ranges are valid for `length` bytes, as whoever made this transfer vouched; `memmove` allows
                // overlap. It is foreign code, as the device's DMA engine is: what races with it is the program's affair,
                // and no Rust reference to the memory exists here.
                unsafe { libc::memmove(destination.cast(), source.cast(), self.length) };
            }
            Source::Byte(value) => {
                // SAFETY: the range is valid for `length` bytes, as whoever made this transfer vouched; see above.
                unsafe { libc::memset(destination.cast(), value.into(), self.length) };
            }
        }
    }
}
