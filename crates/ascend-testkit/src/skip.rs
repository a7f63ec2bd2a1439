//! Counts the scenarios of this process, and says aloud which were skipped and whether any was not.

use std::fmt;
use std::sync::Mutex;

use crate::locked;

/// How many scenarios of this process have run, and how many of them were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SkipSummary {
    /// All that have ended, the skipped ones included.
    pub scenarios: usize,
    /// Those that were skipped.
    pub skipped: usize,
}

impl fmt::Display for SkipSummary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenarios, skipped } = *self;
        if skipped > 0 && skipped == scenarios {
            write!(out, "NOTHING WAS TESTED: all {scenarios} scenarios of this process so far were skipped")
        } else {
            write!(out, "{skipped} of {scenarios} scenarios of this process so far were skipped")
        }
    }
}

static COUNT: Mutex<SkipSummary> = Mutex::new(SkipSummary { scenarios: 0, skipped: 0 });

/// How many scenarios of this process have run, and how many of them were skipped, up to now.
pub fn skip_summary() -> SkipSummary {
    *locked(&COUNT)
}

/// Books a scenario that ended without being skipped.
pub(crate) fn ran() {
    locked(&COUNT).scenarios += 1;
}

/// Books a skipped scenario, and says so where the harness cannot capture it.
pub(crate) fn skipped(name: &str, reason: &str) {
    let summary = {
        let mut count = locked(&COUNT);
        count.scenarios += 1;
        count.skipped += 1;
        *count
    };
    say(&format!("SKIP {name}: {reason} ({summary})\n"));
}

/// Writes to stderr itself: what a test prints is shown only if it fails.
pub(crate) fn say(text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match rustix::io::write(rustix::stdio::stderr(), rest) {
            Ok(written) => rest = &rest[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return, // nobody can read it
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_in_which_everything_was_skipped_says_so_loudly() {
        let all = SkipSummary { scenarios: 3, skipped: 3 };
        assert_eq!(all.to_string(), "NOTHING WAS TESTED: all 3 scenarios of this process so far were skipped");
        let some = SkipSummary { scenarios: 3, skipped: 1 };
        assert_eq!(some.to_string(), "1 of 3 scenarios of this process so far were skipped");
    }
}
