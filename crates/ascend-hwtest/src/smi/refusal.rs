//! What the tool says when the driver's management library refuses it.

use serde::{Deserialize, Serialize};

/// A refusal: `… ret is -8005`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The code; a device that is used elsewhere is -8020, one that has dropped out -8012.
    pub code: i32,
    /// The line.
    pub line: String,
}

impl Refusal {
    /// The first one in what the tool wrote.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        text.lines().find_map(|line| {
            let rest = line.split_once("ret is ")?.1.trim_start();
            let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '-').unwrap_or(rest.len());
            Some(Self { code: rest.get(..end)?.parse().ok()?, line: line.trim().to_owned() })
        })
    }
}
