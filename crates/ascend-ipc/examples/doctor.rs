//! Says whether IPC events work on this machine, and if not, why: `cargo run --example doctor -- [--json]`.
//!
//! Exit code 0 if they do, 1 otherwise.
#![allow(clippy::print_stderr, reason = "it reports to whoever called it")]

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use ascend_ipc::{Doctor, Runtime, doctor};
use clap::Parser;

/// Says whether IPC events work on this machine, and if not, why.
#[derive(Parser)]
struct Options {
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,

    /// Look at the simulator instead of the runtime that is installed
    #[arg(long, conflicts_with = "library")]
    simulator: bool,

    /// Look at this library
    #[arg(long, value_name = "PATH")]
    library: Option<PathBuf>,
}

fn look(options: &Options) -> Result<Doctor, ascend_ipc::Error> {
    match &options.library {
        _ if options.simulator => Ok(Runtime::simulated()?.doctor()),
        Some(path) => Ok(Runtime::open(path)?.doctor()),
        None => Ok(doctor()),
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("doctor: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let found = look(options)?;
    let mut text = if options.json { serde_json::to_string_pretty(&found)? } else { found.to_string() };
    text.push('\n');
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(error.into()), // who reads has enough
        _ => {}
    }
    Ok(if found.has_ipc_events() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
