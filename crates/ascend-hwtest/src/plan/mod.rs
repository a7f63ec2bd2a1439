//! Which cases there are: tests, times the ways in which the devices of this machine are placed.

pub mod filter;
mod place;
mod shuffle;
mod suite;

use serde::{Deserialize, Serialize};

use crate::event::{Case, Die, Link, Placement};
use filter::Filter;
pub use place::{Needs, again, needs};
pub use shuffle::{Shard, shuffle};
pub use suite::Suite;

/// A case, and why it is not run if it is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The case.
    pub case: Case,
    /// What this machine lacks for it.
    pub skip: Option<String>,
}

/// What to plan.
#[derive(Debug, Default)]
pub struct Wish {
    /// All must select a case.
    pub filters: Vec<Filter>,
    /// Which tests.
    pub suite: Suite,
    /// Where; empty for everywhere.
    pub topology: Vec<Placement>,
    /// A part of the cases.
    pub shard: Option<Shard>,
    /// Order of the cases.
    pub seed: u64,
    /// How often each case is run.
    pub repeat: u32,
}

/// The word for a placement, in names and filters.
#[must_use]
pub const fn word(placement: Placement) -> &'static str {
    match placement {
        Placement::SameDie => "same-die",
        Placement::SiblingDie => "sibling-die",
        Placement::CrossCard => "cross-card",
    }
}

/// The cases that `wish` selects of these tests (program, test) on these devices, in the order in which they start.
#[must_use]
pub fn plan(tests: &[(String, String)], dies: &[Die], links: &[Link], wish: &Wish) -> Vec<Planned> {
    let mut tests: Vec<_> = tests.iter().filter(|(program, test)| wish.suite.holds(program, test)).collect();
    tests.sort();
    let mut all: Vec<Planned> = tests
        .iter()
        .enumerate()
        .flat_map(|(turn, (program, test))| place::cases(program, test, turn, dies, links))
        .filter(|planned| wish.topology.is_empty() || wish.topology.contains(&planned.case.placement))
        .filter(|planned| wish.filters.iter().all(|filter| filter.selects(&planned.case)))
        .collect();
    all.sort_by(|left, right| left.case.name.cmp(&right.case.name));
    if let Some(shard) = wish.shard {
        let mut index = 0;
        all.retain(|_| {
            index += 1;
            shard.holds(index - 1)
        });
    }
    let once = all.clone();
    for round in 2..=wish.repeat {
        all.extend(once.iter().cloned().map(|mut planned| {
            planned.case.name.push_str(&format!("#{round}"));
            planned
        }));
    }
    shuffle(&mut all, wish.seed);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn die(logic: u32, card: u32) -> Die {
        Die { logic, card, bus: format!("0000:0{logic}:00.0"), soc: "x".into() }
    }

    fn links(dies: &[Die]) -> Vec<Link> {
        let pairs = dies.iter().flat_map(|from| dies.iter().map(move |to| (from.logic, to.logic)));
        pairs
            .filter(|(from, to)| from != to)
            .map(|(from, to)| Link { from, to, kind: "?".into(), reachable: true })
            .collect()
    }

    fn tests() -> Vec<(String, String)> {
        ["a::same_device", "a::cross_device", "b"].iter().map(|test| ("event".to_owned(), (*test).to_owned())).collect()
    }

    fn names(planned: &[Planned]) -> Vec<String> {
        let mut names: Vec<_> = planned.iter().map(|planned| planned.case.name.clone()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_test_of_two_devices_runs_on_siblings_and_on_two_cards() {
        let dies = [die(0, 0), die(1, 0), die(2, 1)];
        let planned = plan(&tests(), &dies, &links(&dies), &Wish::default());
        let expected = [
            "event::a::cross_device@cross-card",
            "event::a::cross_device@sibling-die",
            "event::a::same_device@same-die",
            "event::b@same-die",
        ];
        assert_eq!(names(&planned), expected);
        assert!(planned.iter().all(|planned| planned.skip.is_none()));
    }

    #[test]
    fn with_one_device_a_test_of_two_is_skipped_at_once_and_says_why() {
        let dies = [die(5, 0)];
        let planned = plan(&tests(), &dies, &[], &Wish::default());
        let cross = planned.iter().find(|planned| planned.case.test == "a::cross_device").unwrap();
        assert_eq!(cross.skip.as_deref(), Some("need 2 dies, have 1"));
    }

    #[test]
    fn devices_that_do_not_reach_each_other_are_named() {
        let dies = [die(0, 0), die(1, 1)];
        let mut links = links(&dies);
        links[0].reachable = false;
        let planned = plan(&tests(), &dies, &links, &Wish::default());
        let cross = planned.iter().find(|planned| planned.case.test == "a::cross_device").unwrap();
        assert_eq!(cross.skip.as_deref(), Some("die 0 does not reach die 1 (P20)"));
    }

    #[test]
    fn shards_are_disjoint_and_together_everything_and_a_seed_is_an_order() {
        let dies = [die(0, 0), die(1, 0), die(2, 1)];
        let links = links(&dies);
        let whole = plan(&tests(), &dies, &links, &Wish { seed: 7, ..Wish::default() });
        assert_eq!(whole, plan(&tests(), &dies, &links, &Wish { seed: 7, ..Wish::default() }));
        let shard = |k| {
            let shard = Shard::parse(&format!("{k}/3")).ok();
            names(&plan(&tests(), &dies, &links, &Wish { shard, ..Wish::default() }))
        };
        let mut together = [shard(1), shard(2), shard(3)].concat();
        together.sort();
        assert_eq!(together, names(&whole));
        let orders: std::collections::BTreeSet<_> = (0..20)
            .map(|seed| format!("{:?}", plan(&tests(), &dies, &links, &Wish { seed, ..Wish::default() })))
            .collect();
        assert!(orders.len() > 3);
    }

    #[test]
    fn a_repeated_case_has_a_name_of_its_own() {
        let planned = plan(&tests(), &[die(0, 0)], &[], &Wish { repeat: 3, ..Wish::default() });
        let names = names(&planned);
        assert!(names.contains(&"event::b@same-die".into()) && names.contains(&"event::b@same-die#3".into()));
        assert_eq!(names.len(), 9);
    }
}
