//! A thread that sleeps says why it cannot wait for the thing itself.

use super::tree::{Source, Tree};
use super::{code::Token, finding::Finding};

const REASON: &str = "// sleep:";

const MEND: &str = "wait for the condition itself, or write `// sleep: REASON` on this line or on the one before";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, code) in tree.code().filter(|(source, _)| !source.is_in(&["benches", "tests"])) {
        let named = code.find(&["thread", ":", ":", "sleep"]).map(|rest| rest[3].line);
        // An import in a group would let a bare `sleep` pass.
        let grouped = code.find(&["thread", ":", ":", "{"]).filter_map(imported);
        for line in named.chain(grouped).filter(|line| !is_reasoned(source, *line)) {
            findings.push(Finding::new(&source.path, line, "`thread::sleep` without a reason", MEND));
        }
    }
    findings
}

/// The line of `sleep` in the group that follows `thread::`.
fn imported(group: &[Token]) -> Option<usize> {
    group.iter().take_while(|token| token.text != "}").find(|token| token.text == "sleep").map(|token| token.line)
}

fn is_reasoned(source: &Source, line: usize) -> bool {
    let near = source.lines().filter(|(number, _)| *number == line || number + 1 == line);
    near.filter_map(|(_, text)| text.split_once(REASON)).any(|(_, reason)| !reason.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn a_bare_sleep_is_found_however_it_is_reached() {
        let text =
            "//! A.\nuse std::thread::sleep;\nuse std::thread::{self, sleep};\nfn f() { std::thread::sleep(d) }\n";
        assert_eq!(
            places(check, &[("examples/a.rs", text)]),
            ["examples/a.rs:2", "examples/a.rs:3", "examples/a.rs:4"]
        );
    }

    #[test]
    fn a_reason_on_the_line_or_before_it_is_enough_and_an_empty_one_is_not() {
        let text = "thread::sleep(d); // sleep: the back-off of a poll\n\n// sleep: as above\nthread::sleep(d);\n\n// sleep: \nthread::sleep(d);\n";
        assert_eq!(places(check, &[("a.rs", text)]), ["a.rs:7"]);
    }

    #[test]
    fn a_reason_two_lines_away_is_none() {
        assert_eq!(places(check, &[("a.rs", "// sleep: far\n\nthread::sleep(d);\n")]), ["a.rs:3"]);
    }

    #[test]
    fn tests_and_benches_may_sleep() {
        let text = "fn f() { thread::sleep(d) }";
        assert!(places(check, &[("crates/a/tests/b.rs", text), ("crates/a/benches/b.rs", text)]).is_empty());
    }
}
