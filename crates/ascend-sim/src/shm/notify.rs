//! A notify, in a segment of its own: its signal, and who may import it.
//!
//! # Safety
//! Names the type that lives in shared memory; it is made of atomics only.
#![allow(unsafe_code)]

use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::io::Errno;

use super::arena::page;
use super::book::{self, Book, Booked};
use super::export::{ImportFault, Key};
use super::find::{self, Id, NotFound, Whose};
use super::lost::Lost;
use super::mapping::{Mapping, Shared};
use super::range_lock;
use super::segment::Segment;
use super::whitelist::Whitelist;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use crate::sync::signal::Signal;

const KIND: &str = "notify";
const MAGIC: u64 = 0x4153_434e_5446_0002;
const BOOK_OFFSET: usize = size_of::<Control>().next_multiple_of(book::ALIGNMENT);
const SIZE: usize = BOOK_OFFSET + book::SIZE;

/// The byte that every importer has locked.
const IMPORTED: u64 = 0;

/// What processes share.
#[repr(C)]
struct Control {
    magic: AtomicU64,
    id: AtomicU64,
    /// Drawn at export: a key is not guessed from the id.
    nonce: AtomicU64,
    device: AtomicU32,
    number: AtomicU32,
    /// One of the states below.
    key: AtomicU32,
    /// 1 once a process that keeps no book takes part.
    lax: AtomicU32,
    signal: Signal,
    /// The latest record that a rule has dropped and no wait was told of.
    lost: Lost,
    whitelist: Whitelist,
}

const UNEXPORTED: u32 = 0;
const EXPORTED: u32 = 1;
const CLOSED: u32 = 2;

// SAFETY: `repr(C)`, atomics only, every bit pattern valid.
unsafe impl Shared for Control {}

/// A notify that this process created or imported.
pub(crate) struct NotifyBlock {
    id: Id,
    created: bool,
    /// Held while the key or its list is changed, which only the creating process does.
    exporting: Mutex<()>,
    mapping: Mapping,
    segment: Segment, // kept open: that is how importers find it, and how the creator knows of them
    book: OnceLock<Option<Book>>,
}

impl NotifyBlock {
    /// Creates a notify with a number on a device.
    pub(crate) fn create(device: u32, number: u32) -> Result<Self, Errno> {
        let id = Id::fresh();
        let segment = Segment::create(&id.name(KIND), SIZE as u64)?;
        segment.commit(0, page())?;
        let mapping = segment.map(0, SIZE)?;
        let block = Self { id, created: true, exporting: Mutex::default(), mapping, segment, book: OnceLock::new() };
        let control = control(&block.mapping).ok_or(Errno::INVAL)?;
        control.id.store(id.0, Ordering::Relaxed);
        control.device.store(device, Ordering::Relaxed);
        control.number.store(number, Ordering::Relaxed);
        // Release pairs with the importer's Acquire.
        control.magic.store(MAGIC, Ordering::Release);
        Ok(block)
    }

    /// Opens what a key names.
    pub(crate) fn import(key: Key) -> Result<Self, ImportFault> {
        let file = find::open(KIND, key.id(), Whose::Creators).map_err(|error| match error {
            NotFound::Unknown => ImportFault::Unknown,
            NotFound::Denied => ImportFault::Refused,
            NotFound::Failed(error) => ImportFault::System(error),
        })?;
        let segment = Segment::adopt(file, SIZE as u64).map_err(|_| ImportFault::Unknown)?;
        let mapping = segment.map(0, SIZE).map_err(ImportFault::System)?;
        // Before the key is looked at: whoever closes it afterwards sees that we are there.
        range_lock::share(segment.file(), IMPORTED).map_err(ImportFault::System)?;
        let control = control(&mapping).ok_or(ImportFault::Unknown)?;
        if control.magic.load(Ordering::Acquire) != MAGIC
            || control.id.load(Ordering::Relaxed) != key.id().0
            || control.key.load(Ordering::Acquire) != EXPORTED
            || control.nonce.load(Ordering::Relaxed) != key.nonce()
        {
            return Err(ImportFault::Unknown);
        }
        if !control.whitelist.admits(std::process::id()) {
            return Err(ImportFault::Refused);
        }
        Ok(Self { id: key.id(), created: false, exporting: Mutex::default(), mapping, segment, book: OnceLock::new() })
    }

    /// Makes the notify importable; `None` if it is already.
    pub(crate) fn export(&self, restricted: bool) -> Option<Key> {
        let _alone = self.exporting.lock().unwrap_or_else(PoisonError::into_inner);
        let control = self.control();
        if control.key.load(Ordering::Relaxed) != UNEXPORTED {
            return None;
        }
        let key = Key::new(self.id, find::random());
        control.nonce.store(key.nonce(), Ordering::Relaxed);
        control.whitelist.restrict(restricted);
        // Release pairs with the importer's Acquire.
        control.key.store(EXPORTED, Ordering::Release);
        Some(key)
    }

    /// Lists processes that may import; `false` if there is no room for them.
    pub(crate) fn allow(&self, pids: &[u32]) -> bool {
        let _alone = self.exporting.lock().unwrap_or_else(PoisonError::into_inner);
        self.control().whitelist.list(pids)
    }

    /// Whether some process that imported it still has it.
    pub(crate) fn is_imported(&self) -> bool {
        range_lock::is_locked_elsewhere(self.segment.file(), IMPORTED).unwrap_or(false)
    }

    /// What names it in all processes.
    pub(crate) const fn id(&self) -> Id {
        self.id
    }

    /// Whether this process created it.
    pub(crate) const fn is_own(&self) -> bool {
        self.created
    }

    /// The device that created it, as the driver counts.
    pub(crate) fn device(&self) -> u32 {
        self.control().device.load(Ordering::Relaxed)
    }

    /// Its number on that device.
    pub(crate) fn number(&self) -> u32 {
        self.control().number.load(Ordering::Relaxed)
    }

    /// Its signal.
    pub(crate) fn signal(&self) -> &Signal {
        &self.control().signal
    }

    /// The latest record that a rule has dropped and no wait was told of, under any number but 0.
    pub(crate) fn lost(&self) -> &Lost {
        &self.control().lost
    }

    #[allow(clippy::expect_used, reason = "the mapping has SIZE bytes from a page boundary, checked when it was made")]
    fn control(&self) -> &Control {
        control(&self.mapping).expect("the control lies within the mapping")
    }

    /// Ends the key: nobody can import any more; who has imported goes on.
    pub(crate) fn close_key(&self) {
        if self.created {
            self.control().key.store(CLOSED, Ordering::Release);
        }
    }
}

impl Booked for NotifyBlock {
    fn book(&self) -> Option<&Book> {
        self.book.get_or_init(|| Book::attach(&self.segment, BOOK_OFFSET)).as_ref()
    }

    fn lax(&self) -> Option<&AtomicU32> {
        Some(&self.control().lax)
    }
}

fn control(mapping: &Mapping) -> Option<&Control> {
    mapping.atomics::<Control>(0, 1)?.first()
}
