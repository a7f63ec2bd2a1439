//! The words for phases, placements and severities, the same in names, in files and on screens.

use crate::event::{Phase, Placement, Severity};

/// All placements, the nearest first.
pub(crate) const PLACEMENTS: [Placement; 3] = [Placement::SameDie, Placement::SiblingDie, Placement::CrossCard];

/// Something that has a word.
pub(crate) trait Word {
    /// The word.
    fn word(self) -> &'static str;
}

impl Word for Placement {
    fn word(self) -> &'static str {
        match self {
            Self::SameDie => "same-die",
            Self::SiblingDie => "sibling-die",
            Self::CrossCard => "cross-card",
        }
    }
}

impl Word for Phase {
    fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Build => "build",
            Self::Preflight => "preflight",
            Self::Lease => "lease",
            Self::Baseline => "baseline",
            Self::WarmUp => "warm-up",
            Self::Matrix => "matrix",
            Self::PostCheck => "post-check",
            Self::Report => "report",
        }
    }
}

impl Word for Severity {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Skip => "skip",
            Self::Warning => "warning",
        }
    }
}
