//! What a role has printed: the beginning and the end of it, and how much was in between.

use std::collections::VecDeque;
use std::fmt;

/// Kept of the beginning, and as much again of the end.
pub(crate) const KEPT: usize = 64 * 1024;

/// What a role has printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    dropped: u64,
}

impl Output {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let (head, rest) = bytes.split_at(bytes.len().min(KEPT - self.head.len()));
        self.head.extend(head);
        let (older, newest) = rest.split_at(rest.len().saturating_sub(KEPT));
        let displaced = (self.tail.len() + newest.len()).saturating_sub(KEPT);
        self.tail.drain(..displaced);
        self.tail.extend(newest);
        self.dropped += (older.len() + displaced) as u64;
    }

    /// Whether nothing was printed.
    pub fn is_empty(&self) -> bool {
        self.head.is_empty()
    }

    /// How many bytes were printed and not kept.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many bytes were printed.
    pub fn len(&self) -> u64 {
        self.dropped + (self.head.len() + self.tail.len()) as u64
    }
}

/// What was kept; a line of its own says how much was dropped.
impl fmt::Display for Output {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        if self.dropped == 0 {
            let whole = [&self.head[..], &tail[..]].concat();
            return out.write_str(&String::from_utf8_lossy(&whole));
        }
        out.write_str(&String::from_utf8_lossy(&self.head))?;
        write!(out, "\n[… {} bytes dropped …]\n", self.dropped)?;
        out.write_str(&String::from_utf8_lossy(&tail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_output_is_kept_whole() {
        let mut output = Output::default();
        assert!(output.is_empty());
        output.push("grü".as_bytes());
        output.push("ße\n".as_bytes());
        assert_eq!(output.to_string(), "grüße\n");
        assert_eq!((output.dropped(), output.len()), (0, 8));
    }

    #[test]
    fn a_character_across_the_middle_is_not_torn_as_long_as_nothing_is_dropped() {
        let mut output = Output::default();
        output.push(&vec![b'a'; KEPT - 1]);
        output.push("ü".as_bytes());
        assert!(output.to_string().ends_with("aü"));
    }

    #[test]
    fn much_output_keeps_its_ends_in_pieces_of_any_size() {
        for piece in [1000, KEPT, 5 * KEPT] {
            let all: Vec<u8> = (0..10 * KEPT).map(|at| b'a' + (at / KEPT) as u8).collect();
            let mut output = Output::default();
            all.chunks(piece).for_each(|bytes| output.push(bytes));
            let text = output.to_string();
            assert!(text.starts_with(&"a".repeat(KEPT)) && text.ends_with(&"j".repeat(KEPT)), "pieces of {piece}");
            assert!(text.contains(&format!("[… {} bytes dropped …]", 8 * KEPT)), "pieces of {piece}");
            assert_eq!(output.len(), 10 * KEPT as u64);
        }
    }
}
