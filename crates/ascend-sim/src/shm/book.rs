//! The book of something shared between processes: who created, exported, opened and recorded it, and where in their code.
//!
//! Only processes in strict mode keep it; for the others it is a hole in the segment that costs nothing. Every text is read
//! on a copy and made printable; a text that is being written meanwhile may be read torn, which only a reader sees.
//!
//! # Safety
//! Names the types that live in shared memory; each is made of atomics only.
#![allow(unsafe_code)]

use std::path::Path;

use super::mapping::{Mapping, Shared};
use super::segment::Segment;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Bytes of a book in its segment.
pub(crate) const SIZE: usize = 4096;
/// Where a book may begin: a page on any kernel.
pub(crate) const ALIGNMENT: usize = 1 << 16;

const WORDS: usize = 14;
/// Bytes of a text.
pub(crate) const TEXT: usize = WORDS * 8;
const OPENERS: usize = 27;
/// Looks at a text that somebody is writing, before it is taken as it is.
const LOOKS: u32 = 16;

/// One call of one process.
#[repr(C, align(64))]
struct Note {
    /// Odd while the text is being written.
    sequence: AtomicU32,
    /// 0 if there is no note.
    pid: AtomicU32,
    text: [AtomicU64; WORDS],
}

#[repr(C, align(64))]
struct Page {
    created: Note,
    exported: Note,
    recorded: Note,
    /// The latest record was bound, queried or synchronised.
    used: AtomicU32,
    /// Openings so far.
    openings: AtomicU32,
    /// Openers that have it open; the others found no room.
    openers: [Note; OPENERS],
}

// SAFETY: `repr(C)`, atomics only, every bit pattern valid.
unsafe impl Shared for Page {}

const _: () = assert!(size_of::<Page>() <= SIZE);

/// Which call a note is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Created,
    Exported,
    Recorded,
}

/// What a note says: a process, and the call and its site in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) pid: u32,
    pub(crate) text: String,
}

/// A book; what this process noted as an opener is struck out when it is dropped.
pub(crate) struct Book {
    mapping: Mapping,
    opener: std::sync::OnceLock<usize>,
}

/// What has a book, and says whether everybody keeps it.
pub(crate) trait Booked {
    /// The book, or nothing if memory is short; only strict mode asks.
    fn book(&self) -> Option<&Book>;
    /// 1 once a process that keeps no book has created or opened it.
    fn lax(&self) -> Option<&AtomicU32>;
}

impl Book {
    /// Opens the book that lies at `offset` of a segment.
    pub(crate) fn attach(segment: &Segment, offset: usize) -> Option<Self> {
        segment.commit(offset as u64, SIZE as u64).ok()?;
        let mapping = segment.map(offset as u64, SIZE).ok()?;
        mapping.atomics::<Page>(0, 1)?;
        Some(Self { mapping, opener: std::sync::OnceLock::new() })
    }

    /// Notes a call of this process.
    pub(crate) fn note(&self, deed: Deed, text: &str) {
        self.note_of(deed).write(std::process::id(), text);
    }

    /// The latest call of this kind, if it was noted.
    pub(crate) fn read(&self, deed: Deed) -> Option<Noted> {
        self.note_of(deed).read()
    }

    /// Notes that this process has opened it.
    pub(crate) fn open(&self, text: &str) {
        self.page().openings.fetch_add(1, Ordering::Relaxed);
        let pid = std::process::id();
        for (index, note) in self.page().openers.iter().enumerate() {
            let seen = note.pid.load(Ordering::Acquire);
            // A dead process's note is free: its pid names nobody.
            if (seen == 0 || !is_alive(seen))
                && note.pid.compare_exchange(seen, pid, Ordering::AcqRel, Ordering::Relaxed).is_ok()
            {
                note.write(pid, text);
                let _ = self.opener.set(index);
                return;
            }
        }
    }

    /// How often it was opened.
    pub(crate) fn openings(&self) -> u32 {
        self.page().openings.load(Ordering::Relaxed)
    }

    /// Who else has it open.
    pub(crate) fn openers(&self) -> Vec<Noted> {
        let others = |noted: &Noted| noted.pid != std::process::id() && is_alive(noted.pid);
        self.page().openers.iter().filter_map(Note::read).filter(others).collect()
    }

    /// Somebody uses the latest record.
    pub(crate) fn mark_used(&self) {
        self.page().used.store(1, Ordering::SeqCst);
    }

    /// A new record begins: whether the latest one before it was used.
    pub(crate) fn take_use(&self) -> bool {
        self.page().used.swap(0, Ordering::SeqCst) != 0
    }

    fn note_of(&self, deed: Deed) -> &Note {
        let page = self.page();
        match deed {
            Deed::Created => &page.created,
            Deed::Exported => &page.exported,
            Deed::Recorded => &page.recorded,
        }
    }

    #[allow(clippy::expect_used, reason = "checked when the book was attached")]
    fn page(&self) -> &Page {
        self.mapping.atomics::<Page>(0, 1).and_then(<[Page]>::first).expect("the page lies within the mapping")
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        if let Some(index) = self.opener.get() {
            self.page().openers[*index].pid.store(0, Ordering::Release);
        }
    }
}

impl Note {
    fn write(&self, pid: u32, text: &str) {
        let mut bytes = [0; TEXT];
        let length = text.len().min(TEXT);
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        // Odd from here on. Each word's Release pairs with the Acquire of its load in `read`: who has seen a new word sees the
        // odd sequence, or a later one. Two writers at once tear the text.
        self.sequence.fetch_or(1, Ordering::AcqRel);
        for (word, bytes) in self.text.iter().zip(bytes.as_chunks().0) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Release);
        }
        self.sequence.fetch_add(1, Ordering::Release); // pairs with the first load of `read`: even, and the text is whole
        self.pid.store(pid, Ordering::Release);
    }

    fn read(&self) -> Option<Noted> {
        let pid = self.pid.load(Ordering::Acquire);
        if pid == 0 {
            return None;
        }
        let mut bytes = [0; TEXT];
        for _ in 0..LOOKS {
            let before = self.sequence.load(Ordering::Acquire);
            for (word, bytes) in self.text.iter().zip(bytes.as_chunks_mut().0) {
                *bytes = word.load(Ordering::Acquire).to_ne_bytes();
            }
            if before & 1 == 0 && before == self.sequence.load(Ordering::Relaxed) {
                break;
            }
            std::thread::yield_now(); // whoever writes may have died at it: this ends, torn or not
        }
        let printable = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '?' };
        let text = bytes.iter().take_while(|byte| **byte != 0).map(printable).collect();
        Some(Noted { pid, text })
    }
}

/// Whether a process exists and has not ended.
fn is_alive(pid: u32) -> bool {
    let process = Path::new("/proc").join(pid.to_string());
    process.exists() && !super::find::is_zombie(&process)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment() -> Segment {
        Segment::create("ascend-sim-test-book", SIZE as u64).unwrap()
    }

    #[test]
    fn a_note_is_read_through_another_mapping() {
        let segment = segment();
        let (here, there) = (Book::attach(&segment, 0).unwrap(), Book::attach(&segment, 0).unwrap());
        assert_eq!(there.read(Deed::Recorded), None);
        here.note(Deed::Recorded, "aclrtRecordEvent at a.c:7");
        let noted = there.read(Deed::Recorded).unwrap();
        assert_eq!((noted.pid, noted.text.as_str()), (std::process::id(), "aclrtRecordEvent at a.c:7"));
        assert_eq!(there.read(Deed::Exported), None);
    }

    #[test]
    fn a_text_is_cut_and_made_printable() {
        let book = Book::attach(&segment(), 0).unwrap();
        book.note(Deed::Created, &("\u{1b}[31m\u{e9}".to_owned() + &"x".repeat(200)));
        let text = book.read(Deed::Created).unwrap().text;
        assert_eq!(text.len(), TEXT);
        assert!(text.starts_with("?[31m??x"), "{text}");
    }

    #[test]
    fn a_text_that_its_writer_never_finished_is_read_all_the_same() {
        let book = Book::attach(&segment(), 0).unwrap();
        book.note(Deed::Created, "half");
        book.page().created.sequence.fetch_or(1, Ordering::Relaxed);
        assert_eq!(book.read(Deed::Created).unwrap().text, "half");
        book.note(Deed::Created, "whole");
        assert_eq!(book.page().created.sequence.load(Ordering::Relaxed) & 1, 0);
    }

    #[test]
    fn a_use_is_taken_once() {
        let book = Book::attach(&segment(), 0).unwrap();
        assert!(!book.take_use());
        book.mark_used();
        assert!(book.take_use() && !book.take_use());
    }

    #[test]
    fn an_opener_is_struck_out_when_it_closes_and_when_it_is_dead() {
        let segment = segment();
        let (book, opened) = (Book::attach(&segment, 0).unwrap(), Book::attach(&segment, 0).unwrap());
        opened.open("here");
        assert!(book.openers().is_empty(), "one's own openings count as nobody's");
        book.page().openers[0].pid.store(1, Ordering::Relaxed); // a process that is always there
        assert_eq!(book.openers().len(), 1);
        book.page().openers[1].write(u32::MAX >> 1, "dead");
        assert_eq!((book.openers().len(), book.openings()), (1, 1));
        drop(opened);
        assert!(book.openers().is_empty());
    }
}
