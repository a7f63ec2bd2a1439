//! Numbers of half precision (IEEE 754 binary16).

const SIGN: u16 = 0x8000;
const INFINITY: u16 = 0x7c00;
/// Marks a quiet NaN.
const QUIET: u16 = 0x0200;
/// Bits of a fraction in single precision less those in half precision.
const LOST: u32 = 13;
/// Difference of the two exponents' biases.
const BIAS: u32 = 127 - 15;

/// The same number in single precision; a NaN keeps its payload and becomes quiet.
pub(crate) fn widen(half: u16) -> f32 {
    let sign = u32::from(half & SIGN) << 16;
    let exponent = u32::from(half & INFINITY) >> 10;
    let fraction = u32::from(half & 0x03ff);
    let magnitude = match (exponent, fraction) {
        (0, fraction) => (fraction as f32 * f32::from_bits((127 - 24) << 23)).to_bits(), // a multiple of 2^-24: exact
        (0x1f, 0) => f32::INFINITY.to_bits(),
        (0x1f, fraction) => f32::INFINITY.to_bits() | (fraction | u32::from(QUIET)) << LOST,
        (exponent, fraction) => (exponent + BIAS) << 23 | fraction << LOST,
    };
    f32::from_bits(sign | magnitude)
}

/// The nearest number of half precision, ties to even; what is too large is infinite, and a NaN stays one.
pub(crate) fn narrow(single: f32) -> u16 {
    let bits = single.to_bits();
    let sign = (bits >> 16) as u16 & SIGN;
    let exponent = bits >> 23 & 0xff;
    let fraction = bits & 0x007f_ffff;
    if exponent == 0xff {
        let payload = (fraction >> LOST) as u16;
        return sign | INFINITY | if fraction == 0 { 0 } else { QUIET | payload };
    }
    // In half precision a carry out of the fraction counts the exponent up, at the end up to infinity.
    let magnitude = match exponent {
        0..=101 => 0,                                                // below half the smallest number
        102..=BIAS => round(fraction | 0x0080_0000, 126 - exponent), // without the implied bit
        113..=142 => round((exponent - BIAS) << 23 | fraction, LOST),
        _ => INFINITY.into(),
    };
    sign | magnitude as u16
}

/// Drops so many bits, and rounds to the nearest, ties to even.
const fn round(value: u32, bits: u32) -> u32 {
    let (kept, rest, half) = (value >> bits, value & ((1 << bits) - 1), 1 << (bits - 1));
    kept + (rest > half || rest == half && kept & 1 == 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_half_precision_survives_the_way_there_and_back() {
        for half in 0..=u16::MAX {
            let back = narrow(widen(half));
            if widen(half).is_nan() {
                assert_eq!(back, half | QUIET, "{half:#x}");
            } else {
                assert_eq!(back, half, "{half:#x}");
            }
        }
    }

    #[test]
    fn halves_are_what_the_standard_says() {
        for (half, single) in [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x3555, 0.333_251_95), (0, 0.0)] {
            assert_eq!(widen(half).to_bits(), f32::to_bits(single), "{half:#x}");
        }
        assert_eq!(widen(1), 2.0_f32.powi(-24));
        assert_eq!(widen(0x0400), 2.0_f32.powi(-14));
        assert_eq!(widen(0x8000).to_bits(), (-0.0_f32).to_bits());
        assert_eq!(widen(0xfc00), f32::NEG_INFINITY);
    }

    /// Between two neighbours: below the middle the lower, above it the upper, in the middle the even one.
    #[test]
    fn a_number_between_two_is_rounded_to_the_nearest_and_a_tie_to_the_even_one() {
        for lower in 0..INFINITY - 1 {
            let (low, high) = (widen(lower), widen(lower + 1));
            let middle = f32::midpoint(low, high); // single precision has it exactly
            assert_eq!(narrow(middle), lower + lower % 2, "{lower:#x}");
            assert_eq!(narrow(middle.next_down()), lower, "{lower:#x}");
            assert_eq!(narrow(middle.next_up()), lower + 1, "{lower:#x}");
            assert_eq!(narrow(-middle.next_up()), SIGN | (lower + 1), "{lower:#x}");
        }
    }

    #[test]
    fn what_is_too_large_is_infinite() {
        assert_eq!(narrow(65519.996), 0x7bff);
        for single in [65520.0, 1e30, f32::MAX, f32::INFINITY] {
            assert_eq!((narrow(single), narrow(-single)), (INFINITY, SIGN | INFINITY), "{single}");
        }
        assert_eq!(narrow(f32::MIN_POSITIVE), 0);
        assert!(widen(narrow(f32::NAN)).is_nan());
    }
}
