//! `npu-smi info -m`: which number means which device.

use serde::{Deserialize, Serialize};

use super::{columns, lines, number};

/// The table of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// A device each; rows of the cards' controllers are left out.
    pub rows: Vec<MapRow>,
    /// Lines that were not understood, or not wholly.
    pub unparsed: Vec<String>,
}

/// A device's numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRow {
    /// Number of the card.
    pub npu: Option<u32>,
    /// Number within the card.
    pub chip: Option<u32>,
    /// The number that AscendCL counts.
    pub logic: Option<u32>,
    /// Number on the machine.
    pub physical: Option<u32>,
    /// Name of the product.
    pub name: Option<String>,
}

impl Map {
    /// Reads what the tool wrote; a table without logic ids counts devices by card.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut map = Self::default();
        let mut header: Option<Vec<&str>> = None;
        let (whole, cut) = lines(text);
        for line in whole {
            let row = columns(line);
            if row.is_empty() {
                continue;
            }
            match &header {
                None if row.contains(&"NPU ID") => header = Some(row),
                Some(header) if row.len() == header.len() => map.row(header, &row),
                _ => map.unparsed.push(line.to_owned()),
            }
        }
        map.unparsed.extend(cut.map(str::to_owned));
        map
    }

    fn row(&mut self, header: &[&str], row: &[&str]) {
        let value = |label: &str| header.iter().position(|name| *name == label).and_then(|index| row.get(index));
        let id = |label: &str| value(label).and_then(|word| number(word));
        let (npu, name) = (id("NPU ID"), value("Chip Name").map(|name| (*name).to_owned()));
        let (logic, physical) = match value("Chip Logic ID") {
            Some(_) => (id("Chip Logic ID"), id("Chip Phy-ID")),
            None => (npu, id("Chip Phy-ID")),
        };
        if npu.is_none() {
            self.unparsed.push(row.join("  "));
        } else if logic.is_some() && name.as_deref() != Some("Mcu") {
            self.rows.push(MapRow { npu, chip: id("Chip ID"), logic, physical, name });
        }
    }

    /// The device that AscendCL counts so.
    #[must_use]
    pub fn logic(&self, id: u32) -> Option<&MapRow> {
        self.rows.iter().find(|row| row.logic == Some(id))
    }
}
