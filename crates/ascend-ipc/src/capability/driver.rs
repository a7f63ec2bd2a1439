//! The driver's version, and which pages it can share.

use ascend_sys::Library;

/// Where a driver's installation says its version.
const INSTALLED: &str = "/usr/local/Ascend/driver/version.info";

/// The driver's version: as the runtime tells, else as the driver's installation does.
pub(crate) fn driver_version(library: &Library) -> Option<String> {
    library.package_version(c"driver").or_else(|| version_in(&std::fs::read_to_string(INSTALLED).ok()?))
}

/// The line `Version=`.
fn version_in(text: &str) -> Option<String> {
    let version = text.lines().find_map(|line| line.trim().strip_prefix("Version="))?.trim();
    (!version.is_empty()).then(|| version.to_owned())
}

/// Whether IPC events work with pages of this size: other pages than 4 KiB need driver 26.0.RC1 or newer.
pub(super) fn shares_pages(bytes: u64, driver: Option<&str>) -> bool {
    bytes == 4096 || driver.and_then(parse).is_some_and(|version| version >= (26, 0, 0, Stage::Candidate, 1))
}

/// How finished a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Alpha,
    Beta,
    Candidate,
    Final,
}

type Version = (u32, u32, u32, Stage, u32);

/// Reads `25.5.1`, `26.0.RC1`, `25.3.rc1.b030`, `26.0.0-beta.2`; `None` for what has no two numbers in front.
fn parse(text: &str) -> Option<Version> {
    let text = text.trim().trim_start_matches(['v', 'V']).to_ascii_lowercase();
    let mut parts = text.split(['.', '-']);
    let (major, minor) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let mut version = (major, minor, 0, Stage::Final, 0);
    let mut rest = parts.peekable();
    if let Some(patch) = rest.peek().and_then(|part| part.parse().ok()) {
        version.2 = patch;
        rest.next();
    }
    let Some(word) = rest.next() else { return Some(version) };
    let stages = [("alpha", Stage::Alpha), ("beta", Stage::Beta), ("rc", Stage::Candidate)];
    if let Some((number, stage)) = stages.iter().find_map(|(name, stage)| Some((word.strip_prefix(name)?, *stage))) {
        version.3 = stage;
        version.4 = number.parse().ok().or_else(|| rest.next()?.parse().ok()).unwrap_or(0);
    }
    Some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_they_were_released() {
        let order = [
            "25.3.rc1.b030",
            "25.5.0",
            "25.5.1",
            "26.0.alpha1",
            "26.0.beta2",
            "26.0.RC1",
            "26.0.rc2",
            "26.0.0",
            "26.0.1",
            "v26.1.0-beta.2",
            "26.1",
        ];
        let parsed: Vec<_> = order.iter().map(|text| parse(text).unwrap()).collect();
        assert!(parsed.is_sorted() && parsed.windows(2).all(|pair| pair[0] != pair[1]), "{parsed:?}");
        assert_eq!(parse("unknown"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("26"), None);
    }

    #[test]
    fn large_pages_need_a_driver_of_26_0_rc1() {
        assert!(shares_pages(4096, None));
        assert!(!shares_pages(65536, None));
        assert!(!shares_pages(65536, Some("25.5.1")));
        assert!(!shares_pages(65536, Some("26.0.beta9")));
        assert!(shares_pages(65536, Some("26.0.RC1")));
        assert!(shares_pages(65536, Some("26.0.0")));
    }

    #[test]
    fn the_installation_says_its_version_in_one_line() {
        assert_eq!(version_in("Name=x\nVersion=25.5.1\nInnerversion=V100\n").as_deref(), Some("25.5.1"));
        assert_eq!(version_in("Version=\n"), None);
    }
}
