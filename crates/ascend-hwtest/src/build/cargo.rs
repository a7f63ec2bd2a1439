//! Builds the suites with cargo, and reads from its messages where they are.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Program, SUITES, digest::sha256};

/// Builds the suites of the workspace at `root`; what cargo prints for people goes to `log`.
///
/// # Errors
/// A sentence and the end of the log, if cargo fails.
pub fn build(root: &Path, log: &Path, offline: bool) -> Result<Vec<Program>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let errors = File::create(log).map_err(|error| format!("cannot write {}: {error}", log.display()))?;
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "ascend-ipc", "--message-format=json-render-diagnostics"]).current_dir(root);
    for suite in present(root) {
        command.args(["--test", suite]);
    }
    if offline {
        command.arg("--offline");
    }
    let output = command
        .stdin(Stdio::null())
        .stderr(errors)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}; without it, give --programs DIR"))?;
    if !output.status.success() {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(20)..].join("\n");
        return Err(format!("cargo failed ({}); the end of {}:\n{tail}", output.status, log.display()));
    }
    let built = artifacts(&String::from_utf8_lossy(&output.stdout));
    if built.is_empty() {
        return Err("cargo built no test program".to_owned());
    }
    built
        .into_iter()
        .map(|(name, path)| {
            let sha256 = sha256(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            Ok(Program { name, path, sha256 })
        })
        .collect()
}

/// The suites that this checkout has.
fn present(root: &Path) -> impl Iterator<Item = &'static str> {
    let tests = root.join("crates/ascend-ipc/tests");
    SUITES
        .into_iter()
        .filter(move |name| tests.join(name).join("main.rs").is_file() || tests.join(format!("{name}.rs")).is_file())
}

/// Name and path of each test program that cargo's messages tell of.
fn artifacts(messages: &str) -> Vec<(String, PathBuf)> {
    let mut found: Vec<_> = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["kind"][0] == "test")
        .filter_map(|message| {
            let name = message["target"]["name"].as_str()?;
            Some((name.to_owned(), PathBuf::from(message["executable"].as_str()?)))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"x"},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["test"],"name":"event"},"executable":"/t/event-1"}
{"reason":"build-finished","success":true}"#;

    #[test]
    fn test_programs_are_read_from_cargos_messages_cut_anywhere() {
        assert_eq!(artifacts(MESSAGES), [("event".to_owned(), PathBuf::from("/t/event-1"))]);
        for cut in 0..MESSAGES.len() {
            assert!(artifacts(&MESSAGES[..cut]).len() <= 1);
        }
    }
}
