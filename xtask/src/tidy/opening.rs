//! A hand-written Rust file opens with one sentence that says what it does.

use super::{finding::Finding, tree::Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.code()
        .filter(|(source, _)| !source.is_generated() && !source.text.starts_with("//!"))
        .map(|(source, _)| {
            Finding::new(&source.path, 1, "does not open with `//!`", "say in the first line what the file does")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn the_first_line_is_a_doc_comment_of_the_file() {
        let files = [
            ("blank.rs", "\n//! Late.\n"),
            ("empty.rs", ""),
            ("good.rs", "//! Does it.\n"),
            ("plain.rs", "// Does it.\n"),
            ("tests/ui/refused.rs", "fn main() {}\n"),
        ];
        assert_eq!(places(check, &files), ["blank.rs:1", "empty.rs:1", "plain.rs:1", "tests/ui/refused.rs:1"]);
    }

    #[test]
    fn generated_files_open_with_their_banner() {
        assert!(places(check, &[("src/generated/a.rs", "// Generated.\n//! A.\n"), ("a.sh", "echo\n")]).is_empty());
    }
}
