//! Misuse does not compile, and the compiler's sentence helps: each case is a file of `tests/ui`.
//!
//! Every case names the function of `tests/ui/legal.rs` that does the same thing the legal way, and that function names
//! the case, so that a case which fails to compile for another reason is noticed.

#[test]
fn misuse_does_not_compile_and_its_legal_twin_does() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/legal.rs");
    cases.compile_fail("tests/ui/misuse_*.rs");
}

#[test]
fn every_misuse_and_its_legal_twin_name_each_other() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let legal = std::fs::read_to_string(folder.join("legal.rs")).unwrap();
    let mut cases = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.starts_with("misuse_") || !name.ends_with(".rs") {
            continue;
        }
        cases += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let twin = text.split("Twin: `").nth(1).and_then(|rest| rest.split('`').next());
        let twin = twin.unwrap_or_else(|| panic!("{name} names no twin"));
        assert!(legal.contains(&format!("fn {twin}(")), "{name} names {twin}, which legal.rs does not have");
        assert!(legal.contains(&name[..name.len() - 3]), "legal.rs does not name {name}");
        assert!(path.with_extension("stderr").exists(), "{name} has no .stderr that pins the error code");
    }
    assert!(cases >= 28, "{cases} cases");
}
