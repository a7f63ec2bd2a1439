//! `ASCEND_RT_VISIBLE_DEVICES`, read as the runtime reads it.

use serde::{Deserialize, Serialize};

/// What the runtime makes of the variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visible {
    /// Its value.
    pub value: String,
    /// The ids that count.
    pub ids: Vec<u32>,
    /// What does not count: from the first entry on that is no number, or no device.
    pub ignored: Option<String>,
    /// Whether no device is visible: there is no id, or they do not ascend.
    pub refused: bool,
}

impl Visible {
    /// Reads it for a machine with so many devices, if that is known.
    #[must_use]
    pub fn read(value: &str, devices: Option<u32>) -> Self {
        let mut ids: Vec<u32> = Vec::new();
        let (mut at, mut ascending, mut ignored) = (0, true, None);
        for token in value.split(',') {
            let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
            let id = digits.then(|| token.parse().ok()).flatten();
            let Some(id) = id.filter(|id| devices.is_none_or(|count| *id < count)) else {
                ignored = value.get(at..).map(str::to_owned);
                break;
            };
            ascending &= ids.last().is_none_or(|last| *last < id);
            ids.push(id);
            at += token.len() + 1;
        }
        let refused = ids.is_empty() || !ascending;
        Self { value: value.to_owned(), ids, ignored, refused }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_stops_at_the_first_entry_that_is_no_device() {
        let read = |value| {
            let read = Visible::read(value, Some(8));
            (read.ids, read.ignored, read.refused)
        };
        assert_eq!(read("1, 2"), (vec![1], Some(" 2".to_owned()), false));
        assert_eq!(read("0,8,3"), (vec![0], Some("8,3".to_owned()), false));
        assert_eq!(read("0,3,7"), (vec![0, 3, 7], None, false));
        assert!(read("2,1").2 && read("1,1").2 && read("").2 && read("é").2);
    }
}
