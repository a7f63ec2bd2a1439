//! `cargo xtask hw-test ARGS...`: builds `hwrun`, and becomes it.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Args;

use crate::cargo::cargo;

/// What `hwrun` is asked for.
#[derive(Args)]
pub(crate) struct Options {
    /// As `hwrun` takes them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    arguments: Vec<OsString>,
}

/// Returns only if it cannot.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let hwrun = build()?;
    let error = Command::new(&hwrun).args(&options.arguments).exec();
    Err(format!("hw-test: cannot start {}: {error}", hwrun.display()).into())
}

/// Builds the program; cargo tells where it is.
fn build() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let command = cargo("build --quiet --package ascend-hwtest --bin hwrun --message-format=json-render-diagnostics");
    let messages = command.read().map_err(|error| format!("hw-test: hwrun cannot be built: {error}"))?;
    located(&messages).ok_or_else(|| "hw-test: cargo did not say where hwrun is".into())
}

/// The program in cargo's messages.
fn located(messages: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut programs = messages.filter(|message| message["target"]["name"] == "hwrun");
    programs.find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_where_cargo_says() {
        let messages = r#"not json
{"reason":"compiler-artifact","target":{"name":"ascend_hwtest"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"hwrun"},"executable":"/t/hwrun"}"#;
        assert_eq!(located(messages), Some(PathBuf::from("/t/hwrun")));
        assert_eq!(located("{}"), None);
    }
}
