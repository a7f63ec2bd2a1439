//! What strict mode knows of this process's handles and memory: who made them, where, and who ended them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::finding::{Finding, USED_AFTER_DESTROY};
use super::site::{self, Act, Told};
use crate::model::registry::{Raw, kind};

/// Ended handles that are remembered; more than a program is likely to confuse. Each takes about a KiB.
const REMEMBERED: usize = 1 << 12;

/// What is known of a handle.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) label: Option<String>,
    /// The device that was current, as this process counts.
    pub(crate) device: Option<u32>,
    created: Act,
    destroyed: Option<Act>,
    /// Opened, and not created.
    pub(crate) imported: bool,
    /// The first wait, query or synchronise.
    pub(crate) used: Option<Act>,
    pub(crate) recorded: bool,
    /// The stream of the latest record, and how often that had been settled before.
    pub(crate) record: Option<(Raw, u64)>,
    /// It was said that nobody has recorded it.
    pub(crate) told_never: bool,
}

#[derive(Default)]
struct Ledger {
    handles: BTreeMap<Raw, Entry>,
    ended: VecDeque<Raw>,
    memory: BTreeMap<usize, Act>,
    /// How often each stream was synchronised, queried or aborted.
    settled: BTreeMap<Raw, u64>,
}

impl Ledger {
    /// Whether a handle stands for something. One that is not known has ended so long ago that it was forgotten.
    fn lives(&self, raw: Raw) -> bool {
        self.handles.get(&raw).is_some_and(|entry| entry.destroyed.is_none())
    }
}

static LEDGER: Mutex<Option<Ledger>> = Mutex::new(None);

fn with<T>(change: impl FnOnce(&mut Ledger) -> T) -> T {
    let mut ledger: MutexGuard<'_, Option<Ledger>> = LEDGER.lock().unwrap_or_else(PoisonError::into_inner);
    change(ledger.get_or_insert_default())
}

/// A handle comes into being.
#[inline]
pub(crate) fn born(raw: Raw) {
    if super::is_on() {
        let entry = Entry {
            label: None,
            device: None,
            created: site::current(),
            destroyed: None,
            imported: false,
            used: None,
            recorded: false,
            record: None,
            told_never: false,
        };
        with(|ledger| ledger.handles.insert(raw, entry));
    }
}

/// A handle names nothing from now on.
#[inline]
pub(crate) fn ended(raw: Raw) {
    if super::is_on() {
        let act = site::current();
        with(|ledger| {
            let Some(entry) = ledger.handles.get_mut(&raw) else { return };
            entry.destroyed = Some(act);
            ledger.settled.remove(&raw);
            ledger.ended.push_back(raw);
            if ledger.ended.len() > REMEMBERED {
                ledger.ended.pop_front().and_then(|old| ledger.handles.remove(&old));
            }
        });
    }
}

/// A handle was used that names nothing.
#[inline]
pub(crate) fn missed(raw: Raw) {
    if super::is_on() {
        let Some(entry) = entry(raw) else { return };
        let Some(destroyed) = entry.destroyed else { return };
        Finding::new(USED_AFTER_DESTROY, label(raw, &entry), "its handle was used after it was destroyed")
            .with(Some(destroyed.told()))
            .with(Some(entry.created.told()))
            .report();
    }
}

/// What is known of a handle.
pub(crate) fn entry(raw: Raw) -> Option<Entry> {
    with(|ledger| ledger.handles.get(&raw).cloned())
}

/// Adds to what is known of a handle.
pub(crate) fn update(raw: Raw, change: impl FnOnce(&mut Entry)) {
    with(|ledger| ledger.handles.get_mut(&raw).map(change));
}

/// How a report names what a handle stands for.
pub(crate) fn label(raw: Raw, entry: &Entry) -> String {
    entry.label.clone().unwrap_or_else(|| format!("{} {raw:#x}", kind(raw)))
}

impl Entry {
    /// Where it was created or opened.
    pub(crate) fn created(&self) -> Told {
        self.created.told()
    }
}

/// A stream was synchronised, queried or aborted: somebody knows about all that was recorded on it.
#[inline]
pub(crate) fn settled(stream: Raw) {
    if super::is_on() {
        with(|ledger| {
            if ledger.lives(stream) {
                *ledger.settled.entry(stream).or_default() += 1;
            }
        });
    }
}

/// How often that has happened; more often than can be counted once the stream was destroyed, which waits for its records
/// or discards them.
pub(crate) fn times_settled(stream: Raw) -> u64 {
    with(
        |ledger| if ledger.lives(stream) { ledger.settled.get(&stream).copied().unwrap_or_default() } else { u64::MAX },
    )
}

/// Memory was allocated, imported or mapped.
#[inline]
pub(crate) fn allocated(address: usize) {
    if super::is_on() {
        let act = site::current();
        with(|ledger| ledger.memory.insert(address, act));
    }
}

/// Where memory was allocated.
pub(crate) fn allocation(address: usize) -> Option<Told> {
    with(|ledger| ledger.memory.get(&address).copied()).map(|act| act.told())
}
