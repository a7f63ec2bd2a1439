//! Known issues: cases that must fail, until somebody removes the entry.

use std::path::Path;

use serde::Deserialize;

use crate::event::Case;
use crate::plan::filter::Filter;
use crate::verdict::Verdict;

/// The file of known issues, or the part of a larger one.
#[derive(Debug, Default, Deserialize)]
struct Entries {
    #[serde(default, rename = "known-issue", alias = "issue")]
    issues: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: String,
    /// A filter expression.
    filter: String,
    /// `hw` or `sim`; both if it is not there.
    backend: Option<String>,
    /// How the name of the SoC must begin.
    soc: Option<String>,
}

/// The known issues that hold on this machine.
#[derive(Debug, Default)]
pub struct Known {
    issues: Vec<(String, Filter)>,
}

impl Known {
    /// Reads a file; one that is not there has no issues.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn read(file: &Path, backend: &str, soc: &str) -> Result<Self, String> {
        let text = match std::fs::read_to_string(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            text => text.map_err(|error| format!("cannot read {}: {error}", file.display()))?,
        };
        Self::parse(&text, backend, soc).map_err(|error| format!("{}: {error}", file.display()))
    }

    fn parse(text: &str, backend: &str, soc: &str) -> Result<Self, String> {
        let entries: Entries = toml::from_str(text).map_err(|error| error.to_string())?;
        let applies = |entry: &Entry| {
            entry.backend.as_deref().is_none_or(|only| only == backend)
                && entry.soc.as_deref().is_none_or(|begin| soc.starts_with(begin))
        };
        let issues = entries.issues.into_iter().filter(applies);
        let parsed = issues.map(|entry| Filter::parse(&entry.filter).map(|filter| (entry.id, filter)));
        Ok(Self { issues: parsed.collect::<Result<_, _>>()? })
    }

    /// The verdict, seen with what is known about the case; and the issue that it matched.
    #[must_use]
    pub fn apply(&self, case: &Case, verdict: Verdict) -> (Verdict, Option<String>) {
        let Some((id, _)) = self.issues.iter().find(|(_, filter)| filter.selects(case)) else { return (verdict, None) };
        match verdict {
            Verdict::Pass => (Verdict::XPass, Some(id.clone())),
            Verdict::Fail | Verdict::Leak | Verdict::Hang => (Verdict::XFail, Some(id.clone())),
            other => (other, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Placement;

    const TEXT: &str = r#"
        [[known-issue]]
        id = "CANN-IPC-1"
        filter = "test(~killed)"
        backend = "hw"
        title = "ownerless lock"
    "#;

    fn case(test: &str) -> Case {
        let (program, test) = ("event".to_owned(), test.to_owned());
        Case { name: format!("event::{test}"), program, test, placement: Placement::SameDie, dies: vec![0] }
    }

    #[test]
    fn a_known_issue_must_keep_failing_where_it_holds() {
        let hw = Known::parse(TEXT, "hw", "Ascend910B3").unwrap();
        let id = Some("CANN-IPC-1".to_owned());
        assert_eq!(hw.apply(&case("is_killed"), Verdict::Hang), (Verdict::XFail, id.clone()));
        assert_eq!(hw.apply(&case("is_killed"), Verdict::Pass), (Verdict::XPass, id));
        assert_eq!(hw.apply(&case("is_killed"), Verdict::Infra), (Verdict::Infra, None));
        assert_eq!(hw.apply(&case("other"), Verdict::Fail), (Verdict::Fail, None));
        let sim = Known::parse(TEXT, "sim", "Ascend910B3").unwrap();
        assert_eq!(sim.apply(&case("is_killed"), Verdict::Fail), (Verdict::Fail, None));
    }

    #[test]
    fn a_file_that_is_not_there_knows_nothing_and_a_wrong_one_is_told() {
        assert!(Known::read(Path::new("/nonexistent"), "hw", "").unwrap().issues.is_empty());
        let error = Known::parse(&TEXT.replace("test(~killed)", "test("), "hw", "").unwrap_err();
        assert!(error.contains("missing"), "{error}");
    }
}
