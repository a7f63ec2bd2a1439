//! Reads `events.jsonl` of a run that may have been killed, or made by a later version.

use std::path::Path;

use crate::event::{Event, Line};

/// The name of the journal in a run's folder.
pub const FILE: &str = "events.jsonl";

/// What a journal says, and what of it could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// The lines that could be read, in their order.
    pub lines: Vec<Line>,
    /// Whether the last line lacks its end: its writer was killed, or still writes.
    pub torn: bool,
    /// Numbers of the lines, from 1, that are whole and make no sense.
    pub unread: Vec<usize>,
    /// How many lines are of a kind that this version does not know.
    pub unknown: usize,
}

/// Reads the journal of the run in `folder`.
///
/// # Errors
///
/// If the file cannot be read. Its content is never an error.
pub fn open(folder: &Path) -> std::io::Result<Journal> {
    let path = folder.join(FILE);
    let bytes = std::fs::read(&path)
        .map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    Ok(read(&bytes))
}

/// Reads a journal. Cut at any byte, it says what can be known.
#[must_use]
pub fn read(bytes: &[u8]) -> Journal {
    let mut journal = Journal::default();
    for (index, text) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let whole = text.ends_with(b"\n");
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Line>(text) {
            Ok(line) if line.event == Event::Unknown => journal.unknown += 1,
            // A last line without its end may be complete all the same.
            Ok(line) => journal.lines.push(line),
            Err(_) if whole => journal.unread.push(index + 1),
            Err(_) => journal.torn = true,
        }
    }
    journal
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "{\"v\":1,\"t\":1,\"ev\":\"phase-begin\",\"phase\":\"plan\"}\n{\"v\":1,\"t\":2,\"ev\":\"run-end\",\"exit\":0}\n";

    #[test]
    fn a_journal_cut_at_any_byte_gives_what_came_before() {
        for end in 0..=TWO.len() {
            let journal = read(&TWO.as_bytes()[..end]);
            let first = TWO.find('\n').unwrap();
            let expected = usize::from(end >= first) + usize::from(end >= TWO.len() - 1);
            assert_eq!(journal.lines.len(), expected, "cut at {end}");
            assert_eq!(
                journal.torn,
                !matches!(end, 0) && end != first && end != first + 1 && end < TWO.len() - 1,
                "cut at {end}"
            );
            assert!(journal.unread.is_empty());
        }
    }

    #[test]
    fn a_line_in_the_middle_that_makes_no_sense_is_counted_and_passed_over() {
        let text = TWO.replacen('\n', "\n\u{0}\u{0}nonsense\n\n{\"v\":9,\"t\":1,\"ev\":\"later\"}\n", 1);
        let journal = read(text.as_bytes());
        assert_eq!((journal.lines.len(), journal.unread, journal.unknown, journal.torn), (2, vec![2], 1, false));
    }
}
