//! A hand-written Rust file is short enough to be read at one go.

use super::{finding::Finding, tree::Tree};

const LIMIT: usize = 400;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.code()
        .filter(|(source, _)| !source.is_generated())
        .filter_map(|(source, _)| {
            let count = source.lines().count();
            let message = format!("{count} lines, of at most {LIMIT}");
            (count > LIMIT)
                .then(|| Finding::new(&source.path, LIMIT + 1, message, "give its second idea a file of its own"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn a_file_may_have_four_hundred_lines_and_no_more() {
        let (full, over) = ("//\n".repeat(400), "//\n".repeat(401));
        assert_eq!(places(check, &[("full.rs", &full), ("over.rs", &over)]), ["over.rs:401"]);
    }

    #[test]
    fn generated_files_and_other_languages_may_be_long() {
        let over = "//\n".repeat(401);
        assert!(places(check, &[("src/generated/a.rs", &over), ("a.h", &over)]).is_empty());
    }
}
