//! A token goes round through N processes: each adds one to it in its neighbour's memory, and wakes the neighbour's stream.
//!
//! Each child shares one number and one notify with the child before it, which copies into the one and records the other. The
//! parent never loads AscendCL: it passes tickets on, and watches.
#![allow(clippy::print_stderr, reason = "a program that talks to people")]

mod backend;
mod children;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use ascend_ipc::memory::{self, DeviceBuffer, HostBuffer};
use ascend_ipc::{Access, BarePid, MemoryTicket, Notify, NotifyTicket, Stream, WaitLimit, notify};
use clap::Parser;
use serde::{Deserialize, Serialize};

use backend::Outcome;
use children::{Children, Parent, Place};

/// Passes a number round through processes that wait for each other on their devices
#[derive(Debug, Parser)]
#[command(name = "ring", version)]
struct Options {
    /// How many processes there are
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(2..=64))]
    processes: u32,
    /// How often the token goes round
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rounds: u64,
    #[command(flatten)]
    place: Place,
}

/// Child → parent, first.
#[derive(Serialize, Deserialize)]
struct Hello {
    process: BarePid,
    backend: String,
}

fn main() -> ExitCode {
    let options = Options::parse();
    children::run(&options.place, || watch(&options), |role, parent| member(&options, role, parent))
}

/// The parent.
fn watch(options: &Options) -> Outcome<String> {
    let count = options.processes as usize;
    let (before, after) = (|role| (role + count - 1) % count, |role| (role + 1) % count);
    let mut members = Children::start("member", options.processes, &options.place)?;
    let hellos: Vec<Hello> = members.hear()?;
    members.tell(|role| hellos[before(role)].process)?;
    let tickets: Vec<(MemoryTicket, NotifyTicket)> = members.hear()?;
    members.tell(|role| &tickets[after(role)])?;
    members.hear::<()>()?; // all have opened what they will use
    members.tell(|_| ())?;

    // Each single wait is bounded in the children; whoever fails or dies is heard of at once.
    let patience = options.place.timeout.saturating_mul(u32::try_from(options.rounds)?.saturating_add(1));
    let seconds: Vec<f64> = members.hear_within(patience)?;
    drop(tickets); // who passes a ticket on keeps the lease for the others, until they are done
    members.tell(|_| ())?;
    members.finish()?;
    Ok(format!(
        "ring: the token went {} times round {count} processes, each hop as expected, {:.0} µs a round trip; backend: {}",
        options.rounds,
        seconds[0] * 1e6 / options.rounds as f64,
        hellos[0].backend,
    ))
}

/// What a member works with.
struct Member {
    stream: Stream,
    patience: Duration,
    /// Where the token arrives.
    cell: DeviceBuffer<u64, memory::Shared>,
    arrived: Notify<notify::Shared>,
    /// Where it goes.
    next_cell: DeviceBuffer<u64, memory::Opened>,
    next: Notify<notify::Opened>,
    /// On its way it passes through memory of this device, which takes part in copies from and to the host.
    local: DeviceBuffer<u64>,
    staging: HostBuffer<u64>,
}

/// A child.
fn member(options: &Options, role: u32, parent: &Parent) -> Outcome {
    let patience = options.place.timeout;
    let acl = options.place.runtime()?;
    let device = options.place.device(&acl, role)?;
    parent.tell(&Hello { process: acl.bare_pid()?, backend: backend::describe(&acl) })?;
    let before: BarePid = parent.hear()?;
    let (cell, cell_ticket) = device.allocate::<u64>(1)?.share(Access::Processes(&[before]))?;
    let (arrived, arrived_ticket) = Notify::create(&device)?.share(Access::Processes(&[before]))?;
    parent.tell(&(cell_ticket, arrived_ticket))?;
    let (next_cell, next): (MemoryTicket, NotifyTicket) = parent.hear()?;
    let (next_cell, next) = (next_cell.open(&device)?, next.open(&device)?);
    let (local, staging) = (device.allocate(1)?, device.allocate_host(1)?);
    let stream = device.create_stream()?;
    let mut member = Member { stream, patience, cell, arrived, next_cell, next, local, staging };
    parent.tell(&())?;
    parent.hear::<()>()?;

    let (count, rank) = (u64::from(options.processes), u64::from(role));
    let start = Instant::now();
    for round in 0..options.rounds {
        let hops = round * count + rank;
        if hops > 0 {
            member.receive(hops)?;
        }
        member.pass(hops + 1)?;
    }
    if role == 0 {
        member.receive(options.rounds * count)?;
    }
    member.stream.synchronize(patience)?;
    let seconds = start.elapsed().as_secs_f64();

    // What belongs to the neighbour first; then, when all have done so, what the neighbour used.
    let Member { cell, arrived, next_cell, next, .. } = member;
    drop((next_cell, next));
    parent.tell(&seconds)?;
    parent.hear::<()>()?;
    arrived.close(patience)?;
    cell.close(patience)?;
    Ok(())
}

impl Member {
    /// Waits for the token, which has made so many hops.
    fn receive(&mut self, hops: u64) -> Outcome {
        self.arrived.wait(&self.stream, WaitLimit::NONE)?; // the synchronise below has the limit
        self.stream.download(self.cell.slice(..)?, self.staging.slice_mut(..)?)?;
        self.stream.synchronize(self.patience).map_err(|error| format!("waiting for hop {hops}: {error}"))?;
        match self.staging.elements()? {
            [found] if *found == hops => Ok(()),
            found => Err(format!("the token arrived as {found:?}, not {hops}").into()),
        }
    }

    /// Passes the token on; the stream goes on by itself.
    fn pass(&mut self, token: u64) -> Outcome {
        self.staging.elements_mut()?.fill(token);
        self.stream.upload(self.staging.slice(..)?, self.local.slice_mut(..)?)?;
        self.stream.copy(self.local.slice(..)?, self.next_cell.slice_mut(..)?)?;
        Ok(self.next.record(&self.stream)?)
    }
}
