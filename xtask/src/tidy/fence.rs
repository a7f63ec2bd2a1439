//! `unsafe` stays inside its fence, and says there why it is sound.
//!
//! The compiler denies unsafe code wherever no file allows it; this check decides which files may.

use super::code::{Code, Token, starts};
use super::{finding::Finding, tree::Source, tree::Tree};

const FENCED: [&str; 6] = [
    "crates/ascend-sys/",
    "crates/ascend-ipc/src/ffi/",
    "crates/ascend-sim/src/entry/",
    "crates/ascend-sim/src/shm/",
    "crates/ascend-sim/src/sync/",
    "crates/ascend-sim/cdylib/",
];

/// Here one file may, whichever it is.
const ONE_FILE: &str = "crates/ascend-testkit/src/";

const OUT: &str = "move it into a fenced folder, and call the safe function that it becomes";

/// What a file may do.
#[derive(Clone, Copy, PartialEq)]
enum Zone {
    /// Unsafe code, with an allowance and a proof.
    Fenced,
    /// Unsafe code, with an allowance: tests, benches and examples call what is unsafe to call.
    Target,
    /// None.
    Safe,
}

fn zone(source: &Source) -> Zone {
    if source.is_in(&["tests", "benches", "examples"]) {
        Zone::Target
    } else if source.is_generated() || FENCED.iter().chain([&ONE_FILE]).any(|folder| source.path.starts_with(folder)) {
        Zone::Fenced // that only one file of those in `ONE_FILE` is unsafe is counted in `crowd`
    } else {
        Zone::Safe
    }
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = crowd(tree);
    for (source, code) in tree.code() {
        findings.extend(match zone(source) {
            Zone::Safe => trespasses(source, code),
            zone => unexplained(source, code, zone),
        });
    }
    findings
}

/// Every unsafe token and every allowance of a file that may have none.
fn trespasses(source: &Source, code: &Code) -> Vec<Finding> {
    let uses = uses(code).map(|rest| {
        let kind = rest.get(1).map_or("", |next| next.text.as_str());
        Finding::new(&source.path, rest[0].line, format!("`unsafe {kind}` outside the fence"), OUT)
    });
    let allowances = allowances(code).map(|attribute| {
        Finding::new(&source.path, attribute[0].line, "`unsafe_code` is allowed outside the fence", OUT)
    });
    uses.chain(allowances).collect()
}

/// What a file that has unsafe code owes its reader.
fn unexplained(source: &Source, code: &Code, zone: Zone) -> Vec<Finding> {
    let Some(first) = uses(code).next() else { return Vec::new() };
    let finding = |message, mend| Finding::new(&source.path, first[0].line, message, mend);
    let mut findings = Vec::new();
    if !allowances(code).any(|attribute| starts(attribute, &["#", "!", "[", "allow"])) {
        let mend = "open the file with `#![allow(unsafe_code)]`";
        findings.push(finding("`unsafe` in a file that does not open with its allowance", mend));
    }
    if zone == Zone::Fenced && !source.lines().any(|(_, line)| line.trim_end() == "//! # Safety") {
        let mend = "say under `//! # Safety` what its soundness rests on";
        findings.push(finding("`unsafe` in a file without a `//! # Safety` section", mend));
    }
    findings
}

/// Unsafe code in more than one file where one is enough.
fn crowd(tree: &Tree) -> Vec<Finding> {
    let files: Vec<(&Source, usize)> = tree
        .code()
        .filter(|(source, _)| source.path.starts_with(ONE_FILE) && !source.is_generated())
        .filter_map(|(source, code)| {
            let place = uses(code).next().or_else(|| allowances(code).next())?;
            Some((source, place[0].line))
        })
        .collect();
    if files.len() < 2 {
        return Vec::new();
    }
    let message = format!("one of {} files with unsafe code below {ONE_FILE}, of at most one", files.len());
    files
        .iter()
        .map(|(source, line)| Finding::new(&source.path, *line, &message, "bring it together in one file"))
        .collect()
}

/// Everything that `unsafe` begins: blocks, functions, impls, traits, foreign blocks, attributes. The type of a pointer to
/// an unsafe function is no unsafe code.
fn uses(code: &Code) -> impl Iterator<Item = &[Token]> {
    code.find(&["unsafe"]).filter(|rest| {
        let abi = if !starts(rest, &["unsafe", "extern"]) {
            0
        } else if rest.get(2).is_some_and(|token| token.text.ends_with('"')) {
            2
        } else {
            1
        };
        !starts(&rest[1 + abi..], &["fn", "("])
    })
}

/// Attributes that loosen the lint `unsafe_code`, on a file or on an item, in a `cfg_attr` or not.
fn allowances(code: &Code) -> impl Iterator<Item = &[Token]> {
    code.attributes().filter(|attribute| {
        let has = |word: &str| attribute.iter().any(|token| token.text == word);
        has("unsafe_code") && ["allow", "expect", "warn"].into_iter().any(has)
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    const PROVED: &str = "//! A.\n//!\n//! # Safety\n//! None.\n#![allow(unsafe_code)]\nfn f() { unsafe { g() } }\n";

    #[test]
    fn every_form_of_unsafe_code_is_found_outside_the_fence() {
        let text = "//! A.\nfn f() { unsafe { g() } }\npub unsafe fn from_raw() {}\nunsafe impl Send for A {}\n\
                    unsafe extern \"C\" { fn h(); }\n#[unsafe(no_mangle)]\nfn i() { assert!(unsafe { g() }); }\n\
                    unsafe trait T {}\nunsafe extern fn k() {}\n";
        let places = places(check, &[("crates/ascend-ipc/src/event/open.rs", text)]);
        let lines: Vec<&str> = places.iter().filter_map(|place| place.split(':').nth(1)).collect();
        assert_eq!(lines, ["2", "3", "4", "5", "6", "7", "8", "9"]);
    }

    #[test]
    fn every_form_of_allowance_is_found_outside_the_fence() {
        let text = "//! A.\n#![allow(dead_code, unsafe_code)]\n#[expect(unsafe_code, reason = \"x\")]\nfn f() {}\n\
                    #[cfg_attr(test, warn(unsafe_code))]\nfn g() {}\n#![deny(unsafe_code)]\n";
        assert_eq!(
            places(check, &[("xtask/src/main.rs", text)]),
            ["xtask/src/main.rs:2", "xtask/src/main.rs:3", "xtask/src/main.rs:5"]
        );
    }

    #[test]
    fn a_pointer_type_a_word_and_a_neighbour_lint_are_no_unsafe_code() {
        let text = "//! A: unsafe {}.\n#![deny(unsafe_op_in_unsafe_fn)]\ntype A = unsafe extern \"C\" fn(u8);\n\
                    type B = unsafe fn(u8);\ntype C = unsafe extern fn();\nconst D: &str = \"unsafe {\";\n";
        assert!(places(check, &[("crates/ascend-ipc/src/event/open.rs", text)]).is_empty());
    }

    #[test]
    fn each_fenced_folder_may_be_unsafe_and_its_neighbours_may_not() {
        let fenced = [
            "crates/ascend-sys/src/library.rs",
            "crates/ascend-ipc/src/ffi/event.rs",
            "crates/ascend-sim/src/entry/event.rs",
            "crates/ascend-sim/src/shm/map.rs",
            "crates/ascend-sim/src/sync/atomic.rs",
            "crates/ascend-sim/src/generated/refused.rs",
            "crates/ascend-sim/cdylib/src/lib.rs",
            "crates/ascend-testkit/src/spawn.rs",
        ];
        for path in fenced {
            assert!(places(check, &[(path, PROVED)]).is_empty(), "{path}");
        }
        for path in ["crates/ascend-ipc/src/ffi.rs", "crates/ascend-sim/src/model/event.rs", "xtask/src/main.rs"] {
            assert_eq!(places(check, &[(path, PROVED)]), [format!("{path}:5"), format!("{path}:6")]);
        }
    }

    #[test]
    fn a_fenced_file_owes_an_allowance_and_a_safety_section() {
        let path = "crates/ascend-sys/src/library.rs";
        let place = format!("{path}:2");
        assert_eq!(places(check, &[(path, "//! A.\nfn f() { unsafe { g() } }\n")]), [place.as_str(), place.as_str()]);
        let item = "//! # Safety\n#[allow(unsafe_code)] fn f() { unsafe { g() } }\n";
        assert_eq!(places(check, &[(path, item)]), [place], "an allowance of an item is none of the file");
        assert!(places(check, &[(path, "//! A.\nfn f() {}\n")]).is_empty());
    }

    #[test]
    fn tests_benches_and_examples_owe_an_allowance_only() {
        let allowed = "//! A.\n#![allow(unsafe_code, reason = \"raw calls\")]\nfn f() { unsafe { g() } }\n";
        for path in
            ["crates/ascend-sys/tests/raw.rs", "crates/ascend-ipc/benches/wait.rs", "crates/ascend-ipc/examples/c.rs"]
        {
            assert!(places(check, &[(path, allowed)]).is_empty());
            assert_eq!(places(check, &[(path, "//! A.\nfn f() { unsafe { g() } }\n")]), [format!("{path}:2")]);
        }
    }

    #[test]
    fn a_second_file_of_the_testkit_with_unsafe_code_is_found_with_the_first() {
        let files = ["a", "b", "c"].map(|name| format!("crates/ascend-testkit/src/{name}.rs"));
        let two = [(files[0].as_str(), PROVED), (files[1].as_str(), "//! B.\n"), (files[2].as_str(), PROVED)];
        assert_eq!(places(check, &two), [format!("{}:6", files[0]), format!("{}:6", files[2])]);
        assert!(places(check, &two[..2]).is_empty());
    }
}
