//! `npu-smi info -t board`: a device's names and versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{is_none, lines};

/// The lines `NAME : VALUE`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Values by name; those that the tool does not know are left out.
    pub values: BTreeMap<String, String>,
    /// Lines that were not understood.
    pub unparsed: Vec<String>,
}

impl Board {
    /// Reads what the tool wrote.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut board = Self::default();
        let (whole, cut) = lines(text);
        for line in whole.into_iter().filter(|line| !line.trim().is_empty()) {
            match line.split_once(" : ").or_else(|| line.trim_end().strip_suffix(" :").map(|name| (name, ""))) {
                Some((_, value)) if is_none(value.trim()) => {}
                Some((name, value)) => {
                    board.values.insert(name.trim().to_owned(), value.trim().to_owned());
                }
                None => board.unparsed.push(line.to_owned()),
            }
        }
        board.unparsed.extend(cut.map(str::to_owned));
        board
    }

    /// A value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The SoC's full name, which products put together in different ways: `Ascend910B4`, `Ascend910_9392`.
    #[must_use]
    pub fn soc(&self) -> Option<String> {
        let chip = self.get("Chip Name")?;
        Some(match (self.get("Chip Type"), self.get("NPU Name")) {
            (Some(kind), _) => format!("{kind}{chip}"),
            (None, Some(npu)) => format!("{chip}_{npu}"),
            (None, None) => chip.to_owned(),
        })
    }
}
