//! A store fills pages of keys and values in device memory, and workers read each batch as soon as it is there.
//!
//! The parent is the store: it goes on without waiting for anybody, and has one event for each batch of pages. Each child is
//! a worker on a device of its own, which lets its stream wait for a batch, copies it and compares every element.
#![allow(clippy::print_stderr, reason = "a program that talks to people")]

mod backend;
mod children;

use std::process::ExitCode;

use ascend_ipc::{Access, BarePid, IpcEvent, MemoryTicket, Recorded, Ticket};
use clap::Parser;
use serde::{Deserialize, Serialize};

use backend::Outcome;
use children::{Children, Parent, Place};

/// Lets worker processes read pages of device memory as a store process produces them
#[derive(Debug, Parser)]
#[command(name = "key_value_cache", version)]
struct Options {
    /// How many processes read the pages
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    workers: u32,
    /// How many pages there are
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=512))]
    pages: u32,
    /// Elements of a page: half of them keys, half of them values
    #[arg(long, default_value_t = 16384, value_parser = clap::value_parser!(u32).range(2..=1 << 18))]
    elements: u32,
    /// Pages that are handed over together
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=512))]
    batch: u32,
    #[command(flatten)]
    place: Place,
}

/// Store → worker: what the next pages wait for, in order; `None` when there are no more.
#[derive(Serialize, Deserialize)]
struct Batch {
    pages: u32,
    ready: Ticket,
    recorded: Recorded,
}

fn main() -> ExitCode {
    let options = Options::parse();
    children::run(&options.place, || store(&options), |role, parent| work(&options, role, parent))
}

/// What an element of a page is: keys are positive, values negative; whole numbers below 2²⁴ are exact.
fn element(page: u32, index: usize, length: usize) -> f32 {
    let number = ((page as usize * 4099 + index * 31) % (1 << 24) + 1) as f32;
    if index < length / 2 { number } else { -number }
}

/// The parent.
fn store(options: &Options) -> Outcome<String> {
    let patience = options.place.timeout;
    let length = options.elements as usize;
    let mut workers = Children::start("worker", options.workers, &options.place)?;
    let acl = options.place.runtime()?;
    let device = options.place.device(&acl, 0)?;
    let stream = device.create_stream()?;
    let allowed: Vec<BarePid> = workers.hear()?;
    let pages = device.allocate::<f32>(options.pages as usize * length)?;
    let (mut pages, ticket) = pages.share(Access::Processes(&allowed))?;
    workers.tell(|_| &ticket)?;

    let mut events = Vec::new();
    for first in (0..options.pages).step_by(options.batch as usize) {
        let count = options.batch.min(options.pages - first);
        // In a program a kernel would compute the pages; the stream keeps the staging memory until it has passed it.
        let mut staging = device.allocate_host::<f32>(count as usize * length)?;
        for (page, content) in (first..).zip(staging.elements_mut()?.chunks_exact_mut(length)) {
            content.iter_mut().enumerate().for_each(|(index, here)| *here = element(page, index, length));
        }
        let at = first as usize * length;
        stream.upload(staging.slice(..)?, pages.slice_mut(at..at + staging.len())?)?;
        let (event, ready) = IpcEvent::create(&device)?.share()?;
        let recorded = event.record(&stream)?;
        workers.tell(|_| Some(Batch { pages: count, ready: ready.clone(), recorded }))?;
        events.push(event);
        stream.is_complete()?; // lets go of the staging memory that it has passed
    }
    workers.tell(|_| None::<Batch>)?;

    let compared: Vec<u32> = workers.hear_within(patience.saturating_mul(options.pages + 1))?;
    if let Some(wrong) = compared.iter().find(|compared| **compared != options.pages) {
        return Err(format!("a worker compared {wrong} of {} pages", options.pages).into());
    }
    stream.synchronize(patience)?;
    let batches = events.len();
    for event in events {
        event.close(patience)?; // waits for the leases of all workers
    }
    pages.close(patience)?;
    workers.finish()?;
    Ok(format!(
        "key_value_cache: {} workers compared {} pages of {length} elements, {batches} events; backend: {}",
        options.workers,
        options.pages,
        backend::describe(&acl),
    ))
}

/// A child.
fn work(options: &Options, role: u32, parent: &Parent) -> Outcome {
    let length = options.elements as usize;
    let acl = options.place.runtime()?;
    let device = options.place.device(&acl, role + 1)?;
    let stream = device.create_stream()?;
    parent.tell(&acl.bare_pid()?)?;
    let pages = parent.hear::<MemoryTicket>()?.open::<f32>(&device)?;

    // Memory of another device takes no part in copies to the host: it goes through a buffer of this device.
    let room = options.batch.min(options.pages) as usize * length;
    let (mut local, mut staging) = (device.allocate::<f32>(room)?, device.allocate_host::<f32>(room)?);
    let mut compared = 0;
    while let Some(Batch { pages: count, ready, recorded }) = parent.hear()? {
        let (at, size) = (compared as usize * length, count as usize * length);
        let ready = ready.open(&device)?;
        ready.wait(&stream, &recorded)?;
        stream.copy(pages.slice(at..at + size)?, local.slice_mut(..size)?)?;
        stream.download(local.slice(..size)?, staging.slice_mut(..size)?)?;
        stream.synchronize(options.place.timeout)?;
        for (page, content) in (compared..).zip(staging.elements()?[..size].chunks_exact(length)) {
            for (index, found) in content.iter().enumerate() {
                let expected = element(page, index, length);
                if *found != expected {
                    return Err(format!("page {page}, element {index} is {found}, not {expected}").into());
                }
            }
        }
        compared += count;
    }
    drop(pages);
    parent.tell(&compared)
}
