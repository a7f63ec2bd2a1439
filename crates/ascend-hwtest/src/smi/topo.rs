//! `npu-smi info -t topo`: how devices are linked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{lines, number};

/// The matrix of links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topo {
    /// Whether devices are counted on the machine (`Phy-ID12`), not by card (`NPU6`).
    pub physical: bool,
    /// `HCCS`, `SIO`, `PIX`, … for each ordered pair, a device with itself left out.
    #[serde(with = "pairs")]
    pub links: BTreeMap<(u32, u32), String>,
    /// Lines that were not understood, or not wholly.
    pub unparsed: Vec<String>,
}

impl Topo {
    /// Reads what the tool wrote, up to its legend.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut topo = Self::default();
        let mut header: Vec<u32> = Vec::new();
        let (whole, cut) = lines(text);
        for line in whole.into_iter().take_while(|line| !line.trim_start().starts_with("Legend")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let Some(first) = words.first() else { continue };
            if header.is_empty() {
                header = words.iter().map_while(|word| device(word)).collect();
                topo.physical = first.starts_with("Phy-ID");
                if header.is_empty() {
                    topo.unparsed.push(line.to_owned());
                }
            } else if !topo.row(&header, &words) {
                topo.unparsed.push(line.to_owned());
            }
        }
        if !text.contains("Legend") {
            topo.unparsed.extend(cut.map(str::to_owned));
        }
        topo
    }

    fn row(&mut self, header: &[u32], words: &[&str]) -> bool {
        let Some(from) = words.first().and_then(|word| device(word)) else { return false };
        let links = words.get(1..).unwrap_or_default();
        for (to, kind) in header.iter().zip(links).filter(|(to, _)| **to != from) {
            self.links.insert((from, *to), (*kind).to_owned());
        }
        links.len() >= header.len()
    }

    /// The link between two devices, by the number that [`physical`](Self::physical) names.
    #[must_use]
    pub fn link(&self, from: u32, to: u32) -> Option<&str> {
        self.links.get(&(from, to)).map(String::as_str)
    }
}

/// `NPU6` or `Phy-ID12`, wholly.
fn device(word: &str) -> Option<u32> {
    ["NPU", "Phy-ID"].iter().find_map(|prefix| number(word.strip_prefix(prefix)?))
}

/// Pairs as `0-1`: JSON has no other keys than text.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type Links = BTreeMap<(u32, u32), String>;

    pub(super) fn serialize<S: Serializer>(links: &Links, serializer: S) -> Result<S::Ok, S::Error> {
        let named: BTreeMap<String, &String> =
            links.iter().map(|((from, to), kind)| (format!("{from}-{to}"), kind)).collect();
        named.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Links, D::Error> {
        let named = BTreeMap::<String, String>::deserialize(deserializer)?;
        let pair = |(key, kind): (String, String)| {
            let (from, to) = key.split_once('-')?;
            Some(((from.parse().ok()?, to.parse().ok()?), kind))
        };
        Ok(named.into_iter().filter_map(pair).collect())
    }
}
