//! Runs the cargo that runs us, at the root of the workspace.

use std::ffi::OsString;

use crate::workspace::{Outcome, root};

/// A command for `cargo`, whose arguments are given as one would type them, with single spaces and no quotes.
pub(crate) fn cargo(arguments: &str) -> duct::Expression {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    duct::cmd(program, arguments.split(' ')).dir(root())
}

/// Runs `cargo ARGUMENTS`, with more variables in its environment; it writes to our own stdout and stderr.
pub(crate) fn run(arguments: &str, environment: &[(&str, &str)]) -> Outcome {
    let command = environment.iter().fold(cargo(arguments), |command, (name, value)| command.env(name, value));
    let status = command.unchecked().run().map_err(|error| format!("cannot start cargo: {error}"))?.status;
    if status.success() { Ok(()) } else { Err(format!("`cargo {arguments}` failed ({status})").into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cargo_that_succeeds_is_a_success() {
        run("--version", &[]).unwrap();
    }

    #[test]
    fn a_cargo_that_fails_is_named_with_its_arguments() {
        let error = run("no-such-command-of-cargo", &[]).unwrap_err().to_string();
        assert!(error.contains("`cargo no-such-command-of-cargo` failed"), "{error}");
    }
}
