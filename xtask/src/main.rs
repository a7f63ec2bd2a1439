//! `cargo xtask COMMAND`: everything that is done to the workspace, one file a command.

mod bindgen;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Drives the ascend-ipc workspace", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the bindings, the function table and the simulator's exports from our header
    Bindgen(bindgen::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Bindgen(options) => bindgen::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
