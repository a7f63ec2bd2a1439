//! Builds with cargo, and reads from its messages where the programs are.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Program, SUITES, digest::sha256};

/// A program that cargo built.
pub(crate) struct Artifact {
    /// As cargo calls it: `test`, `bin`.
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// Cargo features that it was built with.
    pub(crate) features: Vec<String>,
}

/// The programs that `cargo build` with these arguments makes of the workspace at `root`; `words` takes what cargo says to people.
///
/// # Errors
/// A sentence, if cargo cannot be started or fails.
pub(crate) fn cargo(root: &Path, arguments: &[&str], words: Stdio) -> Result<Vec<Artifact>, String> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(words)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo build {} failed ({})", arguments.join(" "), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(artifact).collect())
}

/// The program of a line of cargo's JSON, if it tells of one.
fn artifact(line: &str) -> Option<Artifact> {
    let message: Value = serde_json::from_str(line).ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Some(Artifact {
        path: text(message.get("executable")?)?.into(),
        kind: text(message.pointer("/target/kind/0")?)?,
        name: text(message.pointer("/target/name")?)?,
        features: message.get("features")?.as_array()?.iter().filter_map(text).collect(),
    })
}

/// Builds the suites of the workspace at `root`; what cargo prints for people goes to `log`.
///
/// # Errors
/// A sentence and the end of the log, if cargo fails.
pub fn build(root: &Path, log: &Path, offline: bool) -> Result<Vec<Program>, String> {
    let words = File::create(log).map_err(|error| format!("cannot write {}: {error}", log.display()))?;
    let mut arguments = vec!["--package", "ascend-ipc"];
    arguments.extend(present(root).flat_map(|suite| ["--test", suite]));
    arguments.extend(offline.then_some("--offline"));
    let built = cargo(root, &arguments, words.into()).map_err(|why| {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(20)..].join("\n");
        format!("{why}; without cargo, give --programs DIR; the end of {}:\n{tail}", log.display())
    })?;
    let mut programs = Vec::new();
    for Artifact { name, path, .. } in built.into_iter().filter(|artifact| artifact.kind == "test") {
        let sha256 = sha256(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        programs.push(Program { name, path, sha256 });
    }
    programs.sort_by(|left, right| left.name.cmp(&right.name));
    if programs.is_empty() { Err("cargo built no test program".to_owned()) } else { Ok(programs) }
}

/// The suites that this checkout has.
fn present(root: &Path) -> impl Iterator<Item = &'static str> {
    let tests = root.join("crates/ascend-ipc/tests");
    SUITES
        .into_iter()
        .filter(move |name| tests.join(name).join("main.rs").is_file() || tests.join(format!("{name}.rs")).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_in_what_cargo_says_and_a_library_is_none() {
        let line = r#"{"reason":"compiler-artifact","target":{"kind":["test"],"name":"event"},"features":["a"],"executable":"/t/event-1"}"#;
        let found = artifact(line).unwrap();
        assert_eq!((found.kind.as_str(), found.name.as_str()), ("test", "event"));
        assert_eq!((found.path, found.features), (PathBuf::from("/t/event-1"), vec!["a".to_owned()]));
        assert!(artifact(&line.replace("\"/t/event-1\"", "null")).is_none());
        for end in 0..line.len() {
            assert!(artifact(&line[..end]).is_none());
        }
    }
}
