//! How a case ended, and what that counts as.

use serde::{Deserialize, Serialize};

/// How an attempt at a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should.
    Pass,
    /// Not run, for a reason that is told.
    Skip,
    /// It failed as a known issue says that it must.
    XFail,
    /// It passed, although a known issue says that it fails: the entry is out of date.
    XPass,
    /// It failed.
    Fail,
    /// It passed and left processes, descriptors or memory behind.
    Leak,
    /// It did not end within its time, and was killed.
    Hang,
    /// It did not even die: a process is stuck in the driver.
    HangInDriver,
    /// The environment failed: device lost, connection lost, node preempted.
    Infra,
}

impl Verdict {
    /// Whether it counts as a failure of the code under test.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::XPass | Self::Fail | Self::Leak | Self::Hang)
    }

    /// Whether it says something about the environment, not about the code under test.
    #[must_use]
    pub const fn is_infra(self) -> bool {
        matches!(self, Self::Infra | Self::HangInDriver)
    }

    /// The word on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Skip => "SKIP",
            Self::XFail => "XFAIL",
            Self::XPass => "XPASS",
            Self::Fail => "FAIL",
            Self::Leak => "LEAK",
            Self::Hang => "HANG",
            Self::HangInDriver => "HANG(D-state)",
            Self::Infra => "INFRA",
        }
    }
}
