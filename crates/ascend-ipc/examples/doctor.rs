//! Says whether IPC events work on this machine, and if not, why: `cargo run --example doctor -- [--json]`.
//!
//! Exit code 0 if they do, 1 otherwise.
#![allow(clippy::print_stdout, reason = "it reports to whoever called it")]

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

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let options = Options::parse();
    let found = look(&options)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        println!("{found}");
    }
    Ok(if found.has_ipc_events() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
