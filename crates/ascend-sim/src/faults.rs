//! Fault injection for tests that embed the simulator: calls that fail, tasks that come late or never.
//!
//! The rules are those of `ASCEND_SIM_FAULTS`; see `docs/simulator-faults.md` for the grammar.
//!
//! ```
//! use ascend_sim::{TABLE, faults};
//! let injected = faults::inject("aclrtSetDevice@2=ACL_ERROR_RT_INTERNAL_ERROR".parse()?);
//! let set = TABLE.aclrtSetDevice.unwrap();
//! // SAFETY: the call takes no pointer.
//! let answers: Vec<i32> = (0..3).map(|_| unsafe { set(0) }).collect();
//! assert_eq!(answers, [0, 507000, 0]);
//! assert_eq!(injected.fired(), 1);
//! assert_eq!(ascend_sim::calls()["aclrtSetDevice"], 3);
//! # Ok::<(), faults::BadRule>(())
//! ```

use crate::model::injection;
pub use crate::model::injection::{BadRule, Rule};

/// A rule in force; it ends when this is dropped.
#[derive(Debug)]
#[must_use = "the rule ends when this is dropped"]
pub struct Injected(u64);

/// Puts a rule in force in this process; it counts calls from now on. Of several rules that apply to a call the oldest
/// decides.
pub fn inject(rule: Rule) -> Injected {
    Injected(injection::inject(rule))
}

/// Ends all rules, those of the environment too.
pub fn clear() {
    injection::clear();
}

impl Injected {
    /// How often the rule has been applied: calls that failed by it, tasks that it has delayed or dropped. 0 after [`clear`].
    #[must_use]
    pub fn fired(&self) -> u64 {
        injection::fired(self.0).unwrap_or(0)
    }
}

impl Drop for Injected {
    fn drop(&mut self) {
        injection::forget(self.0);
    }
}
