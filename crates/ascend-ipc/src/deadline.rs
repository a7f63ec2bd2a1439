//! Says until when a host-side wait may take.

use std::time::{Duration, Instant};

/// A moment after which a wait gives up; on the monotonic clock, so that no clock change moves it.
///
/// Every wait takes `impl Into<Deadline>`: a [`Duration`] counts from the call, an [`Instant`] is the moment itself.
///
/// ```
/// use std::time::{Duration, Instant};
/// use ascend_ipc::Deadline;
///
/// let all_of_it = Deadline::after(Duration::from_secs(5)); // for several waits that together take no longer
/// assert!(!all_of_it.has_passed() && all_of_it.left() <= Duration::from_secs(5));
/// assert!(Deadline::from(Instant::now()).has_passed());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// "For ever", for a machine that has to be rebooted before.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

impl Deadline {
    /// So long from now; what is too long for the clock counts as a hundred years.
    #[must_use]
    pub fn after(duration: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(duration.min(FAR)).unwrap_or(now))
    }

    /// What is left; zero when it has passed.
    #[must_use]
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The moment.
    pub(crate) const fn instant(self) -> Instant {
        self.0
    }

    /// Whether it has passed.
    #[must_use]
    pub fn has_passed(self) -> bool {
        self.left().is_zero()
    }

    /// What is left in whole milliseconds, rounded up and at least 1: the C interface refuses 0, and its -1 is for ever.
    pub(crate) fn milliseconds(self) -> i32 {
        let millis = self.left().as_nanos().div_ceil(1_000_000).max(1);
        i32::try_from(millis).unwrap_or(i32::MAX)
    }
}

impl From<Duration> for Deadline {
    fn from(duration: Duration) -> Self {
        Self::after(duration)
    }
}

impl From<Instant> for Deadline {
    fn from(instant: Instant) -> Self {
        Self(instant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_timeout_is_never_zero_nor_for_ever() {
        assert_eq!(Deadline::after(Duration::ZERO).milliseconds(), 1);
        assert_eq!(Deadline::after(Duration::MAX).milliseconds(), i32::MAX);
        let half = Deadline::after(Duration::from_micros(1500)).milliseconds();
        assert!((1..=2).contains(&half), "{half}");
    }

    #[test]
    fn a_deadline_in_the_past_has_passed() {
        assert!(Deadline::from(Instant::now()).has_passed());
        assert!(!Deadline::after(Duration::MAX).has_passed());
    }
}
