//! Builds the simulator's C library, and finds out from cargo where it is.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::cargo::cargo;

const FILE: &str = "libascend_sim.so";
const BUILD: &str = "build --quiet -p ascend-sim-cdylib --message-format=json-render-diagnostics";

/// Builds `libascend_sim.so`, and returns its path.
pub(super) fn build(release: bool) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let arguments = if release { format!("{BUILD} --release") } else { BUILD.to_owned() };
    let profile = if release { "release" } else { "dev" };
    let _ = writeln!(std::io::stderr(), "building the simulator ({profile}) ..."); // nobody has to read it
    let messages = cargo(&arguments).read().map_err(|error| format!("sim: cannot build the simulator: {error}"))?;
    let path = artifact(&messages).ok_or_else(|| format!("sim: `cargo {arguments}` has built no {FILE}"))?;
    Ok(path)
}

/// The library among the messages of cargo, of which each line is one.
fn artifact(messages: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let artifacts = messages.filter(|message| message["reason"] == "compiler-artifact");
    let files = artifacts.flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default());
    files.filter_map(|file| file.as_str().map(PathBuf::from)).find(|path| path.ends_with(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_found_among_other_artifacts_and_messages() {
        let messages = r#"{"reason":"compiler-artifact","filenames":["/t/debug/libascend_sim.rlib","/t/debug/libascend_sim.rmeta"]}
{"reason":"compiler-artifact","filenames":["/t/debug/libascend_sim.so"]}
{"reason":"build-script-executed","filenames":["/t/else/libascend_sim.so"]}
not a message
{"reason":"build-finished","success":true}"#;
        assert_eq!(artifact(messages), Some(PathBuf::from("/t/debug/libascend_sim.so")));
    }

    #[test]
    fn a_build_without_the_library_has_no_artifact() {
        assert_eq!(artifact(r#"{"reason":"compiler-artifact","filenames":["/t/libascend_sim.so.d"]}"#), None);
        assert_eq!(artifact(""), None);
    }
}
