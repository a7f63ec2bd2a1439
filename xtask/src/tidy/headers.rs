//! Each of our C headers says in its first comment under which licence it stands.

use super::{finding::Finding, tree::Tree};

const FOLDER: &str = "crates/ascend-sys/include/";
const LICENCE: &str = "Apache-2.0";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.sources
        .iter()
        .filter(|source| source.path.starts_with(FOLDER))
        .filter_map(|source| {
            let opening = source.lines().find_map(|(_, line)| comment(line));
            let mend = format!("open it with `/*`, ` * Part of ascend-ipc, {LICENCE}.`");
            let message = format!("its first comment line does not name {LICENCE}");
            (!opening.is_some_and(|text| text.contains(LICENCE))).then(|| Finding::new(&source.path, 1, message, mend))
        })
        .collect()
}

/// What a line of comment says; `None` for code, and for a line that only opens or closes the comment.
fn comment(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let text = ["/*", "//", "*"].into_iter().find_map(|mark| text.strip_prefix(mark))?;
    Some(text.trim_matches(['*', '/', ' '])).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    const PATH: &str = "crates/ascend-sys/include/acl/acl.h";

    #[test]
    fn a_header_names_the_licence_in_its_first_comment_line() {
        for text in ["/*\n * Part of ascend-ipc, Apache-2.0.\n */\n", "// Apache-2.0\n", "/* Apache-2.0 */\n"] {
            assert!(places(check, &[(PATH, text)]).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_header_without_it_or_with_it_later_is_found() {
        for text in ["", "#pragma once\n", "/* Events. */\n/* Apache-2.0 */\n", "/*\n * Events.\n * Apache-2.0\n */\n"]
        {
            assert_eq!(places(check, &[(PATH, text)]), [format!("{PATH}:1")], "{text}");
        }
    }

    #[test]
    fn headers_elsewhere_are_not_ours_to_license() {
        assert!(places(check, &[("crates/ascend-sim/tests/c/a.h", "int a;\n")]).is_empty());
    }
}
