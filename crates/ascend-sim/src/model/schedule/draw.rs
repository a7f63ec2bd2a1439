//! Numbers that look like chance and follow from a seed.

/// The `step`th number of a seed, below `bound`, which is not 0. SplitMix64: every bit of seed and step matters.
pub(super) const fn draw(seed: u64, step: u64, bound: usize) -> usize {
    let mixed = mix(mix(seed).wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    ((mixed as u128 * bound as u128) >> 64) as usize
}

const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_choice_is_drawn_sometimes() {
        for bound in 1..8 {
            let drawn: std::collections::BTreeSet<usize> = (0..200).map(|step| draw(7, step, bound)).collect();
            assert!(drawn.iter().copied().eq(0..bound));
        }
    }

    proptest! {
        #[test]
        fn a_number_is_below_its_bound_and_always_the_same(seed: u64, step: u64, bound in 1..1000usize) {
            let drawn = draw(seed, step, bound);
            prop_assert!(drawn < bound);
            prop_assert_eq!(drawn, draw(seed, step, bound));
        }
    }
}
