//! Releases of the runtime: their order, what programs see of them, and which functions each of them lacks.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use super::fault::{Answer, Fault};
use super::runtime::runtime;

/// A release, such as 9.1.0 or 9.0.0-beta.2; earlier ones are smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Release {
    version: [u8; 3],
    stage: Stage,
    /// The pre-release's number; 0 if it has none.
    number: u8,
}

/// How far a release is, in the order in which they come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Alpha,
    Beta,
    Candidate,
    Pre,
    Final,
}

impl Release {
    /// What the simulator follows by default: it has every function of the header.
    pub(crate) const BASELINE: Self = Self::of([9, 1, 0]);
    /// The first release that is known.
    pub(crate) const EARLIEST: Self = Self { stage: Stage::Beta, number: 1, ..Self::of([8, 5, 0]) };
    /// The first release with IPC events on a 950.
    pub(crate) const FIRST_950: Self = Self { stage: Stage::Beta, number: 1, ..Self::of([9, 1, 0]) };

    const fn of(version: [u8; 3]) -> Self {
        Self { version, stage: Stage::Final, number: 0 }
    }

    /// Reads what tags look like: `9.1.0`, `v8.5.0-beta.1`, `v9.1.0.pre`; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (version, stage, number) = if let Some(version) = text.strip_suffix(".pre") {
            (version, Stage::Pre, 0)
        } else if let Some((version, rest)) = text.split_once('-') {
            let (stage, number) = rest.split_once('.')?;
            let stage = match stage {
                "alpha" => Stage::Alpha,
                "beta" => Stage::Beta,
                "rc" => Stage::Candidate,
                _ => return None,
            };
            (version, stage, digits(number)?)
        } else {
            (text, Stage::Final, 0)
        };
        let mut parts = version.split('.').map(digits);
        let version = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(Self { version, stage, number })
    }

    /// Whether `aclrtSynchronizeEvent` of an IPC event looks at this process's own flag the right way round.
    pub(crate) fn synchronizes_ipc_events_correctly(self) -> bool {
        self >= Self::BASELINE
    }

    /// Whether a function is missing that was first seen in the release with this tag.
    fn lacks(self, since: &str) -> bool {
        // The baseline is the vendor's development branch, which calls itself 9.1.0 and has functions that the next tag shows.
        self != Self::BASELINE && Self::parse(since).is_none_or(|since| since > self)
    }

    /// The version of the interface. That the previews of 9.1.0 have 9.1.0's is a guess.
    pub(crate) fn interface(self) -> [i32; 3] {
        if self < Self::of([8, 5, 0]) {
            [1, 15, 0]
        } else if self < Self::FIRST_950 {
            [1, 16, 0]
        } else {
            [1, 17, 0]
        }
    }

    /// The release as the vendor's number. What a `.pre` counts is unknown; here it counts nothing.
    pub(crate) fn as_number(self) -> i32 {
        let [major, minor, patch] = self.version.map(i32::from);
        let below = match self.stage {
            Stage::Alpha => -300,
            Stage::Beta => -200,
            Stage::Candidate => -100,
            Stage::Pre | Stage::Final => 0,
        };
        major * 10_000_000 + minor * 100_000 + patch * 1000 + below + i32::from(self.number)
    }
}

/// A number without sign.
fn digits(text: &str) -> Option<u8> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.version;
        write!(f, "{major}.{minor}.{patch}")?;
        match self.stage {
            Stage::Alpha => write!(f, "-alpha.{}", self.number),
            Stage::Beta => write!(f, "-beta.{}", self.number),
            Stage::Candidate => write!(f, "-rc.{}", self.number),
            Stage::Pre => write!(f, ".pre"),
            Stage::Final => Ok(()),
        }
    }
}

/// Refuses a function that the simulated release does not have. A library cannot hide a symbol when it runs, so this is how
/// a program learns that it would not have found it.
pub(crate) fn require(call: &str) -> Answer {
    static MISSING: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let missing = ascend_sys::symbols().iter().filter(|symbol| runtime().profile.release.lacks(symbol.since));
        missing.map(|symbol| (symbol.name, symbol.since)).collect()
    });
    let release = runtime().profile.release;
    if release == Release::BASELINE {
        return Ok(());
    }
    let Some(since) = MISSING.get(call) else { return Ok(()) };
    let cause = format!("the simulated runtime is {release}, and this function was first seen in {since}");
    Err(Fault::unsupported(cause))
}

#[cfg(test)]
mod tests {
    use super::Release;

    fn release(text: &str) -> Release {
        Release::parse(text).unwrap_or_else(|| panic!("{text} is no release"))
    }

    #[test]
    fn releases_have_the_order_in_which_they_came_out() {
        let order = [
            "v8.5.0-beta.1",
            "v8.5.0",
            "v9.0.0-beta.1",
            "v9.0.0-beta.2",
            "9.0.0-rc.1",
            "9.0.0",
            "9.0.1",
            "v9.1.0-beta.1",
            "v9.1.0-beta.3",
            "v9.1.0.pre",
            "v9.1.0",
            "v9.2.0-beta.1",
        ];
        assert!(order.windows(2).all(|pair| release(pair[0]) < release(pair[1])));
        assert_eq!((release("9.1.0"), release("8.5.0-beta.1")), (Release::BASELINE, Release::EARLIEST));
        for text in order {
            assert_eq!(release(text).to_string(), text.trim_start_matches('v'));
        }
    }

    #[test]
    fn what_is_no_release_is_none() {
        for text in
            ["", "9", "9.1", "9.1.0.1", "9.1.x", "9.1.0-", "9.1.0-beta", "9.1.0-gamma.1", "-1.0.0", "+9.1.0", "master"]
        {
            assert_eq!(Release::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_release_is_seen_as_two_numbers() {
        let seen = |text| (release(text).as_number(), release(text).interface()[1]);
        assert_eq!(seen("9.1.0"), (90_100_000, 17));
        assert_eq!(seen("9.0.1"), (90_001_000, 16));
        assert_eq!(seen("9.0.0-beta.2"), (89_999_802, 16));
        assert_eq!(seen("8.5.0"), (80_500_000, 16));
        assert_eq!(seen("8.5.0-beta.1"), (80_499_801, 15));
    }

    #[test]
    fn the_baseline_lacks_nothing_and_others_what_came_later() {
        assert!(!Release::BASELINE.lacks("master@2026-08-22") && !Release::BASELINE.lacks("v9.2.0-beta.1"));
        assert!(release("9.0.0").lacks("master@2026-08-22") && release("9.0.0").lacks("v9.1.0-beta.1"));
        assert!(!release("9.0.0").lacks("v9.0.0-beta.2") && !release("9.0.0").lacks("v8.5.0-beta.1"));
        assert!(release("8.5.0-beta.1").lacks("v8.5.0"));
    }
}
