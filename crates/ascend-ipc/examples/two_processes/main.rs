//! Two processes hand a file over through device memory, ordered on the device by IPC events.
//!
//! Started without a role, it starts itself twice: the producer streams the input in chunks through a double buffer that
//! both processes share; the consumer, on another device, lets its stream wait for each chunk and writes the file out
//! again. A second event, in the other direction, says when a half of the buffer may be filled again.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that talks to people")]

#[path = "../backend/mod.rs"]
mod backend;
mod consumer;
mod conversation;
mod driver;
mod files;
mod options;
mod producer;

use std::process::ExitCode;

use clap::Parser;

use backend::Outcome;
use options::{Options, Role};

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match options.role {
        None => driver::run(&options),
        Some(Role::Producer) => driver::as_role(&options, producer::run),
        Some(Role::Consumer) => driver::as_role(&options, consumer::run),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("two_processes: {error}");
            ExitCode::FAILURE
        }
    }
}
