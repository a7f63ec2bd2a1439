//! Opening a library: what is found, what is refused, and what the error says.
//!
//! # Safety
//! The libraries opened here are built by the test itself from a few lines of C.
#![allow(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::Command;

use ascend_sys::{Library, LoadError, Origin};

/// Builds a shared library from C text.
fn build(folder: &Path, name: &str, source: &str) -> PathBuf {
    let input = folder.join(format!("{name}.c"));
    let output = folder.join(name);
    std::fs::write(&input, source).unwrap();
    let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&output).arg(&input).status().unwrap();
    assert!(status.success(), "cc failed on {}", input.display());
    output
}

const SMALL: &str = r#"
    int aclrtSetDevice(int device) { return 107001 + device; }
    int aclsysGetVersionStr(char *package, char *text) {
        (void)package;
        const char *version = "8.0.T13";
        while ((*text++ = *version++)) {}
        return 0;
    }
"#;

fn open(path: impl AsRef<Path>) -> Result<Library, LoadError> {
    // SAFETY: the paths of this file are libraries built above, or are no libraries at all.
    unsafe { Library::open(path) }
}

#[test]
fn a_library_fills_what_it_has_and_leaves_the_rest_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = build(folder.path(), "libacl_rt.so", SMALL);
    let library = open(&path).unwrap();
    assert_eq!(library.origin(), &Origin::File(path));
    let set_device = library.table().aclrtSetDevice.unwrap();
    // SAFETY: the function above, with its signature.
    assert_eq!(unsafe { set_device(6) }, 107007);
    assert!(library.table().aclrtIpcOpenEventHandle.is_none());
    assert!(library.table().has("aclrtSetDevice") && !library.table().has("aclrtIpcOpenEventHandle"));
}

#[test]
fn a_missing_symbol_is_an_error_that_names_symbol_library_and_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = build(folder.path(), "libacl_rt.so", SMALL);
    let text = open(&path).unwrap().missing("aclrtIpcOpenEventHandle").to_string();
    assert!(text.starts_with("aclrtIpcOpenEventHandle is missing from "), "{text}");
    assert!(text.contains(&path.display().to_string()) && text.contains("version 8.0.T13"), "{text}");
}

#[test]
fn a_folder_stands_for_the_vendors_names_in_it_and_in_its_lib64() {
    let folder = tempfile::tempdir().unwrap();
    let lib64 = folder.path().join("lib64");
    std::fs::create_dir(&lib64).unwrap();
    let path = build(&lib64, "libascendcl.so", SMALL);
    assert_eq!(open(folder.path()).unwrap().origin(), &Origin::File(path.clone()));
    assert_eq!(open(&lib64).unwrap().origin(), &Origin::File(path));
}

#[test]
fn a_missing_file_is_reported_with_its_path_and_reason() {
    let error = open("/nowhere/libacl_rt.so").unwrap_err();
    let [attempt] = error.attempts() else { panic!("{error}") };
    assert_eq!(attempt.path, Path::new("/nowhere/libacl_rt.so"));
    assert!(attempt.why.contains("No such file"), "{error}");
}

#[test]
fn an_empty_folder_reports_every_name_that_was_tried() {
    let folder = tempfile::tempdir().unwrap();
    let error = open(folder.path()).unwrap_err();
    assert_eq!(error.attempts().len(), 4, "{error}");
    assert!(error.attempts().iter().all(|attempt| error.to_string().contains(&attempt.why)));
}

#[test]
fn a_file_that_is_no_library_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("libacl_rt.so");
    std::fs::write(&path, "not an ELF file").unwrap();
    let error = open(&path).unwrap_err();
    assert!(!error.attempts()[0].why.is_empty(), "{error}");
}

#[test]
fn a_library_of_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = build(folder.path(), "libother.so", "int unrelated(void) { return 1; }");
    let error = open(&path).unwrap_err();
    assert!(error.to_string().contains("not an AscendCL runtime"), "{error}");
}
