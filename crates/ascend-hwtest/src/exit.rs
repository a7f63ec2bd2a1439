//! Exit codes of a run: what a scheduler or a script can act on.

/// How a command ended, for the process that started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything that was asked for was done, and passed.
    Ok = 0,
    /// A fault of this program.
    Internal = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// The filter selects nothing.
    NothingSelected = 4,
    /// What was run passed, but cases of the run that is repeated are still open.
    StillOpen = 5,
    /// There is no usable hardware.
    NoHardware = 20,
    /// The hardware works, but cannot run what was asked for.
    CannotRun = 21,
    /// Devices are in use: try again later (EX_TEMPFAIL).
    Busy = 75,
    /// Cases failed.
    Failed = 100,
    /// The test programs do not build.
    BuildFailed = 101,
    /// The environment failed.
    Infra = 102,
    /// Devices were left other than they were found.
    Dirty = 103,
    /// The time for the whole run was up.
    OutOfTime = 124,
    /// Somebody interrupted it.
    Interrupted = 130,
}

impl Exit {
    /// Of several reasons the one that matters most: 100, 103, 102, 124, 21, 0.
    #[must_use]
    pub fn worst(reasons: &[Self]) -> Self {
        const ORDER: [Exit; 5] = [Exit::Failed, Exit::Dirty, Exit::Infra, Exit::OutOfTime, Exit::CannotRun];
        ORDER.into_iter().find(|exit| reasons.contains(exit)).unwrap_or(Self::Ok)
    }

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_come_before_dirt_and_dirt_before_the_environment() {
        assert_eq!(Exit::worst(&[Exit::Infra, Exit::CannotRun, Exit::Failed, Exit::Dirty]), Exit::Failed);
        assert_eq!(Exit::worst(&[Exit::OutOfTime, Exit::Dirty, Exit::Infra]), Exit::Dirty);
        assert_eq!(Exit::worst(&[Exit::OutOfTime, Exit::CannotRun]), Exit::OutOfTime);
        assert_eq!(Exit::worst(&[]), Exit::Ok);
    }
}
