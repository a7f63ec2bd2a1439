//! `ASCEND_RT_VISIBLE_DEVICES`, read as the runtime reads it.

use serde::{Deserialize, Serialize};

/// What the runtime makes of `ASCEND_RT_VISIBLE_DEVICES`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VisibleDevices {
    /// The variable's value.
    pub value: String,
    /// The ids that count; whether each exists is not known here.
    pub ids: Vec<u32>,
    /// What is ignored: the first entry that is no number, and everything behind it.
    pub ignored: Option<String>,
    /// Whether the whole setting is an error, so that no device is visible: no id at all, or not in ascending order.
    pub refused: bool,
}

impl VisibleDevices {
    /// From the environment; `None` when it is not set.
    pub(super) fn of_this_process() -> Option<Self> {
        let value = std::env::var_os("ASCEND_RT_VISIBLE_DEVICES")?;
        Some(Self::read(&value.to_string_lossy()))
    }

    fn read(value: &str) -> Self {
        let mut ids: Vec<u32> = Vec::new();
        let (mut at, mut ascending) = (0, true);
        let mut ignored = None;
        for token in value.split(',') {
            let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
            let Some(id) = digits.then(|| token.parse().ok()).flatten() else {
                ignored = Some(value[at..].to_owned());
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
    fn a_list_is_cut_at_the_first_entry_that_is_no_number() {
        let read = VisibleDevices::read("1, 2");
        assert_eq!((read.ids, read.ignored.as_deref(), read.refused), (vec![1], Some(" 2"), false));
        let read = VisibleDevices::read("0,x,3");
        assert_eq!((read.ids, read.ignored.as_deref()), (vec![0], Some("x,3")));
        assert_eq!(VisibleDevices::read("0,3,7").ignored, None);
    }

    #[test]
    fn a_list_without_an_id_or_out_of_order_is_refused() {
        for value in ["", " 1", "x", "2,1", "1,1", "99999999999"] {
            assert!(VisibleDevices::read(value).refused, "{value}");
        }
        assert!(!VisibleDevices::read("0,3,7").refused);
    }
}
