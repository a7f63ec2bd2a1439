//! The order of versions such as `25.5.1`, `26.0.RC1` and `25.3.rc1.b030`.

/// A version that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    numbers: [u32; 3],
    stage: Stage,
    count: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Alpha,
    Beta,
    Candidate,
    Final,
}

const STAGES: [(&str, Stage); 3] = [("alpha", Stage::Alpha), ("beta", Stage::Beta), ("rc", Stage::Candidate)];

impl Version {
    /// The driver from which on IPC events work with pages of other sizes than 4 KiB.
    pub const LARGE_PAGES: Self = Self { numbers: [26, 0, 0], stage: Stage::Candidate, count: 1 };

    /// Reads a version; `None` for what does not begin with two numbers.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']).to_ascii_lowercase();
        let mut parts = text.split(['.', '-']).peekable();
        let (major, minor) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let patch: Option<u32> = parts.peek().and_then(|part| part.parse().ok());
        if patch.is_some() {
            parts.next();
        }
        let mut version = Self { numbers: [major, minor, patch.unwrap_or(0)], stage: Stage::Final, count: 0 };
        let word = parts.next().unwrap_or_default();
        if let Some((rest, stage)) = STAGES.iter().find_map(|(name, stage)| Some((word.strip_prefix(name)?, *stage))) {
            version.stage = stage;
            version.count = rest.parse().ok().or_else(|| parts.next()?.parse().ok()).unwrap_or(0);
        }
        Some(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_they_were_released() {
        let order = [
            "22.0.2",
            "25.3.rc1.b030",
            "25.5",
            "25.5.1",
            "26.0.alpha1",
            "26.0.beta2",
            "26.0.RC1",
            "26.0.rc2",
            "26.0.0",
        ];
        let parsed: Vec<Version> = order.iter().map(|text| Version::parse(text).unwrap()).collect();
        assert!(parsed.is_sorted() && parsed.windows(2).all(|pair| pair[0] != pair[1]), "{parsed:?}");
        assert_eq!(Version::parse("26.0.RC1"), Some(Version::LARGE_PAGES));
        assert_eq!([Version::parse("26"), Version::parse(""), Version::parse("NA")], [None, None, None]);
    }
}
