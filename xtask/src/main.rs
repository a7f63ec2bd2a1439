//! `cargo xtask COMMAND`: everything that is done to the workspace, one file or folder a command.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command answers on its terminal")]

mod bindgen;
mod cargo;
mod ci;
mod hw_test;
mod sim;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Drives the ascend-ipc workspace", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the bindings, the function table and the simulator's exports from our header
    Bindgen(bindgen::Options),
    /// Run what CI runs, except the tests; every step, even after one has failed
    Ci(ci::Options),
    /// Run the suite on an Ascend server, or with `--backend sim` on the simulator; `hw-test --help` says how
    #[command(disable_help_flag = true)]
    HwTest(hw_test::Options),
    /// Run a program against the simulator instead of the vendor's library
    Sim(sim::Options),
    /// Check every rule of the house that a program can check
    Tidy,
}

fn main() -> ExitCode {
    let done = |()| ExitCode::SUCCESS;
    let outcome = match Cli::parse().command {
        Command::Bindgen(options) => bindgen::run(&options).map(done),
        Command::Ci(options) => ci::run(&options).map(done),
        Command::HwTest(options) => hw_test::run(&options),
        Command::Sim(options) => sim::run(&options),
        Command::Tidy => tidy::run().map(done),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("xtask: {error}");
        ExitCode::FAILURE
    })
}
