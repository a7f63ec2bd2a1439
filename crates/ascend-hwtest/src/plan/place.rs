//! Where a test's processes run: what its name asks for, on the devices that there are.

use super::{Planned, word};
use crate::event::{Case, Die, Link, Placement};

/// What a test needs, told by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// One device: `…::same_device`.
    One,
    /// Two, which reach each other: `…::cross_device`.
    Two,
    /// As many as it can get, up to two; it says itself what it lacks.
    Any,
}

/// What a test of this name needs.
#[must_use]
pub fn needs(test: &str) -> Needs {
    let ends = |endings: &[&str]| endings.iter().any(|ending| test.ends_with(ending));
    if ends(&["same_device"]) {
        Needs::One
    } else if ends(&["cross_device", "across_devices"]) || test.contains("of_another_device") {
        Needs::Two
    } else {
        Needs::Any
    }
}

/// The cases of one test. `turn` spreads tests over the devices.
pub(super) fn cases(program: &str, test: &str, turn: usize, dies: &[Die], links: &[Link]) -> Vec<Planned> {
    let case = |placement: Placement, dies: Vec<u32>, skip: Option<String>| {
        let name = format!("{program}::{test}@{}", word(placement));
        Planned { case: Case { name, program: program.into(), test: test.into(), placement, dies }, skip }
    };
    let one = || {
        let die = dies.get(turn % dies.len().max(1)).map(|die| die.logic);
        let skip = die.is_none().then(|| "need 1 die, have 0".to_owned());
        case(Placement::SameDie, die.into_iter().collect(), skip)
    };
    let any_pair =
        || [Placement::SiblingDie, Placement::CrossCard].into_iter().find_map(|at| pair(at, turn, dies, links));
    match needs(test) {
        Needs::One => vec![one()],
        // It has no placement of its own: one process may use both, or only the first.
        Needs::Any => vec![match any_pair() {
            Some((first, second)) => case(Placement::SameDie, vec![first, second], None),
            None => one(),
        }],
        Needs::Two if dies.len() < 2 => {
            vec![case(Placement::CrossCard, Vec::new(), Some(format!("need 2 dies, have {}", dies.len())))]
        }
        Needs::Two => [Placement::SiblingDie, Placement::CrossCard]
            .into_iter()
            .filter_map(|placement| {
                if let Some((first, second)) = pair(placement, turn, dies, links) {
                    return Some(case(placement, vec![first, second], None));
                }
                let (first, second) = pairs(placement, dies).next()?;
                let (from, to) = if reaches(first, second, links) { (second, first) } else { (first, second) };
                let skip = format!("die {from} does not reach die {to} (P20)");
                Some(case(placement, vec![first, second], Some(skip)))
            })
            .collect(),
    }
}

/// The same case on devices none of which is in `avoid`.
#[must_use]
pub fn again(case: &Case, avoid: &dyn Fn(u32) -> bool, dies: &[Die], links: &[Link]) -> Option<Case> {
    let left: Vec<Die> = dies.iter().filter(|die| !avoid(die.logic)).cloned().collect();
    let found = cases(&case.program, &case.test, 0, &left, links).into_iter().find(|planned| {
        planned.skip.is_none() && planned.case.placement == case.placement && planned.case.dies.len() >= case.dies.len()
    })?;
    Some(Case { dies: found.case.dies, ..case.clone() })
}

fn pair(placement: Placement, turn: usize, dies: &[Die], links: &[Link]) -> Option<(u32, u32)> {
    let good: Vec<_> = pairs(placement, dies)
        .filter(|(first, second)| reaches(*first, *second, links) && reaches(*second, *first, links))
        .collect();
    good.get(turn % good.len().max(1)).copied()
}

/// Pairs of devices; ids ascend, since a list of visible devices must.
fn pairs(placement: Placement, dies: &[Die]) -> impl Iterator<Item = (u32, u32)> {
    dies.iter()
        .flat_map(move |first| dies.iter().map(move |second| (first, second)))
        .filter(move |(first, second)| {
            first.logic < second.logic && (first.card == second.card) == (placement == Placement::SiblingDie)
        })
        .map(|(first, second)| (first.logic, second.logic))
}

fn reaches(from: u32, to: u32, links: &[Link]) -> bool {
    links.iter().any(|link| link.from == from && link.to == to && link.reachable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_how_many_devices_a_test_needs() {
        assert_eq!(needs("wait::x::same_device"), Needs::One);
        assert_eq!(needs("lease::x::by_key_on_the_same_device"), Needs::One);
        assert_eq!(needs("lease::x::physical_across_devices"), Needs::Two);
        assert_eq!(needs("wait::wait_on_a_stream_of_another_device_is_refused"), Needs::Two);
        assert_eq!(needs("share::a_ticket_survives"), Needs::Any);
    }

    #[test]
    fn a_case_moves_to_devices_that_are_not_avoided_or_nowhere() {
        let dies: Vec<Die> = (0..4).map(|logic| Die { logic, card: logic, ..Die::default() }).collect();
        let links: Vec<Link> = (0..4)
            .flat_map(|from| (0..4).map(move |to| Link { from, to, kind: "?".into(), reachable: true }))
            .collect();
        let case = cases("p", "x::cross_device", 0, &dies, &links).remove(0).case;
        assert_eq!(case.dies, [0, 1]);
        let moved = again(&case, &|die| die < 2, &dies, &links).unwrap();
        assert_eq!((moved.dies, moved.name), (vec![2, 3], case.name.clone()));
        assert_eq!(again(&case, &|die| die < 3, &dies, &links), None);
    }
}
