//! Runs a test of this very binary in a process of its own, as somebody at a terminal would.

use std::process::{Command, Output};

/// What `cargo test` would run; the variables decide how.
pub(crate) fn command(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a test has a binary"));
    command.args(arguments).env_remove("ASCEND_TEST_BACKEND").env_remove("ASCEND_TEST_CASE");
    command.envs(variables.iter().copied());
    command
}

/// Its output, stderr behind stdout.
pub(crate) fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}
