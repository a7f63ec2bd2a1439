//! Nothing is left for later: no marks, no code that only panics, no test that is ignored without a reason.

use super::code::Token;
use super::{finding::Finding, tree::Tree};

/// In comments, strings and code alike. Assembled, so that this file does not find itself.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

const PANICS: [&str; 2] = ["todo", "unimplemented"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, code) in tree.code() {
        for (number, line) in source.lines() {
            for mark in MARKS.into_iter().filter(|mark| has_word(line, mark)) {
                findings.push(Finding::new(&source.path, number, format!("`{mark}`"), "do it now, or file an issue"));
            }
        }
        for name in PANICS {
            for rest in code.find(&[name, "!"]).filter(|rest| rest.get(2).is_some_and(opens)) {
                let message = format!("`{name}!`");
                findings.push(Finding::new(&source.path, rest[0].line, message, "write the code, or return an error"));
            }
        }
        for attribute in code.attributes().filter(|attribute| is_ignored_without_reason(attribute)) {
            let mend = "write `#[ignore = \"REASON, and the command that runs it\"]`";
            findings.push(Finding::new(&source.path, attribute[0].line, "a test is ignored without a reason", mend));
        }
    }
    findings
}

/// Whether `line` has `word` with no letter, digit or underscore beside it.
fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word)
        .any(|(start, _)| !line[..start].ends_with(is_letter) && !line[start + word.len()..].starts_with(is_letter))
}

fn opens(token: &Token) -> bool {
    ["(", "[", "{"].contains(&token.text.as_str())
}

/// Whether this is `#[ignore]` itself or a `cfg_attr` that holds it, without `= "reason"`.
fn is_ignored_without_reason(attribute: &[Token]) -> bool {
    let word = |index: usize| attribute.get(index).map(|token| token.text.as_str());
    matches!(word(2), Some("ignore" | "cfg_attr"))
        && (2..attribute.len())
            .any(|at| word(at) == Some("ignore") && (word(at + 1) != Some("=") || word(at + 2) == Some("\"\"")))
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    #[test]
    fn each_mark_is_found_in_comments_and_strings_as_a_word_only() {
        for mark in MARKS {
            let text =
                format!("//! A.\n// {mark}: later\nconst A: &str = \"{mark}\";\nconst {mark}_B: u8 = 0; // {mark}S\n");
            assert_eq!(places(check, &[("a.rs", &text), ("a.md", &text)]), ["a.rs:2", "a.rs:3"]);
        }
    }

    #[test]
    fn code_that_only_panics_is_found() {
        let text = "//! Not todo!().\nfn f() { todo!() }\nfn g() { std::unimplemented![\"x\"] }\nfn h() -> bool { todo != 1 }\n";
        assert_eq!(places(check, &[("a.rs", text)]), ["a.rs:2", "a.rs:3"]);
    }

    #[test]
    fn an_ignored_test_owes_a_reason() {
        let text = "#[ignore]\nfn a() {}\n#[ignore = \"slow: cargo test -- --ignored\"]\nfn b() {}\n#[ignore = \"\"]\nfn c() {}\n\
                    #[cfg_attr(miri, ignore)]\nfn d() {}\n#[cfg_attr(miri, ignore = \"no sockets\")]\nfn e(ignore: u8) {}\n";
        assert_eq!(places(check, &[("a.rs", text)]), ["a.rs:1", "a.rs:5", "a.rs:7"]);
    }
}
