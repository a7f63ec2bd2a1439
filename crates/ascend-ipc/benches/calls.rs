//! What the safe calls add to the raw ones: record, wait and query, on the simulator, both in one run.
//!
//! # Safety
//! The raw half calls the function table with handles that it created itself.
#![allow(unsafe_code)]

use std::hint::black_box;
use std::time::Duration;

use ascend_ipc::{Channel, IpcEvent, Recorded, Runtime, Ticket};
use ascend_sim::TABLE;
use ascend_sys::abi::ACL_EVENT_IPC;
use criterion::{Criterion, criterion_group, criterion_main};

const PATIENCE: Duration = Duration::from_secs(10);

fn record(c: &mut Criterion) {
    let mut group = c.benchmark_group("record");
    let (record, create, stream_new) =
        (TABLE.aclrtRecordEvent.unwrap(), TABLE.aclrtCreateEventExWithFlag.unwrap(), TABLE.aclrtCreateStream.unwrap());
    let acl = Runtime::simulated().unwrap();
    let device = acl.device(0).unwrap();
    let (mut event, mut stream) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: writable pointers; this thread is bound to the device.
    assert_eq!(unsafe { create(&raw mut event, ACL_EVENT_IPC) }, 0);
    // SAFETY: as above.
    assert_eq!(unsafe { stream_new(&raw mut stream) }, 0);
    group.bench_function("raw", |b| {
        b.iter(|| {
            // SAFETY: the event and the stream created above.
            black_box(unsafe { record(black_box(event), black_box(stream)) })
        });
    });
    let safe_stream = device.create_stream().unwrap();
    let (safe_event, _) = IpcEvent::create(&device).unwrap().share().unwrap();
    group.bench_function("safe", |b| b.iter(|| black_box(black_box(&safe_event).record(black_box(&safe_stream)))));
    group.finish();
}

/// The waiting side needs a peer: this binary again, which shares a recorded event and stays.
fn wait(c: &mut Criterion) {
    let (channel, theirs) = Channel::pair().unwrap();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.env("ASCEND_IPC_BENCH_PEER", "1");
    theirs.pass_to(&mut command);
    let mut peer = command.spawn().unwrap();
    drop(command);
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE).unwrap();
    let device = Runtime::simulated().unwrap().device(0).unwrap();
    let stream = device.create_stream().unwrap();
    let event = ticket.open(&device).unwrap();

    let mut group = c.benchmark_group("wait, satisfied");
    group.bench_function("safe", |b| {
        b.iter(|| black_box(black_box(&event).wait(black_box(&stream), black_box(&recorded))))
    });
    group.finish();
    let mut group = c.benchmark_group("query");
    group.bench_function("safe", |b| b.iter(|| black_box(black_box(&event).is_complete(black_box(&recorded)))));
    group.finish();
    drop(channel);
    peer.wait().unwrap();
}

/// Shares a recorded event, and stays until the other end hangs up.
fn peer() {
    let channel = Channel::inherited().unwrap();
    let device = Runtime::simulated().unwrap().device(0).unwrap();
    let stream = device.create_stream().unwrap();
    let (event, ticket) = IpcEvent::create(&device).unwrap().share().unwrap();
    let recorded = event.record(&stream).unwrap();
    channel.send(&(ticket, recorded), PATIENCE).unwrap();
    let _ = channel.receive::<()>(Duration::from_secs(600)); // ends with the channel
}

fn calls(c: &mut Criterion) {
    if std::env::var_os("ASCEND_IPC_BENCH_PEER").is_some() {
        peer();
        std::process::exit(0);
    }
    record(c);
    wait(c);
}

criterion_group!(benches, calls);
criterion_main!(benches);
