//! C symbols are defined in one place: a library that merely embeds us must not gain the vendor's names.

use super::{finding::Finding, tree::Tree};

const HOME: &str = "crates/ascend-sim/cdylib/";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, code) in tree.code().filter(|(source, _)| !source.path.starts_with(HOME)) {
        for token in code.attributes().flatten() {
            if ["no_mangle", "export_name"].contains(&token.text.as_str()) {
                let message = format!("`{}` outside {HOME}", token.text);
                findings.push(Finding::new(
                    &source.path,
                    token.line,
                    message,
                    "export it from there, and call it by its path here",
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    const TEXT: &str = "//! A.\n#[unsafe(no_mangle)]\nfn f() {}\n#[no_mangle]\nfn g() {}\n\
                        #[cfg_attr(unix, unsafe(export_name = \"h\"))]\nfn h() { no_mangle() }\n";

    #[test]
    fn every_form_of_export_is_found() {
        assert_eq!(places(check, &[("a.rs", TEXT)]), ["a.rs:2", "a.rs:4", "a.rs:6"]);
    }

    #[test]
    fn the_c_library_may_export() {
        assert!(places(check, &[("crates/ascend-sim/cdylib/src/generated/exports.rs", TEXT)]).is_empty());
    }
}
