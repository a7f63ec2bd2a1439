//! Copies and fills of memory that programs name by address.
//!
//! # Safety
//! The only file that reads or writes memory of the program's choosing. A [`Transfer`] can only be made where its
//! addresses are vouched for; running it needs no further promise.
#![allow(unsafe_code)]

/// A copy or fill that somebody vouched for, of one row or of several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transfer {
    destination: usize,
    source: Source,
    /// Bytes of a row.
    length: usize,
    rows: Rows,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Memory(usize),
    Byte(u8),
    Word(u32),
}

/// How many rows there are, and how far they lie apart in the destination and in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    pub(crate) count: usize,
    pub(crate) destination: usize,
    pub(crate) source: usize,
}

impl Rows {
    /// A single row.
    pub(crate) const ONE: Self = Self { count: 1, destination: 0, source: 0 };
}

impl Transfer {
    /// A copy of rows of `length` bytes.
    ///
    /// # Safety
    /// Until it has run: each row of `destination` is writable and of `source` readable for `length` bytes. They may
    /// overlap, and other processes may change them meanwhile, as device memory is.
    pub(crate) const unsafe fn copy(destination: usize, source: usize, length: usize, rows: Rows) -> Self {
        Self { destination, source: Source::Memory(source), length, rows }
    }

    /// A fill of `length` bytes with `value`.
    ///
    /// # Safety
    /// Until it has run, `destination` is writable for `length` bytes.
    pub(crate) const unsafe fn fill(destination: usize, value: u8, length: usize) -> Self {
        Self { destination, source: Source::Byte(value), length, rows: Rows::ONE }
    }

    /// A fill of `length` bytes with copies of `value`; what is left over at the end stays as it is.
    ///
    /// # Safety
    /// Until it has run, `destination` is writable for `length` bytes.
    pub(crate) const unsafe fn fill_words(destination: usize, value: u32, length: usize) -> Self {
        Self { destination, source: Source::Word(value), length, rows: Rows::ONE }
    }

    /// Moves the bytes.
    pub(crate) fn run(self) {
        for row in 0..self.rows.count {
            self.run_row(row);
        }
    }

    fn run_row(self, row: usize) {
        let at = self.destination.wrapping_add(row.wrapping_mul(self.rows.destination));
        let destination = core::ptr::with_exposed_provenance_mut::<u8>(at);
        match self.source {
            Source::Memory(source) => {
                let at = source.wrapping_add(row.wrapping_mul(self.rows.source));
                let source = core::ptr::with_exposed_provenance::<u8>(at);
                // SAFETY: both rows are valid for `length` bytes, as whoever made this transfer vouched; `memmove` allows
                // overlap. It is foreign code, as the device's DMA engine is: what races with it is the program's affair,
                // and no Rust reference to the memory exists here.
                unsafe { libc::memmove(destination.cast(), source.cast(), self.length) };
            }
            Source::Byte(value) => {
                // SAFETY: the range is valid for `length` bytes, as whoever made this transfer vouched; see above.
                unsafe { libc::memset(destination.cast(), value.into(), self.length) };
            }
            Source::Word(value) => {
                for index in 0..self.length / size_of::<u32>() {
                    let word = destination.cast::<u32>().wrapping_add(index);
                    // SAFETY: within the `length` bytes that whoever made this transfer vouched for; see above.
                    unsafe { word.write_unaligned(value) };
                }
            }
        }
    }
}
