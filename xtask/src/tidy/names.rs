//! No file, folder or module has a name under which anything could be put.

use super::{finding::Finding, tree::Tree};

const BANNED: [&str; 8] = ["utils", "util", "common", "helpers", "helper", "misc", "types", "manager"];

const MEND: &str = "name it after the one thing it does";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let paths = tree.sources.iter().flat_map(|source| {
        // `common.test.rs` is a `common` too.
        let names = source.path.split('/').map(|part| part.split('.').next().unwrap_or_default());
        names
            .filter(|name| BANNED.contains(name))
            .map(|name| Finding::new(&source.path, 1, format!("`{name}` is a grab-bag's name"), MEND))
    });
    let modules = tree.code().flat_map(|(source, code)| {
        code.find(&["mod"]).filter_map(|rest| rest.get(1)).filter(|name| BANNED.contains(&name.text.as_str())).map(
            |name| Finding::new(&source.path, name.line, format!("`mod {}` is a grab-bag's name", name.text), MEND),
        )
    });
    paths.chain(modules).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn grab_bags_are_found_as_file_as_folder_and_in_every_language() {
        let files = [("a/types.rs", ""), ("docs/misc.md", ""), ("tests/common/mod.rs", ""), ("utils", "")];
        assert_eq!(places(check, &files), ["a/types.rs:1", "docs/misc.md:1", "tests/common/mod.rs:1", "utils:1"]);
    }

    #[test]
    fn grab_bags_are_found_as_inline_module() {
        assert_eq!(places(check, &[("a.rs", "//! A.\nmod event;\nmod helper { }\n")]), ["a.rs:3"]);
    }

    #[test]
    fn a_name_that_only_contains_one_is_a_name() {
        assert!(places(check, &[("commonly.rs", "mod types_of_event; use types::A;"), (".gitignore", "")]).is_empty());
    }
}
