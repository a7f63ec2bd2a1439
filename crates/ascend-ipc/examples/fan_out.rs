//! One process fills device memory, and many wait for it on their devices: one event, one record a round, N waits.
//!
//! The parent produces. Each child opens the same memory and the same event on a device of its own, lets its stream wait for
//! each record, and compares every element.
#![allow(clippy::print_stderr, reason = "a program that talks to people")]

mod backend;
mod children;

use std::process::ExitCode;
use std::time::Instant;

use ascend_ipc::{Access, BarePid, IpcEvent, MemoryTicket, Recorded, Ticket};
use clap::Parser;

use backend::Outcome;
use children::{Children, Parent, Place};

/// Lets many processes wait on their devices for one event of one process
#[derive(Debug, Parser)]
#[command(name = "fan_out", version)]
struct Options {
    /// How many processes wait
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    consumers: u32,
    /// How often the memory is filled and read
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rounds: u64,
    /// Size of the shared memory in elements of 8 bytes
    #[arg(long, default_value_t = 1 << 16, value_parser = clap::value_parser!(u64).range(1..=1 << 27))]
    elements: u64,
    #[command(flatten)]
    place: Place,
}

fn main() -> ExitCode {
    let options = Options::parse();
    children::run(&options.place, || produce(&options), |role, parent| consume(&options, role, parent))
}

/// What lies at an index in a round; it differs in both.
fn element(round: u64, index: u64) -> u64 {
    (round << 32 | index).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The parent.
fn produce(options: &Options) -> Outcome<String> {
    let patience = options.place.timeout;
    let length = usize::try_from(options.elements)?;
    let mut consumers = Children::start("consumer", options.consumers, &options.place)?;
    let acl = options.place.runtime()?;
    let device = options.place.device(&acl, 0)?;
    let stream = device.create_stream()?;

    // One ticket of each kind, sent to all: each message takes a lease of its own along.
    let allowed: Vec<BarePid> = consumers.hear()?;
    let (mut buffer, memory) = device.allocate::<u64>(length)?.share(Access::Processes(&allowed))?;
    let (filled, event) = IpcEvent::create(&device)?.share()?;
    consumers.tell(|_| (&memory, &event))?;

    let mut staging = device.allocate_host::<u64>(length)?;
    let start = Instant::now();
    for round in 0..options.rounds {
        for (element_here, index) in staging.elements_mut()?.iter_mut().zip(0..) {
            *element_here = element(round, index);
        }
        stream.upload(staging.slice(..)?, buffer.slice_mut(..)?)?;
        let recorded = filled.record(&stream)?;
        consumers.tell(|_| Some(recorded))?;
        consumers.hear::<()>()?; // all have read, so the memory may be filled again
        stream.synchronize(patience)?;
    }
    let seconds = start.elapsed().as_secs_f64();
    consumers.tell(|_| None::<Recorded>)?;
    filled.close(patience)?; // waits for the leases of all
    buffer.close(patience)?;
    consumers.finish()?;
    Ok(format!(
        "fan_out: {} consumers compared {} rounds of {length} elements after one record each, {:.0} µs a round; backend: {}",
        options.consumers,
        options.rounds,
        seconds * 1e6 / options.rounds as f64,
        backend::describe(&acl),
    ))
}

/// A child.
fn consume(options: &Options, role: u32, parent: &Parent) -> Outcome {
    let acl = options.place.runtime()?;
    let device = options.place.device(&acl, role + 1)?;
    let stream = device.create_stream()?;
    parent.tell(&acl.bare_pid()?)?;
    let (memory, event): (MemoryTicket, Ticket) = parent.hear()?;
    let buffer = memory.open::<u64>(&device)?;
    let filled = event.open(&device)?;
    drop((memory, event)); // a ticket counts as a holder, too

    // Memory of another device takes no part in copies to the host: it goes through a buffer of this device.
    let mut local = device.allocate::<u64>(buffer.len())?;
    let mut staging = device.allocate_host::<u64>(buffer.len())?;
    for round in 0.. {
        let Some(recorded) = parent.hear::<Option<Recorded>>()? else { break };
        filled.wait(&stream, &recorded)?;
        stream.copy(buffer.slice(..)?, local.slice_mut(..)?)?;
        stream.download(local.slice(..)?, staging.slice_mut(..)?)?;
        stream.synchronize(options.place.timeout)?;
        for (found, index) in staging.elements()?.iter().zip(0..) {
            let expected = element(round, index);
            if *found != expected {
                return Err(format!("round {round}, element {index} is {found:#x}, not {expected:#x}").into());
            }
        }
        parent.tell(&())?;
    }
    Ok(())
}
