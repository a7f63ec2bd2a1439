//! What a machine must be for a run to make sense: `dies>=4`, `driver>=25.5`, `soc=Ascend910B`.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    name: String,
    at_least: bool,
    value: String,
}

impl Require {
    /// Reads `NAME=BEGINNING` or `NAME>=VERSION`.
    ///
    /// # Errors
    /// A sentence, if it is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (left, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not NAME=VALUE or NAME>=VALUE"))?;
        let name = left.strip_suffix('>').unwrap_or(left);
        if name.is_empty() || value.is_empty() {
            return Err(format!("`{text}` is not NAME=VALUE or NAME>=VALUE"));
        }
        Ok(Self { name: name.to_owned(), at_least: left.ends_with('>'), value: value.to_owned() })
    }

    /// What is not as it must be.
    #[must_use]
    pub fn unmet(&self, versions: &BTreeMap<String, String>) -> Option<String> {
        let sign = if self.at_least { ">=" } else { "=" };
        let Some(has) = versions.get(&self.name) else {
            return Some(format!("{}{sign}{} is required, and it is not known", self.name, self.value));
        };
        let met = if self.at_least {
            compare(has, &self.value) != Ordering::Less
        } else {
            has.to_lowercase().starts_with(&self.value.to_lowercase())
        };
        (!met).then(|| format!("{}{sign}{} is required, and it is {has}", self.name, self.value))
    }
}

/// Compares the numbers of two versions; a missing one is 0.
fn compare(left: &str, right: &str) -> Ordering {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|letter: char| !letter.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    };
    let (left, right) = (numbers(left), numbers(right));
    let at = |numbers: &[u64], index: usize| numbers.get(index).copied().unwrap_or(0);
    (0..left.len().max(right.len()))
        .map(|index| at(&left, index).cmp(&at(&right, index)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers_and_names_by_their_beginning() {
        let has = [("driver", "25.10.rc1"), ("soc", "Ascend910B3"), ("dies", "4")];
        let has = has.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let unmet = |text: &str| Require::parse(text).unwrap().unmet(&has);
        assert_eq!(unmet("driver>=25.5"), None);
        assert_eq!(unmet("soc=ascend910b"), None);
        assert_eq!(unmet("dies>=5").unwrap(), "dies>=5 is required, and it is 4");
        assert_eq!(unmet("firmware>=1").unwrap(), "firmware>=1 is required, and it is not known");
        assert!(Require::parse("driver").is_err() && Require::parse("=1").is_err());
    }
}
