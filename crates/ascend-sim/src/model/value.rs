//! Values in device memory: written in stream order, and waited for.

use std::sync::Arc;
use std::time::Duration;

use ascend_sys::abi::{
    ACL_STREAM_WAIT_VALUE_AND, ACL_STREAM_WAIT_VALUE_EQ, ACL_STREAM_WAIT_VALUE_GEQ, ACL_STREAM_WAIT_VALUE_NOR,
};

use super::fault::{Answer, Fault};
use super::memory::{Backing, Region};
use super::profile::Family;
use super::runtime::runtime;
use super::task::{Halt, Interrupt};
use crate::shm::word::Word;

/// A value, and the memory that holds it, which stays while a task uses it.
pub(crate) struct Value {
    word: Word,
    _region: Arc<Region>,
}

/// What a wait waits for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Condition {
    how: How,
    operand: u64,
}

#[derive(Clone, Copy, Debug)]
enum How {
    /// The signed difference to the operand is not negative.
    AtLeast,
    Equal,
    /// Some bit of the operand is set.
    And,
    /// Some bit is set neither in the operand nor in the value.
    Nor,
}

impl Condition {
    /// What a flag means; `None` for one that means nothing.
    pub(crate) const fn of(flag: u32, operand: u64) -> Option<Self> {
        let how = match flag {
            ACL_STREAM_WAIT_VALUE_GEQ => How::AtLeast,
            ACL_STREAM_WAIT_VALUE_EQ => How::Equal,
            ACL_STREAM_WAIT_VALUE_AND => How::And,
            ACL_STREAM_WAIT_VALUE_NOR => How::Nor,
            _ => return None,
        };
        Some(Self { how, operand })
    }

    const fn holds(self, value: u64) -> bool {
        match self.how {
            How::AtLeast => value.wrapping_sub(self.operand).cast_signed() >= 0,
            How::Equal => value == self.operand,
            How::And => value & self.operand != 0,
            How::Nor => !(value | self.operand) != 0,
        }
    }
}

impl Value {
    /// The value that a word is; refuses one outside device memory.
    pub(crate) fn new(word: Word) -> Answer<Self> {
        let address = word.address();
        let region = runtime().memory.check(address, size_of::<u64>(), "devAddr")?;
        let region = region.filter(|region| !matches!(region.backing(), Backing::Host { .. })).ok_or_else(|| {
            Fault::parameter(format!("{address:#x} is no device memory"), "Pass memory that aclrtMalloc gave.")
        })?;
        Ok(Self { word, _region: region })
    }

    /// Writes the value.
    pub(crate) fn write(&self, value: u64) {
        self.word.store(value);
    }

    /// Whether a condition holds.
    pub(crate) fn holds(&self, condition: Condition) -> bool {
        condition.holds(self.word.load())
    }

    /// Blocks a stream until a condition holds, whoever makes it hold, and however: a copy wakes nobody, so it looks again
    /// and again, ever less often.
    pub(crate) fn wait(&self, condition: Condition, interrupt: &Interrupt<'_>) -> Result<(), Halt> {
        const FIRST: Duration = Duration::from_micros(20);
        const LONGEST: Duration = Duration::from_millis(1);
        const LOOKS: u32 = 100;
        let (mut looks, mut pause) = (0, FIRST);
        while !condition.holds(self.word.load()) {
            if interrupt.is_set() {
                return Err(Halt::Interrupted);
            }
            if looks < LOOKS {
                looks += 1;
                std::thread::yield_now();
            } else {
                std::thread::park_timeout(pause);
                pause = (pause * 2).min(LONGEST);
            }
        }
        Ok(())
    }
}

/// Refuses on a SoC that cannot write or wait for values.
pub(crate) fn require() -> Answer {
    match runtime().profile.family() {
        Family::A2A3 | Family::A5 => Ok(()),
        Family::WithoutIpcEvents => {
            Err(Fault::unsupported(format!("{} neither writes nor waits for values", runtime().profile.soc)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(flag: u32, value: u64, operand: u64) -> bool {
        Condition::of(flag, operand).unwrap().holds(value)
    }

    #[test]
    fn at_least_is_a_signed_difference_and_so_survives_a_wrap() {
        assert!(holds(0, 5, 5) && holds(0, 6, 5) && !holds(0, 4, 5));
        assert!(holds(0, 1, u64::MAX), "one step past the wrap");
        assert!(!holds(0, u64::MAX, 1));
        assert!(!holds(0, 1 << 63, 0) && holds(0, i64::MAX.cast_unsigned(), 0));
    }

    #[test]
    fn the_other_conditions_are_bitwise() {
        assert!(holds(1, 7, 7) && !holds(1, 8, 7));
        assert!(holds(2, 6, 2) && !holds(2, 6, 9) && !holds(2, u64::MAX, 0));
        assert!(holds(3, 0, 0) && holds(3, u64::MAX - 1, 0) && !holds(3, u64::MAX - 1, 1) && !holds(3, u64::MAX, 0));
        assert!(Condition::of(4, 0).is_none());
    }
}
