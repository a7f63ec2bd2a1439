//! The rules of strict mode about events: recorded before they are waited for, waited for before they are recorded again,
//! and used on one device.

use super::finding::{FOREIGN_SYNCHRONIZE, Finding, NEVER_RECORDED, OVERWRITTEN, WRONG_DEVICE};
use super::ledger::{self, Entry};
use super::site::{self, Told};
use super::{is_on, share};
use crate::model::event::Event;
use crate::model::registry::Raw;
use crate::model::stream::Stream;
use crate::model::thread;
use crate::shm::book::{Booked, Deed};

/// An event was created, or opened.
pub(crate) fn created(raw: Raw, event: &Event, imported: bool) {
    if let Event::Ipc(event) = event {
        if imported {
            share::opened(event.block());
        } else {
            share::created(event.block());
        }
    }
    if !is_on() {
        return;
    }
    let device = thread::bound().ok().map(|context| context.device());
    let label = match event {
        Event::Ipc(event) => format!("event {:016x} of device {}", event.block().id().0, event.block().device()),
        Event::Local(_) => format!("event {raw:#x} of device {}", device.unwrap_or_default()),
    };
    ledger::update(raw, |entry| {
        entry.label = Some(label);
        entry.device = device;
        entry.imported = imported;
    });
}

/// An event is about to be recorded.
pub(crate) fn recording(raw: Raw, event: &Event, stream: &Stream) {
    if !is_on() {
        return;
    }
    let Some(entry) = ledger::entry(raw) else { return };
    check_device(raw, &entry, stream);
    let now = (stream.raw(), ledger::times_settled(stream.raw()));
    ledger::update(raw, |entry| {
        entry.recorded = true;
        entry.record = Some(now);
    });
    let Event::Ipc(event) = event else { return }; // the latest record of an ordinary event counts, by design
    let Some(book) = event.block().book() else { return };
    let (used, previous) = (book.take_use(), book.read(Deed::Recorded));
    book.note(Deed::Recorded, &site::current().told().note());
    let settled = entry.record.is_none_or(|(stream, times)| ledger::times_settled(stream) != times);
    let Some(previous) = previous.filter(|previous| previous.pid == std::process::id()) else { return };
    if !used && !settled && !share::is_lax(event.block()) {
        let what = "it is recorded again, and nobody has waited for the record before, queried or synchronised it";
        Finding::new(OVERWRITTEN, ledger::label(raw, &entry), what)
            .with(Some(Told::noted(previous)))
            .with(book.openers().into_iter().next().map(Told::noted))
            .report();
    }
}

/// A stream is about to wait for an event's latest record, or the host asks about it. Before the record is looked up, so
/// that a record which comes meanwhile does not count this one as unused.
pub(crate) fn using(raw: Raw, event: &Event, stream: Option<&Stream>) {
    if !is_on() {
        return;
    }
    let Some(entry) = ledger::entry(raw) else { return };
    if let Some(stream) = stream {
        check_device(raw, &entry, stream);
    }
    mark(event);
    if entry.used.is_none() {
        let act = site::current();
        ledger::update(raw, |entry| entry.used = Some(act));
    }
}

/// That has been done: the record which was found counts as used, too.
pub(crate) fn used(raw: Raw, event: &Event, waits: bool) {
    if !is_on() {
        return;
    }
    mark(event);
    let Event::Ipc(event) = event else { return };
    if waits && event.block().ring().latest() == Ok(None) {
        let Some(entry) = ledger::entry(raw) else { return };
        ledger::update(raw, |entry| entry.told_never = true);
        let what = "a stream waits for it, but no process has recorded it yet, so the wait waits for nothing";
        Finding::new(NEVER_RECORDED, ledger::label(raw, &entry), what).with(origin(event.block(), &entry)).report();
    }
}

/// The host synchronises with an event that is another process's record.
pub(crate) fn synchronizing(raw: Raw, event: &Event) {
    if !is_on() {
        return;
    }
    let Event::Ipc(event) = event else { return };
    let recorded = event.block().book().and_then(|book| book.read(Deed::Recorded));
    let Some(recorded) = recorded.filter(|recorded| recorded.pid != std::process::id()) else { return };
    let Some(entry) = ledger::entry(raw) else { return };
    let what = "the host synchronises with a record of another process, whose completion the real runtime can miss";
    Finding::new(FOREIGN_SYNCHRONIZE, ledger::label(raw, &entry), what).with(Some(Told::noted(recorded))).report();
}

/// An event was destroyed, or closed.
pub(crate) fn destroyed(raw: Raw, event: &Event) {
    if !is_on() {
        return;
    }
    let Some(entry) = ledger::entry(raw) else { return };
    check_recorded(raw, event, &entry);
    if let Event::Ipc(event) = event
        && !entry.imported
    {
        share::ended(event.block(), &ledger::label(raw, &entry), "destroyed");
    }
}

/// The event's life ends: whether anybody ever recorded what was waited for or asked about.
pub(crate) fn check_recorded(raw: Raw, event: &Event, entry: &Entry) {
    let never = match event {
        Event::Ipc(event) => event.block().ring().latest() == Ok(None),
        Event::Local(_) => !entry.recorded,
    };
    let Some(used) = entry.used.filter(|_| never && !entry.told_never) else { return };
    let what = "it was waited for, queried or synchronised, but no process ever recorded it";
    let origin = match event {
        Event::Ipc(event) => origin(event.block(), entry),
        Event::Local(_) => Some(entry.created()),
    };
    Finding::at(NEVER_RECORDED, ledger::label(raw, entry), what, used.told()).with(origin).report();
}

/// Who created a shared event; who opened it if that is not known.
fn origin(block: &impl Booked, entry: &Entry) -> Option<Told> {
    let noted = block.book().and_then(|book| book.read(Deed::Created)).map(Told::noted);
    noted.or_else(|| Some(entry.created()))
}

fn mark(event: &Event) {
    if let Event::Ipc(event) = event
        && let Some(book) = event.block().book()
    {
        book.mark_used();
    }
}

/// The stream's device is the one on which the event was created or opened.
fn check_device(raw: Raw, entry: &Entry, stream: &Stream) {
    let Some(device) = entry.device.filter(|device| *device != stream.device()) else { return };
    let how = if entry.imported { "opened" } else { "created" };
    let what = format!("it was {how} on device {device} and is used with a stream of device {}", stream.device());
    Finding::new(WRONG_DEVICE, ledger::label(raw, entry), what).with(Some(entry.created())).report();
}
