//! Named selections of tests.

use clap::ValueEnum;

/// A named selection of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// Everything but the tests that kill processes at every step
    #[default]
    Smoke,
    /// Everything
    Full,
    /// What happens when a process dies
    Kill,
}

impl Suite {
    pub(super) fn holds(self, program: &str, test: &str) -> bool {
        let dies = ["death", "killed", "exited"].iter().any(|word| test.contains(word)) || program == "faults";
        let everywhere = test.contains("whatever_happens") || program == "faults";
        match self {
            Self::Smoke => !everywhere,
            Self::Full => true,
            Self::Kill => dies,
        }
    }
}
