//! Runs a program against the simulator: `cargo xtask sim [--release] -- CMD ARGS...`.

mod library;
mod run;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

/// Flags of `cargo xtask sim`.
#[derive(Args)]
pub(crate) struct Options {
    /// Build the simulator with optimisations
    #[arg(long)]
    release: bool,

    /// The program and its arguments
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

/// Answers as the program does.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let Some((program, arguments)) = options.command.split_first() else {
        return Err("sim: no command is given; say what to run, as in `cargo xtask sim -- ./a.out ARGS`".into());
    };
    let library = library::build(options.release)?;
    // An interrupt from the terminal reaches the program too; we must outlive it to clean up.
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::default())?;
    run::run(&library, program, arguments).map(ExitCode::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_command_nothing_is_built_and_the_error_shows_one() {
        let error = run(&Options { release: false, command: Vec::new() }).unwrap_err().to_string();
        assert!(error.contains("no command") && error.contains("cargo xtask sim -- "), "{error}");
    }
}
