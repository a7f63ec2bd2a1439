//! Where a role is and what it waits for: written without waking anybody, readable after its death.
//!
//! A diary is a memfd with two lines. Writing one is one `pwrite`; a reader may see half of a new line over half of an old
//! one, which does no harm in a report.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::MemfdFlags;
use rustix::io::Errno;

const LINE: usize = 256;
const HEAD: usize = 10;

/// What a diary said when it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The last point, and how many points were passed in all.
    pub(crate) point: Option<(String, u64)>,
    /// What the role waits for in the kit.
    pub(crate) waits: Option<String>,
}

/// A new, empty diary.
pub(crate) fn create() -> Result<OwnedFd, Errno> {
    rustix::fs::memfd_create("ascend-testkit-diary", MemfdFlags::CLOEXEC)
}

/// Reads a diary.
pub(crate) fn read(diary: impl AsFd) -> Entry {
    let mut lines = [0; 2 * LINE];
    let length = rustix::io::pread(diary, &mut lines[..], 0).unwrap_or(0);
    let lines = &lines[..length];
    let line = |at: usize| {
        let line = lines.get(at..)?;
        let (count, rest) = line.split_first_chunk::<8>()?;
        let (length, text) = rest.split_first_chunk::<2>()?;
        let text = text.get(..usize::from(u16::from_le_bytes(*length)))?;
        (!text.is_empty()).then(|| (String::from_utf8_lossy(text).into_owned(), u64::from_le_bytes(*count)))
    };
    Entry { point: line(0), waits: line(LINE).map(|(text, _)| text) }
}

/// The role's end of a diary.
#[derive(Debug)]
pub(crate) struct Diary {
    file: OwnedFd,
    points: AtomicU64,
}

impl Diary {
    pub(crate) fn new(file: OwnedFd) -> Self {
        Self { file, points: AtomicU64::new(0) }
    }

    /// Notes that a point was reached.
    pub(crate) fn point(&self, name: &str) {
        self.write(0, self.points.fetch_add(1, Ordering::Relaxed) + 1, name);
    }

    /// Notes what the role waits for; nothing, if empty.
    pub(crate) fn waits(&self, what: &str) {
        self.write(LINE as u64, 0, what);
    }

    fn write(&self, at: u64, count: u64, text: &str) {
        let mut line = [0; LINE];
        let length = text.floor_char_boundary(LINE - HEAD);
        line[..8].copy_from_slice(&count.to_le_bytes());
        line[8..HEAD].copy_from_slice(&(length as u16).to_le_bytes()); // at most LINE
        line[HEAD..HEAD + length].copy_from_slice(&text.as_bytes()[..length]);
        // A diary that cannot be written makes a poorer report, not a worse test.
        let _ = rustix::io::pwrite(&self.file, &line[..HEAD + length], at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (OwnedFd, Diary) {
        let file = create().unwrap();
        (file.try_clone().unwrap(), Diary::new(file))
    }

    #[test]
    fn an_empty_diary_says_nothing() {
        assert_eq!(read(pair().0), Entry::default());
    }

    #[test]
    fn the_last_point_and_the_wait_are_kept_apart() {
        let (file, diary) = pair();
        diary.waits("a long wait");
        diary.point("first");
        diary.point("b");
        let expected = Entry { point: Some(("b".to_owned(), 2)), waits: Some("a long wait".to_owned()) };
        assert_eq!(read(&file), expected);
        diary.waits("");
        assert_eq!(read(&file).waits, None);
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let (file, diary) = pair();
        diary.point(&"ü".repeat(LINE));
        assert_eq!(read(&file).point.unwrap().0, "ü".repeat((LINE - HEAD) / 2));
    }
}
