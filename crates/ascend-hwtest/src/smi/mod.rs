//! What `npu-smi` says: parsers that know its layouts by their headers, and never fail.
//!
//! Whatever is understood is kept, whatever is not is put aside as `unparsed`; a text that was cut anywhere says what it
//! still can. Nothing here decides whether hardware is usable: the [probe](crate::probe) does.

mod ask;
mod board;
mod info;
mod layout;
mod map;
mod refusal;
mod topo;

pub use ask::{PATIENCE, Smi, Trouble, ask};
pub use board::Board;
pub use info::{Chip, Info, Process, Usage};
pub use map::{Map, MapRow};
pub use refusal::Refusal;
pub use topo::Topo;

/// A value that the tool does not know is written in one of these ways.
fn is_none(word: &str) -> bool {
    matches!(word, "" | "-" | "NA" | "N/A")
}

/// A number, unless the tool does not know it.
fn number<T: std::str::FromStr>(word: &str) -> Option<T> {
    word.parse().ok()
}

/// Columns that are two blanks or more apart.
fn columns(line: &str) -> Vec<&str> {
    line.split('\t').flat_map(|part| part.split("  ")).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The lines of a text; the last one, if it has no end, is apart: it may have been cut anywhere.
fn lines(text: &str) -> (Vec<&str>, Option<&str>) {
    match text.rsplit_once('\n') {
        Some((whole, rest)) => (whole.lines().collect(), Some(rest).filter(|rest| !rest.trim().is_empty())),
        None => (Vec::new(), Some(text).filter(|rest| !rest.trim().is_empty())),
    }
}
