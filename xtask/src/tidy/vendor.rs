//! Nothing of the vendor's text is here: its headers and sources all carry one line, which we look for.

use super::{finding::Finding, tree::Tree};

/// In lower case; assembled, so that this file does not find itself.
const OWNER: &str = concat!("huawei", " technologies");

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &tree.sources {
        for (number, _) in source.lines().filter(|(_, line)| line.to_ascii_lowercase().contains(OWNER)) {
            let mend = "remove the text that came with it, and write ours from facts";
            findings.push(Finding::new(&source.path, number, "the vendor's copyright line", mend));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn the_copyright_line_is_found_in_any_file_and_case() {
        let (lower, upper) = (format!("a\n(c) {OWNER} Co.\n"), OWNER.to_uppercase());
        assert_eq!(places(check, &[("a.h", &lower), ("b.bin", &upper)]), ["a.h:2", "b.bin:1"]);
    }

    #[test]
    fn the_vendor_may_be_named() {
        assert!(places(check, &[("README.md", "Events for Huawei Ascend NPUs\n")]).is_empty());
    }
}
