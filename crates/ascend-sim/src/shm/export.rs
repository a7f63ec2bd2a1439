//! An exported range of device memory: a small segment that says where it is and who may import it.
//!
//! # Safety
//! Names the type that lives in shared memory; it is made of atomics only.
#![allow(unsafe_code)]

use core::fmt;
use std::sync::OnceLock;

use rustix::io::Errno;

use super::arena::{self, Block};
use super::book::{self, Book, Booked};
use super::find::{self, Id, NotFound, Whose};
use super::mapping::{Mapping, Shared};
use super::segment::Segment;
use super::whitelist::Whitelist;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const KIND: &str = "export";
const MAGIC: u64 = 0x4153_4349_4d45_0002;
/// What the exporter says; pages that are never touched cost nothing.
#[repr(C)]
struct Control {
    magic: AtomicU64,
    nonce: AtomicU64,
    segment: AtomicU64,
    offset: AtomicU64,
    length: AtomicU64,
    device: AtomicU32,
    /// 1 until the exporter closes the key.
    open: AtomicU32,
    /// 1 once a process that keeps no book takes part.
    lax: AtomicU32,
    importers: Whitelist,
}

// SAFETY: `repr(C)`, atomics only, every bit pattern valid.
unsafe impl Shared for Control {}

const BOOK_OFFSET: usize = size_of::<Control>().next_multiple_of(book::ALIGNMENT);
const SIZE: usize = BOOK_OFFSET + book::SIZE;

/// What the keys of memory and of notifies begin with.
const MEMORY: &str = "ascend-sim-exported-memory-key--";
const NOTIFY: &str = "ascend-sim-exported-notify-key--";

/// The key that travels to an importer: 64 printable characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    id: Id,
    nonce: u64,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 64 characters: 32 that say what this is, 32 that count.
        write!(f, "{MEMORY}{:016x}{:016x}", self.id.0, self.nonce)
    }
}

impl Key {
    /// Characters of a key, without the terminator.
    pub(crate) const LENGTH: usize = 64;

    /// Reads what `Display` wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_after(MEMORY, text)
    }

    /// A key of an id and a number that cannot be guessed from it.
    pub(crate) const fn new(id: Id, nonce: u64) -> Self {
        Self { id, nonce }
    }

    /// The text of a notify's key.
    pub(crate) fn notify_text(self) -> String {
        format!("{NOTIFY}{:016x}{:016x}", self.id.0, self.nonce)
    }

    /// Reads what `notify_text` wrote.
    pub(crate) fn parse_notify(text: &str) -> Option<Self> {
        Self::parse_after(NOTIFY, text)
    }

    /// What names the segment.
    pub(crate) const fn id(self) -> Id {
        self.id
    }

    /// What cannot be guessed.
    pub(crate) const fn nonce(self) -> u64 {
        self.nonce
    }

    fn parse_after(prefix: &str, text: &str) -> Option<Self> {
        let digits = text.strip_prefix(prefix).filter(|digits| digits.len() == 32)?;
        let (id, nonce) = digits.split_at_checked(16)?;
        Some(Self { id: Id(u64::from_str_radix(id, 16).ok()?), nonce: u64::from_str_radix(nonce, 16).ok()? })
    }

    /// Whether this process made it.
    pub(crate) fn is_own(&self) -> bool {
        self.id.creator() == std::process::id()
    }
}

/// An export of this process; closed when dropped.
pub(crate) struct Export {
    key: Key,
    mapping: Mapping,
    segment: Segment, // kept open: that is how importers find it
    book: OnceLock<Option<Book>>,
}

/// Memory of another process, mapped here.
pub(crate) struct Imported {
    mapping: Mapping,
    delta: usize,
    length: u64,
    device: u32,
    book: Option<Book>,
}

/// Why an import fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportFault {
    /// No such key, or its exporter has closed it or is gone.
    Unknown,
    /// The exporter has not listed this process.
    Refused,
    /// The kernel refused memory or a descriptor.
    System(Errno),
}

impl Export {
    /// Exports `length` bytes at `delta` in `block`.
    pub(crate) fn create(block: &Block, delta: u64, length: u64, device: u32, restricted: bool) -> Result<Self, Errno> {
        let key = Key { id: Id::fresh(), nonce: find::random() };
        let segment = Segment::create(&key.id.name(KIND), SIZE as u64)?;
        segment.commit(0, arena::page())?;
        let mapping = segment.map(0, size_of::<Control>())?;
        let control = control(&mapping).ok_or(Errno::INVAL)?;
        control.nonce.store(key.nonce, Ordering::Relaxed);
        control.segment.store(block.segment().0, Ordering::Relaxed);
        control.offset.store(block.offset() + delta, Ordering::Relaxed);
        control.length.store(length, Ordering::Relaxed);
        control.device.store(device, Ordering::Relaxed);
        control.importers.restrict(restricted);
        control.open.store(1, Ordering::Relaxed);
        // Release pairs with the importer's Acquire.
        control.magic.store(MAGIC, Ordering::Release);
        Ok(Self { key, mapping, segment, book: OnceLock::new() })
    }

    /// The key for importers.
    pub(crate) const fn key(&self) -> Key {
        self.key
    }

    /// Lists processes that may import; `false` if there is no room for them.
    pub(crate) fn allow(&self, pids: &[u32]) -> bool {
        control(&self.mapping).is_some_and(|control| control.importers.list(pids))
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        if let Some(control) = control(&self.mapping) {
            control.open.store(0, Ordering::Release);
        }
    }
}

impl Imported {
    /// Maps what `key` names; `keeps_book` in strict mode.
    pub(crate) fn open(key: Key, keeps_book: bool) -> Result<Self, ImportFault> {
        let file = find::open(KIND, key.id, Whose::Creators).map_err(|error| match error {
            NotFound::Unknown => ImportFault::Unknown,
            NotFound::Denied => ImportFault::Refused,
            NotFound::Failed(error) => ImportFault::System(error),
        })?;
        let segment = Segment::adopt(file, SIZE as u64).map_err(|_| ImportFault::Unknown)?;
        let mapping = segment.map(0, size_of::<Control>()).map_err(ImportFault::System)?;
        let control = control(&mapping).ok_or(ImportFault::Unknown)?;
        if control.magic.load(Ordering::Acquire) != MAGIC
            || control.nonce.load(Ordering::Relaxed) != key.nonce
            || control.open.load(Ordering::Acquire) != 1
        {
            return Err(ImportFault::Unknown);
        }
        if !control.importers.admits(std::process::id()) {
            return Err(ImportFault::Refused);
        }
        let book = if keeps_book { Book::attach(&segment, BOOK_OFFSET) } else { None };
        if !keeps_book {
            control.lax.store(1, Ordering::Relaxed);
        }
        Self::map(control, book)
    }

    fn map(control: &Control, book: Option<Book>) -> Result<Self, ImportFault> {
        // One copy of each value; from here on the copies are checked and used.
        let offset = control.offset.load(Ordering::Relaxed);
        let length = control.length.load(Ordering::Relaxed);
        let device = control.device.load(Ordering::Relaxed);
        let id = Id(control.segment.load(Ordering::Relaxed));
        let file = find::open(arena::KIND, id, Whose::Creators).map_err(|_| ImportFault::Unknown)?;
        let segment = Segment::adopt(file, 0).map_err(|_| ImportFault::Unknown)?;
        let delta = offset % arena::page();
        let span = length.checked_add(delta).and_then(|span| usize::try_from(span).ok()).ok_or(ImportFault::Unknown)?;
        let mapping = segment.map(offset - delta, span).map_err(ImportFault::System)?;
        Ok(Self { mapping, delta: delta as usize, length, device, book })
    }

    /// Where the memory is in this process.
    pub(crate) fn address(&self) -> usize {
        self.mapping.address() + self.delta
    }

    /// Its length in bytes.
    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// The device that owns it.
    pub(crate) const fn device(&self) -> u32 {
        self.device
    }
}

impl Booked for Export {
    fn book(&self) -> Option<&Book> {
        self.book.get_or_init(|| Book::attach(&self.segment, BOOK_OFFSET)).as_ref()
    }

    fn lax(&self) -> Option<&AtomicU32> {
        control(&self.mapping).map(|control| &control.lax)
    }
}

impl Booked for Imported {
    fn book(&self) -> Option<&Book> {
        self.book.as_ref()
    }

    fn lax(&self) -> Option<&AtomicU32> {
        None // said when it was opened
    }
}

fn control(mapping: &Mapping) -> Option<&Control> {
    mapping.atomics::<Control>(0, 1)?.first()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_printable_characters_and_reads_back() {
        let key = Key { id: Id::fresh(), nonce: u64::MAX };
        let text = key.to_string();
        assert_eq!(text.len(), Key::LENGTH);
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(Key::parse(&text) == Some(key) && key.is_own());
        let text = key.notify_text();
        assert_eq!(text.len(), Key::LENGTH);
        assert!(Key::parse_notify(&text) == Some(key) && Key::parse(&text).is_none());
    }

    #[test]
    fn other_texts_are_no_keys() {
        for text in ["", "ascend-sim-exported-memory-key--", "x", &"f".repeat(64), &"\u{e9}".repeat(32)] {
            assert!(Key::parse(text).is_none(), "{text}");
        }
    }
}
