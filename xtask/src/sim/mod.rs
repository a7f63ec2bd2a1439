//! The simulator for programs that are not Rust: `cargo xtask sim [--release] -- CMD ARGS...`, or `sim sdk DIR`.

mod library;
mod run;
mod sdk;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};

/// Flags of `cargo xtask sim`.
#[derive(Args)]
pub(crate) struct Options {
    /// Build the simulator with optimisations
    #[arg(long)]
    release: bool,

    #[command(subcommand)]
    layout: Option<Layout>,

    /// The program and its arguments
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Subcommand)]
enum Layout {
    /// Lay out DIR as a CANN installation (include/, lib64/) that is the simulator
    Sdk {
        /// A folder that is new, empty, or an SDK of the simulator
        dir: PathBuf,
    },
}

/// Answers as the program does.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Box<dyn std::error::Error>> {
    if let Some(Layout::Sdk { dir }) = &options.layout {
        sdk::lay_out(&library::build(options.release)?, dir)?;
        return Ok(ExitCode::SUCCESS);
    }
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
        let error = run(&Options { release: false, layout: None, command: Vec::new() }).unwrap_err().to_string();
        assert!(error.contains("no command") && error.contains("cargo xtask sim -- "), "{error}");
    }
}
