//! Which devices a run uses.

use std::str::FromStr;

use crate::event::Die;

/// What `--devices` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Devices {
    /// All that `ASCEND_RT_VISIBLE_DEVICES` of this process leaves.
    Auto,
    /// The first of them.
    Count(usize),
    /// These, by the id that AscendCL counts.
    Logic(Vec<u32>),
    /// These, by bus id.
    Bus(Vec<String>),
}

impl FromStr for Devices {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not auto, count:N, 0,3 or bus:ID,ID");
        let parts = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        if text == "auto" {
            Ok(Self::Auto)
        } else if let Some(count) = text.strip_prefix("count:") {
            count.parse().ok().filter(|count| *count > 0).map(Self::Count).ok_or_else(wrong)
        } else if let Some(buses) = text.strip_prefix("bus:") {
            Ok(Self::Bus(parts(buses))).and_then(|buses| if text.ends_with(':') { Err(wrong()) } else { Ok(buses) })
        } else {
            parts(text).iter().map(|id| id.parse()).collect::<Result<_, _>>().map(Self::Logic).map_err(|_| wrong())
        }
    }
}

impl Devices {
    /// The devices of `all` that are meant, in ascending order. `visible` is what the environment leaves.
    ///
    /// # Errors
    /// A sentence that names what is not there.
    pub fn choose(&self, all: &[Die], visible: Option<&str>) -> Result<Vec<Die>, String> {
        let shown: Vec<Die> = match visible.filter(|_| matches!(self, Self::Auto | Self::Count(_))) {
            None => all.to_vec(),
            Some(list) => {
                let ids: Vec<u32> = list.split(',').map_while(|id| id.parse().ok()).collect();
                all.iter().filter(|die| ids.contains(&die.logic)).cloned().collect()
            }
        };
        let missing = |what: &str| format!("there is no die {what}; there are {}", names(all));
        let mut chosen = match self {
            Self::Auto => shown,
            Self::Count(count) if *count > shown.len() => {
                return Err(format!("{count} dies are asked for, and there are {}", shown.len()));
            }
            Self::Count(count) => shown[..*count].to_vec(),
            Self::Logic(ids) => find(ids, |die, id| die.logic == *id, all).map_err(|id| missing(&id.to_string()))?,
            Self::Bus(ids) => find(ids, |die, id| die.bus.eq_ignore_ascii_case(id), all).map_err(|id| missing(id))?,
        };
        chosen.sort_by_key(|die| die.logic);
        chosen.dedup();
        if chosen.is_empty() { Err(format!("no die is left of {}", names(all))) } else { Ok(chosen) }
    }
}

fn find<'a, T>(ids: &'a [T], is: impl Fn(&Die, &T) -> bool, all: &[Die]) -> Result<Vec<Die>, &'a T> {
    ids.iter().map(|id| all.iter().find(|die| is(die, id)).cloned().ok_or(id)).collect()
}

fn names(dies: &[Die]) -> String {
    dies.iter().map(|die| format!("{} ({})", die.logic, die.bus)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(spec: &str, visible: Option<&str>) -> Result<Vec<u32>, String> {
        let all: Vec<Die> =
            (0..4).map(|logic| Die { logic, bus: format!("0000:8{logic}:00.0"), ..Die::default() }).collect();
        let chosen = spec.parse::<Devices>()?.choose(&all, visible)?;
        Ok(chosen.iter().map(|die| die.logic).collect())
    }

    #[test]
    fn devices_are_chosen_by_every_name_and_come_in_ascending_order() {
        assert_eq!(chosen("auto", None).unwrap(), [0, 1, 2, 3]);
        assert_eq!(chosen("auto", Some("2,3")).unwrap(), [2, 3]);
        assert_eq!(chosen("count:1", Some("2,3")).unwrap(), [2]);
        assert_eq!(chosen("3,0,3", None).unwrap(), [0, 3]);
        assert_eq!(chosen("bus:0000:82:00.0", None).unwrap(), [2]);
    }

    #[test]
    fn devices_that_are_not_there_are_named() {
        assert!(chosen("7", None).unwrap_err().starts_with("there is no die 7; there are 0 (0000:80:00.0)"));
        assert!(chosen("count:9", None).is_err() && chosen("auto", Some("9")).is_err());
        for wrong in ["", "x", "count:0", "bus:", "-1"] {
            assert!(chosen(wrong, None).is_err(), "{wrong}");
        }
    }
}
