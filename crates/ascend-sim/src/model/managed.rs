//! Managed memory: memory that host and devices share, and what programs say of how they use it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fault::{Answer, Fault};
use super::memory::{Backing, Region};
use super::runtime::runtime;

/// A place: its kind and its id there, as programs state them.
pub(crate) type Place = (u32, i32);

/// What is said of a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Use {
    /// It is mostly read.
    pub(crate) read_mostly: bool,
    /// Where it should live.
    pub(crate) preferred: Option<Place>,
    /// Where it was last to be brought.
    pub(crate) prefetched: Option<Place>,
}

/// What is said of a whole allocation: each entry holds from its address up to the next.
pub(crate) struct Uses(Mutex<BTreeMap<usize, Use>>);

impl Uses {
    /// Nothing is said.
    pub(crate) fn new(address: usize) -> Self {
        Self(Mutex::new(BTreeMap::from([(address, Use::default())])))
    }

    fn change(&self, from: usize, to: usize, change: impl Fn(&mut Use)) {
        let mut uses = self.lock();
        for edge in [from, to] {
            let before = uses.range(..=edge).next_back().map_or_else(Use::default, |(_, told)| *told);
            uses.entry(edge).or_insert(before);
        }
        uses.range_mut(from..to).for_each(|(_, told)| change(told));
    }

    /// What a property is, if it is the same everywhere in a range.
    fn same<T: PartialEq>(&self, from: usize, to: usize, property: impl Fn(&Use) -> T) -> Option<T> {
        let uses = self.lock();
        let first = uses.range(..=from).next_back().map(|(_, told)| property(told))?;
        uses.range(from..to).all(|(_, told)| property(told) == first).then_some(first)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A range within one allocation of managed memory.
pub(crate) struct Range {
    region: Arc<Region>,
    from: usize,
    to: usize,
}

impl Range {
    /// Refuses a range that is not within one allocation of managed memory.
    pub(crate) fn new(address: usize, size: usize) -> Answer<Self> {
        if size == 0 {
            return Err(Fault::parameter("the size is 0", "Name at least one byte."));
        }
        let region = runtime().memory.check(address, size, "ptr")?;
        let region = region.filter(|region| matches!(region.backing(), Backing::Managed { .. })).ok_or_else(|| {
            let cause = format!("{address:#x} is no managed memory");
            Fault::parameter(cause, "Pass memory that aclrtMemAllocManaged gave.")
        })?;
        Ok(Self { region, from: address, to: address + size })
    }

    /// Says something of it.
    pub(crate) fn change(&self, change: impl Fn(&mut Use)) {
        if let Backing::Managed { uses, .. } = self.region.backing() {
            uses.change(self.from, self.to, change);
        }
    }

    /// What is said of it, if that is the same everywhere.
    pub(crate) fn same<T: PartialEq>(&self, property: impl Fn(&Use) -> T) -> Option<T> {
        match self.region.backing() {
            Backing::Managed { uses, .. } => uses.same(self.from, self.to, property),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_range_holds_there_and_nowhere_else() {
        let uses = Uses::new(100);
        uses.change(120, 140, |told| told.read_mostly = true);
        let mostly = |from, to| uses.same(from, to, |told| told.read_mostly);
        assert_eq!([mostly(120, 140), mostly(130, 131)], [Some(true); 2]);
        assert_eq!([mostly(100, 120), mostly(140, 900)], [Some(false); 2]);
        assert_eq!([mostly(119, 121), mostly(139, 141), mostly(100, 900)], [None; 3]);
        uses.change(110, 150, |told| told.preferred = Some((1, 3)));
        assert_eq!([mostly(120, 140), mostly(110, 120), mostly(140, 150)], [Some(true), Some(false), Some(false)]);
        assert_eq!(uses.same(110, 150, |told| told.preferred), Some(Some((1, 3))));
        uses.change(100, 200, |told| told.read_mostly = false);
        assert_eq!(mostly(100, 300), Some(false));
    }
}
