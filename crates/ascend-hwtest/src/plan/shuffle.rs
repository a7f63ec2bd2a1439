//! The order of cases follows from a seed, and a shard is every Nth case of the sorted list.

/// Part K of N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    part: usize,
    of: usize,
}

impl Shard {
    /// Reads `K/N`.
    ///
    /// # Errors
    /// A sentence, if it is not that.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if 1 <= part && part <= of => Ok(Self { part, of }),
            _ => Err(format!("`{text}` is not K/N with 1 ≤ K ≤ N")),
        }
    }

    pub(super) const fn holds(self, index: usize) -> bool {
        index % self.of == self.part - 1
    }
}

/// Shuffles in the way that belongs to `seed`, on every machine.
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        let below = u64::try_from(last).unwrap_or(u64::MAX) + 1;
        let chosen = usize::try_from(next(&mut state) % below).unwrap_or(0);
        items.swap(last, chosen);
    }
}

/// SplitMix64.
const fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_outside_its_number_is_refused() {
        for wrong in ["0/3", "4/3", "1", "/", "a/b", "1/0"] {
            assert!(Shard::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_is_lost_by_shuffling() {
        let mut items: Vec<u32> = (0..100).collect();
        shuffle(&mut items, 3);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
