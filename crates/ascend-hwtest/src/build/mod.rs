//! The test programs: built by cargo, or found in a folder, each with its digest and its tests.

mod cargo;
mod digest;
mod source;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use cargo::build;
pub(crate) use cargo::{Artifact, cargo};
pub use digest::sha256;
pub use source::{commit, rustc};

/// The suites of `ascend-ipc` that are written for servers.
pub const SUITES: [&str; 4] = ["event", "memory", "notify", "faults"];

/// Those of them that run where there is no source; `faults` reads the page of faults.
pub const BUNDLED: [&str; 3] = ["event", "memory", "notify"];

/// A test program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its short name, such as `event`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// The programs in the folder of a bundle: every executable file, under the name of the file, except this one.
///
/// # Errors
/// A sentence, if the folder cannot be read or has none.
pub fn found_in(folder: &Path) -> Result<Vec<Program>, String> {
    use std::os::unix::fs::PermissionsExt;
    let wrong = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = std::path::absolute(entry.map_err(wrong)?.path()).map_err(wrong)?;
        let is_program =
            std::fs::metadata(&path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_program && name != "hwrun" {
            programs.push(Program { name, sha256: sha256(&path).map_err(wrong)?, path });
        }
    }
    programs.sort_by(|left, right| left.name.cmp(&right.name));
    if programs.is_empty() { Err(format!("{} holds no test program", folder.display())) } else { Ok(programs) }
}

/// The tests of a program, as it lists them itself.
///
/// # Errors
/// A sentence, if it cannot be started or does not list any.
pub fn tests(program: &Program, environment: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let output = Command::new(&program.path)
        .arg("--list")
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot start {}: {error}", program.path.display()))?;
    let listed = listed(&String::from_utf8_lossy(&output.stdout));
    if listed.is_empty() {
        return Err(format!("{} --list ({}) names no test", program.path.display(), output.status));
    }
    Ok(listed)
}

fn listed(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_are_listed() {
        assert_eq!(listed("a::b: test\nc: bench\n\n1 test, 1 benchmark\n"), ["a::b"]);
        assert!(listed("").is_empty());
    }

    #[test]
    fn a_folder_without_programs_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("notes"), "no program").unwrap();
        assert!(found_in(folder.path()).unwrap_err().ends_with("holds no test program"));
    }
}
