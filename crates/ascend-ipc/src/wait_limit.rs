//! Says how long a stream waits at most, on the device.

use std::time::Duration;

/// How long a *stream* waits, in whole seconds, or for ever; the host does not wait.
///
/// A [`Duration`] is rounded up: the device counts whole seconds, at least one. When the time is over, the next synchronise
/// of the stream answers [`Expired`](crate::ErrorKind::Expired).
///
/// ```
/// use std::time::Duration;
/// use ascend_ipc::WaitLimit;
///
/// assert_eq!(WaitLimit::from(Duration::from_millis(1500)), WaitLimit::from(Duration::from_secs(2)));
/// assert_ne!(WaitLimit::from(Duration::ZERO), WaitLimit::NONE);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitLimit(u32);

impl WaitLimit {
    /// For ever, until the record is executed.
    pub const NONE: Self = Self(0);

    /// Longest limit: 2³² − 2 seconds, over a hundred years. One second more means something else to the C interface.
    const LONGEST: u32 = u32::MAX - 1;

    /// For the C interface, to which 0 is for ever.
    #[inline]
    pub(crate) const fn seconds(self) -> u32 {
        self.0
    }
}

impl From<Duration> for WaitLimit {
    fn from(limit: Duration) -> Self {
        let seconds = limit.as_secs().saturating_add(u64::from(limit.subsec_nanos() > 0)).max(1);
        Self(u32::try_from(seconds).unwrap_or(Self::LONGEST).min(Self::LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_rounded_up_to_whole_seconds_and_is_never_for_ever() {
        let seconds = |limit: Duration| WaitLimit::from(limit).seconds();
        assert_eq!(seconds(Duration::ZERO), 1);
        assert_eq!(seconds(Duration::from_millis(999)), 1);
        assert_eq!(seconds(Duration::from_secs(7)), 7);
        assert_eq!(seconds(Duration::from_millis(7001)), 8);
        assert_eq!(seconds(Duration::MAX), u32::MAX - 1);
        assert_eq!(seconds(Duration::from_secs(u64::from(u32::MAX))), u32::MAX - 1);
        assert_eq!(WaitLimit::NONE.seconds(), 0);
    }
}
