//! The rules of strict mode about what is shared with other processes: importers close first.

use std::sync::atomic::Ordering;

use super::finding::{DESTROYED_WHILE_EXPORTED, Finding};
use super::is_on;
use super::site::{self, Told};
use crate::shm::book::{Booked, Deed};

/// Importers that a finding names.
const NAMED: usize = 3;

/// Something that can be shared was created.
pub(crate) fn created(shared: &impl Booked) {
    note(shared, Deed::Created);
}

/// It was exported.
pub(crate) fn exported(shared: &impl Booked) {
    if is_on() {
        note(shared, Deed::Exported);
    }
}

/// It was opened in this process, which did not create it.
pub(crate) fn opened(shared: &impl Booked) {
    if !is_on() {
        be_lax(shared);
    } else if let Some(book) = shared.book() {
        book.open(&site::current().told().note());
    }
}

fn note(shared: &impl Booked, deed: Deed) {
    if !is_on() {
        be_lax(shared);
    } else if let Some(book) = shared.book() {
        book.note(deed, &site::current().told().note());
    }
}

/// This process keeps no book: whoever does must not conclude anything from what is missing.
fn be_lax(shared: &impl Booked) {
    if let Some(lax) = shared.lax() {
        lax.store(1, Ordering::Relaxed);
    }
}

/// Whether some process does not keep the book.
pub(crate) fn is_lax(shared: &impl Booked) -> bool {
    shared.lax().is_some_and(|lax| lax.load(Ordering::Relaxed) != 0)
}

/// Its creator ends it: nobody else has it open, and somebody has had if it was exported.
pub(crate) fn ended(shared: &impl Booked, subject: &str, how: &str) {
    if !is_on() {
        return;
    }
    let Some(book) = shared.book() else { return };
    let Some(exported) = book.read(Deed::Exported).map(Told::noted) else { return };
    let openers = book.openers();
    if let Some(others) = openers.len().checked_sub(1) {
        let more = if others > 0 { format!(" and {others} more") } else { String::new() };
        let what = format!("it is {how} while process {}{more} has it open; importers close first", openers[0].pid);
        let finding = Finding::new(DESTROYED_WHILE_EXPORTED, subject, what);
        let named = openers.into_iter().take(NAMED).map(Told::noted);
        named.fold(finding, |finding, opener| finding.with(Some(opener))).with(Some(exported)).report();
    } else if book.openings() == 0 && !is_lax(shared) {
        let what = format!("it is {how} although its handle was given out and nobody has opened it");
        Finding::new(DESTROYED_WHILE_EXPORTED, subject, what).with(Some(exported)).report();
    }
}
