//! A pipeline's steady state: data arrives whole and in order, and neither end runs over the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use ascend_ipc::memory::Opened;
use ascend_ipc::pipeline::{Consumer, Producer};
use ascend_ipc::{Access, BarePid, Channel, Device, DeviceBuffer, ErrorKind, HostBuffer, MemoryTicket};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{
    GLANCE, Link, Outcome, PATIENCE, SAME_DEVICE, channel, device, hold, on_each_link, require, runtime,
};

const TURNS: usize = 1000;
/// After so many hand-overs the host synchronises, so that what copies keep is let go of.
const STRETCH: usize = 100;
const BYTES: usize = 256;

roles![producer, consumer, eager, held, clumsy, careful];

/// What turn number so many carries; every byte depends on the turn.
fn content(turn: usize) -> Vec<u8> {
    (0..BYTES).map(|index| (turn * 31 + index * 7 + turn / 256) as u8).collect()
}

/// The slots: memory of the consumer, which lets the producer open it.
fn open_slots(cx: &RoleCx, channel: &Channel, device: &Device, slots: usize) -> Outcome<Vec<DeviceBuffer<u8, Opened>>> {
    channel.send(&runtime(cx)?.bare_pid()?, PATIENCE)?;
    let tickets: Vec<MemoryTicket> = channel.receive(PATIENCE)?;
    assert_eq!(tickets.len(), slots);
    Ok(tickets.iter().map(|ticket| ticket.open(device)).collect::<Result<_, _>>()?)
}

fn producer(cx: &mut RoleCx, (link, slots): (Link, usize)) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let mut buffers = open_slots(cx, &channel, &device, slots)?;
    let mut local: Vec<DeviceBuffer> = (0..STRETCH).map(|_| device.allocate(BYTES)).collect::<Result<_, _>>()?;
    let mut host: Vec<HostBuffer> = (0..STRETCH).map(|_| device.allocate_host(BYTES)).collect::<Result<_, _>>()?;
    let mut pipe = Producer::set_up(&channel, &device, slots, PATIENCE)?;
    for stretch in 0..TURNS / STRETCH {
        for (index, host) in host.iter_mut().enumerate() {
            host.elements_mut()?.copy_from_slice(&content(stretch * STRETCH + index));
        }
        for index in 0..STRETCH {
            pipe.produce(&stream, |slot| {
                assert_eq!(slot, (stretch * STRETCH + index) % slots);
                // Memory of another device takes no part in copies from the host.
                stream.upload(host[index].slice(..)?, local[index].slice_mut(..)?)?;
                stream.copy(local[index].slice(..)?, buffers[slot].slice_mut(..)?)
            })?;
        }
        pipe.synchronize(&stream, PATIENCE)?;
    }
    assert_eq!(pipe.turns(), TURNS as u64);
    pipe.finish(&stream, PATIENCE)?;
    Ok(())
}

fn consumer(cx: &mut RoleCx, (link, slots): (Link, usize)) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let peer: BarePid = channel.receive(PATIENCE)?;
    let mut buffers = Vec::new();
    let mut tickets = Vec::new();
    for _ in 0..slots {
        let (buffer, ticket) = device.allocate::<u8>(BYTES)?.share(Access::Processes(&[peer]))?;
        buffers.push(buffer);
        tickets.push(ticket);
    }
    channel.send(&tickets, PATIENCE)?;
    let mut host: Vec<HostBuffer> = (0..STRETCH).map(|_| device.allocate_host(BYTES)).collect::<Result<_, _>>()?;
    let mut pipe = Consumer::set_up(&channel, &device, slots, PATIENCE)?;
    for stretch in 0..TURNS / STRETCH {
        for host in &mut host {
            pipe.consume(&stream, |slot| stream.download(buffers[slot].slice(..)?, host.slice_mut(..)?))?;
        }
        pipe.synchronize(&stream, PATIENCE)?;
        for (index, host) in host.iter().enumerate() {
            let turn = stretch * STRETCH + index;
            assert_eq!(host.elements()?, content(turn), "turn {turn}");
        }
    }
    pipe.finish(&stream, PATIENCE)?;
    Ok(())
}

on_each_link! {
    fn a_thousand_hand_overs_through_two_slots_arrive_whole_and_in_order(s, link) {
        let producer = s.spawn(producer, (link, 2_usize));
        let consumer = s.spawn(consumer, (link, 2_usize));
        s.connect("channel", &producer, &consumer);
    }

    fn a_thousand_hand_overs_through_one_slot_arrive_whole_and_in_order(s, link) {
        let producer = s.spawn(producer, (link, 1_usize));
        let consumer = s.spawn(consumer, (link, 1_usize));
        s.connect("channel", &producer, &consumer);
    }

    fn a_thousand_hand_overs_through_seven_slots_arrive_whole_and_in_order(s, link) {
        let producer = s.spawn(producer, (link, 7_usize));
        let consumer = s.spawn(consumer, (link, 7_usize));
        s.connect("channel", &producer, &consumer);
    }

    fn each_end_waits_for_the_other(s, link) {
        let eager = s.spawn(eager, link);
        let held = s.spawn(held, link);
        s.connect("channel", &eager, &held);
    }
}

/// Waits until the mark is set, within bounds; whoever looks at it afterwards sees whether it was.
fn until(mark: &AtomicBool) {
    let start = Instant::now();
    while !mark.load(Ordering::SeqCst) && start.elapsed() < PATIENCE {
        std::thread::yield_now();
    }
    assert!(mark.load(Ordering::SeqCst), "in good time");
}

/// Fills two slots, and may not fill the third before the other end has emptied the first.
fn eager(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let mut pipe = Producer::set_up(&channel, &device, 2, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // the consumer's stream waits for the first
    let passed: Vec<Arc<AtomicBool>> = (0..3).map(|_| Arc::default()).collect();
    for passed in &passed {
        let passed = Arc::clone(passed);
        pipe.produce(&stream, |_| stream.launch_host(move || passed.store(true, Ordering::SeqCst)))?;
    }
    until(&passed[1]);
    assert_eq!(pipe.synchronize(&stream, GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    let seen: Vec<bool> = passed.iter().map(|passed| passed.load(Ordering::SeqCst)).collect();
    assert_eq!(seen, [true, true, false], "the consumer is held in the first slot");
    channel.send(&(), PATIENCE)?;
    pipe.synchronize(&stream, PATIENCE)?;
    assert!(passed[2].load(Ordering::SeqCst));
    pipe.finish(&stream, PATIENCE)?;
    Ok(())
}

/// Empties three slots, held in the first until told.
fn held(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let mut pipe = Consumer::set_up(&channel, &device, 2, PATIENCE)?;
    let reached = Arc::new(AtomicBool::new(false));
    let mark = Arc::clone(&reached);
    let latch = pipe.consume(&stream, |_| {
        stream.launch_host(move || mark.store(true, Ordering::SeqCst))?;
        Ok(hold(&stream))
    })??;
    for _ in 0..2 {
        pipe.consume(&stream, |_| Ok(()))?;
    }
    assert_eq!(pipe.synchronize(&stream, GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    assert!(!reached.load(Ordering::SeqCst), "nothing is produced yet");
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    until(&reached);
    latch.release();
    pipe.finish(&stream, PATIENCE)?;
    Ok(())
}

#[test]
fn a_refused_turn_is_tried_again_and_another_stream_is_refused() {
    run(|s| {
        require(s, SAME_DEVICE);
        let clumsy = s.spawn(clumsy, ());
        let careful = s.spawn(careful, ());
        s.connect("channel", &clumsy, &careful);
    });
}

fn clumsy(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let (stream, other) = (device.create_stream()?, device.create_stream()?);
    let small = device.allocate::<u8>(4)?;
    let channel = channel(cx)?;
    let mut pipe = Producer::set_up(&channel, &device, 2, PATIENCE)?;
    for turn in 0..6 {
        let error = pipe.produce(&stream, |_| small.slice(3..5).map(drop)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse);
        // Also before anything was handed over: some of the refused work may be on the stream.
        assert!(pipe.produce(&other, Ok).unwrap_err().to_string().contains("another"));
        assert_eq!(pipe.produce(&stream, Ok)?, turn % 2);
        let error = pipe.produce(&other, Ok).unwrap_err();
        assert!(error.to_string().contains("another"), "{error}");
    }
    assert_eq!(pipe.turns(), 6);
    pipe.synchronize(&stream, PATIENCE)?;
    let refused = pipe.finish(&other, PATIENCE).unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::Misuse);
    // The other end holds this one's notifies until it is told.
    let refused = refused.value.finish(&stream, GLANCE).unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::Timeout);
    let mut pipe = refused.value;
    assert_eq!(pipe.produce(&stream, Ok).unwrap_err().kind(), ErrorKind::Misuse);
    channel.send(&(), PATIENCE)?;
    pipe.finish(&stream, PATIENCE)?;
    Ok(())
}

fn careful(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let mut pipe = Consumer::set_up(&channel, &device, 2, PATIENCE)?;
    for turn in 0..6 {
        assert_eq!(pipe.consume(&stream, Ok)?, turn % 2);
    }
    pipe.synchronize(&stream, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    pipe.finish(&stream, PATIENCE)?;
    Ok(())
}
