//! The machine that the simulator is: `a2x8`, `a3x16`, `a5x1`.

use std::fmt;
use std::str::FromStr;

/// A family and a number of dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topology {
    family: &'static str,
    soc: &'static str,
    dies: u32,
}

impl FromStr for Topology {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const FAMILIES: [(&str, &str); 3] = [("a2", "910B"), ("a3", "910C"), ("a5", "950PR")];
        let parts = text.split_once('x').and_then(|(family, dies)| {
            let (family, soc) = FAMILIES.into_iter().find(|(name, _)| *name == family)?;
            Some(Self { family, soc, dies: dies.parse().ok().filter(|dies| (1..=64).contains(dies))? })
        });
        parts.ok_or_else(|| format!("`{text}` is not a2xN, a3xN or a5xN with N from 1 to 64"))
    }
}

impl fmt::Display for Topology {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}x{}", self.family, self.dies)
    }
}

impl Topology {
    /// The simulator's settings.
    #[must_use]
    pub fn environment(&self) -> [(String, String); 2] {
        [("ASCEND_SIM_SOC".into(), self.soc.into()), ("ASCEND_SIM_DEVICES".into(), self.dies.to_string())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topology_comes_back_as_text_and_others_are_refused() {
        for good in ["a2x8", "a3x16", "a5x1"] {
            assert_eq!(good.parse::<Topology>().unwrap().to_string(), good);
        }
        for wrong in ["", "a2", "a2x", "a2x0", "a2x65", "a4x1", "xa2"] {
            assert!(wrong.parse::<Topology>().is_err(), "{wrong}");
        }
    }
}
