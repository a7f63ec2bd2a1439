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
    /// Nothing to move: a place in a stream's order.
    pub(crate) const NOTHING: Self =
        Self { destination: 0, source: Source::Byte(0), length: 0, rows: Rows { count: 0, ..Rows::ONE } };

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

    /// How many bytes it moves.
    pub(crate) const fn bytes(self) -> usize {
        self.length.saturating_mul(self.rows.count)
    }

    /// Whether it needs no source in memory.
    pub(crate) const fn is_fill(self) -> bool {
        !matches!(self.source, Source::Memory(_))
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

/// A copy whose addresses are read from memory when it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LateCopy(Late);

#[derive(Clone, Copy, Debug)]
enum Late {
    /// Two pointers, what is added to each, and the length.
    Pointers { destination: usize, source: usize, offsets: [usize; 2], length: usize },
    /// A descriptor.
    Descriptor(usize),
}

/// A descriptor of a copy, in memory that the program provides: a mark, destination, source, length.
pub(crate) type Descriptor = [u64; 8];

/// What a descriptor begins with.
const MARK: u64 = 0x4153_4349_4445_0001;

/// A descriptor's content.
pub(crate) const fn descriptor(destination: usize, source: usize, length: usize) -> Descriptor {
    [MARK, destination as u64, source as u64, length as u64, 0, 0, 0, 0]
}

impl LateCopy {
    /// A copy of `length` bytes between what two pointers in memory point to, each with an offset (destination first).
    ///
    /// # Safety
    /// Until it is resolved, both pointers are readable; from then until it has run, what they point to is as
    /// [`Transfer::copy`] wants it.
    pub(crate) const unsafe fn pointers(destination: usize, source: usize, offsets: [usize; 2], length: usize) -> Self {
        Self(Late::Pointers { destination, source, offsets, length })
    }

    /// The copy that a descriptor describes.
    ///
    /// # Safety
    /// Until it is resolved, the descriptor is readable; from then until it has run, what it names is as
    /// [`Transfer::copy`] wants it.
    pub(crate) const unsafe fn described(descriptor: usize) -> Self {
        Self(Late::Descriptor(descriptor))
    }

    /// Reads the addresses: the destination's, the source's, and the length. `None` if there is no descriptor.
    pub(crate) fn resolve(self) -> Option<Resolved> {
        let (destination, source, length) = match self.0 {
            Late::Pointers { destination, source, offsets, length } => {
                (word(destination).wrapping_add(offsets[0]), word(source).wrapping_add(offsets[1]), length)
            }
            Late::Descriptor(at) if word(at) == MARK as usize => {
                (word(at.wrapping_add(8)), word(at.wrapping_add(16)), word(at.wrapping_add(24)))
            }
            Late::Descriptor(_) => return None,
        };
        Some(Resolved { destination, source, length })
    }
}

/// A late copy whose addresses are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resolved {
    destination: usize,
    source: usize,
    length: usize,
}

impl Resolved {
    /// The destination's address, the source's, and the length.
    pub(crate) const fn parts(self) -> (usize, usize, usize) {
        (self.destination, self.source, self.length)
    }

    /// The copy.
    pub(crate) const fn transfer(self) -> Transfer {
        // SAFETY: whoever made the late copy vouched for what it resolves to; nobody else makes this type.
        unsafe { Transfer::copy(self.destination, self.source, self.length, Rows::ONE) }
    }
}

/// A word of memory that somebody vouched for.
fn word(address: usize) -> usize {
    let word = core::ptr::with_exposed_provenance::<usize>(address);
    // SAFETY: whoever made the late copy vouched that its pointers or its descriptor are readable.
    unsafe { word.read_unaligned() }
}
