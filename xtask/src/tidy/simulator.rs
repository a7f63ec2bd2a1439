//! The simulator takes types and constants from `ascend-sys`, and never loads a library with it.

use super::{finding::Finding, tree::Tree};

const SIMULATOR: &str = "crates/ascend-sim/src/";

/// Nothing else there has this name, so the word is enough, however it was imported.
const LOADER: &str = "Library";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.code()
        .filter(|(source, _)| source.path.starts_with(SIMULATOR) && !source.is_generated())
        .filter(|(_, code)| code.find(&["ascend_sys"]).next().is_some())
        .flat_map(|(source, code)| {
            code.find(&[LOADER]).map(|rest| {
                let message = format!("the simulator uses `ascend_sys::{LOADER}`");
                let mend = "take only types and constants from ascend_sys: the simulator is what others load";
                Finding::new(&source.path, rest[0].line, message, mend)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn the_loader_is_found_by_path_in_a_group_and_behind_a_glob() {
        let path = "crates/ascend-sim/src/model/event.rs";
        for text in [
            "fn f() { ascend_sys::Library::open() }",
            "use ascend_sys::{abi, Library};",
            "use ascend_sys::*; fn f() { Library::open() }",
            "use ascend_sys as sys; use sys::Library;",
        ] {
            assert_eq!(places(check, &[(path, text)]), [format!("{path}:1")], "{text}");
        }
    }

    #[test]
    fn types_and_constants_and_the_loader_of_another_crate_are_fine() {
        let text = "use ascend_sys::abi::*; static T: ascend_sys::Table = ascend_sys::Table::EMPTY;";
        let loads = "use ascend_sys::Library;";
        assert!(
            places(check, &[("crates/ascend-sim/src/lib.rs", text), ("crates/ascend-ipc/src/ffi/library.rs", loads)])
                .is_empty()
        );
    }
}
