//! Our header is a C11 and a C++14 header, each file of it on its own, without a warning.
#![allow(clippy::print_stdout, reason = "a skip is said aloud")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn headers(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            headers(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "h") {
            found.push(path);
        }
    }
}

/// Compiles each header alone; the static assertions in them are checked on the way.
fn compiles(compiler: &str, language: &[&str]) {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let mut found = Vec::new();
    headers(&include, &mut found);
    assert!(found.len() > 10, "headers found: {found:?}");
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("unit.c");
    std::fs::write(&unit, "int main(void) { return 0; }\n").unwrap();
    for header in found {
        let output = Command::new(compiler)
            .args(language)
            .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I"])
            .arg(&include)
            .arg("-include")
            .arg(&header)
            .arg(&unit)
            .output()
            .unwrap_or_else(|error| panic!("{compiler}: {error}"));
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} with {compiler}:\n{text}", header.display());
    }
}

#[test]
fn the_header_is_c11_without_warnings() {
    compiles("cc", &["-x", "c", "-std=c11"]);
}

/// A machine with only a C compiler says that it cannot check this; CI has a C++ compiler and must.
#[test]
fn the_header_is_cpp14_without_warnings() {
    if Command::new("c++").arg("--version").output().is_err() && std::env::var_os("CI").is_none() {
        println!("skipped: there is no C++ compiler on this machine");
        return;
    }
    compiles("c++", &["-x", "c++", "-std=c++14"]);
}
