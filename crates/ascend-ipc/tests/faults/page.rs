//! `docs/faults.md` names, for each fault, tests that exist.

use std::collections::BTreeSet;
use std::path::Path;

/// Faults that the page has to speak of: those of processes, handles, memory and devices.
const ROWS: std::ops::RangeInclusive<u32> = 1..=33;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the workspace")
}

/// File and function of each test that a line names: `` `tests/faults/death.rs` `f01_...` ``.
fn named(line: &str) -> Vec<(&str, &str)> {
    let code: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
    let mut file = "";
    let mut found = Vec::new();
    for word in code {
        if word.ends_with(".rs") {
            file = word;
        } else if !file.is_empty()
            && word.contains('_')
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            found.push((file, word));
        }
    }
    found
}

fn exists(file: &str, name: &str) -> bool {
    let text = std::fs::read_to_string(workspace().join("crates").join(file)).unwrap_or_default();
    // A test without a harness says its name itself.
    text.contains(&format!("fn {name}(")) || text.contains(&format!("\"{name}: test\""))
}

#[test]
fn every_fault_has_a_row_and_every_test_that_is_named_exists() {
    let page = std::fs::read_to_string(workspace().join("docs/faults.md")).unwrap();
    let mut mentioned = BTreeSet::new();
    for number in ROWS {
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with(&format!("| F{number:02} |"))).collect();
        let [row] = rows[..] else { panic!("F{number:02} has {} rows", rows.len()) };
        let tests = named(row);
        assert!(!tests.is_empty() || row.contains("No test"), "F{number:02} names no test, and does not say why");
        for (file, name) in tests {
            assert!(exists(file, name), "F{number:02}: there is no {name} in crates/{file}");
            mentioned.insert(name.to_owned());
        }
    }
    // And the other way round: what is tested here is on the page.
    for file in std::fs::read_dir(workspace().join("crates/ascend-ipc/tests/faults")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines().filter_map(|line| line.strip_prefix("fn f")) {
            let name = format!("f{}", line.split('(').next().unwrap_or_default());
            let is_numbered = name[1..].bytes().take(2).all(|byte| byte.is_ascii_digit());
            assert!(!is_numbered || mentioned.contains(&name), "{name} is not on the page");
        }
    }
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    assert_eq!(
        named("| F01 | x | `ascend-ipc/a.rs` `one_rule`, `two_rules` |"),
        [("ascend-ipc/a.rs", "one_rule"), ("ascend-ipc/a.rs", "two_rules")]
    );
    assert!(exists("ascend-ipc/tests/faults/page.rs", "a_test_that_is_not_there_is_noticed"));
    assert!(!exists("ascend-ipc/tests/faults/page.rs", "a_test_that_is_not_there"));
}
