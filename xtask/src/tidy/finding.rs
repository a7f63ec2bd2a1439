//! One broken rule: where it is broken, and what mends it.

use std::fmt;

/// A broken rule; the order is that of path and line.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    path: String,
    line: usize,
    message: String,
    mend: String,
}

impl Finding {
    /// `path` is below the workspace, `line` counts from 1, `mend` is an order to the reader.
    pub(super) fn new(path: &str, line: usize, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into(), mend: mend.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} ({})", self.path, self.line, self.message, self.mend)
    }
}

/// What a test compares: `path:line` of every finding that `check` has in these files.
#[cfg(test)]
pub(super) fn places(check: super::Check, files: &[(&str, &str)]) -> Vec<String> {
    let tree = super::Tree::of(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let mut findings = check(&tree);
    findings.sort();
    findings.iter().map(|finding| format!("{}:{}", finding.path, finding.line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_place_message_and_mend() {
        let finding = Finding::new("a/b.rs", 7, "too long", "split it");
        assert_eq!(finding.to_string(), "a/b.rs:7: too long (split it)");
    }

    #[test]
    fn findings_are_ordered_by_path_then_by_line_as_a_number() {
        let at = |path, line| Finding::new(path, line, "", "");
        let mut findings = [at("b", 1), at("a", 10), at("a", 9)];
        findings.sort();
        assert_eq!(findings, [at("a", 9), at("a", 10), at("b", 1)]);
    }
}
