//! `Notify::wait`: on the device, for a record of another process, before or after it.

use std::time::{Duration, Instant};

use ascend_ipc::{Access, ErrorKind, Notify, NotifyTicket, WaitLimit};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{CROSS_DEVICE, GLANCE, Link, PATIENCE, SAME_DEVICE, channel, device, hold, on_each_link, require};

roles![early_waiter, held_recorder, late_waiter, early_recorder, greedy, frugal, limited, elsewhere, unbound];

/// Waits before the record is called, and again while it is called but not executed.
fn early_waiter(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device)?.share(Access::AnyProcess)?;
    notify.wait(&stream, WaitLimit::NONE)?;
    assert_eq!(stream.synchronize(GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // the record is called, and held
    assert_eq!(stream.synchronize(GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    assert!(!stream.is_complete()?);
    channel.send(&(), PATIENCE)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn held_recorder(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let notify = channel.receive::<NotifyTicket>(PATIENCE)?.open(&device)?;
    let latch = hold(&stream)?;
    notify.record(&stream)?;
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    latch.release();
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

/// Waits, twice, when a record was executed long ago: once it passes.
fn late_waiter(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device)?.share(Access::AnyProcess)?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // two records are executed
    notify.wait(&stream, WaitLimit::NONE)?;
    stream.synchronize(PATIENCE)?;
    notify.wait(&stream, WaitLimit::NONE)?;
    assert_eq!(stream.synchronize(GLANCE).unwrap_err().kind(), ErrorKind::Timeout, "the second record is lost");
    channel.send(&(), PATIENCE)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn early_recorder(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let notify = channel.receive::<NotifyTicket>(PATIENCE)?.open(&device)?;
    notify.record(&stream)?;
    notify.record(&stream)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    notify.record(&stream)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

/// Lets two streams wait: each record lets one pass.
fn greedy(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let streams = [device.create_stream()?, device.create_stream()?];
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device)?.share(Access::AnyProcess)?;
    for stream in &streams {
        notify.wait(stream, WaitLimit::NONE)?;
    }
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // one record is executed
    let start = Instant::now();
    let done = || streams.iter().map(ascend_ipc::Stream::is_complete).collect::<ascend_ipc::Result<Vec<_>>>();
    while !done()?.contains(&true) && start.elapsed() < PATIENCE {
        std::thread::yield_now();
    }
    std::thread::sleep(GLANCE);
    assert_eq!(done()?.iter().filter(|done| **done).count(), 1, "one record, one wait");
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    for stream in &streams {
        stream.synchronize(PATIENCE)?;
    }
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn frugal(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let notify = channel.receive::<NotifyTicket>(PATIENCE)?.open(&device)?;
    for _ in 0..2 {
        notify.record(&stream)?;
        stream.synchronize(PATIENCE)?;
        channel.send(&(), PATIENCE)?;
        channel.receive::<()>(PATIENCE)?;
    }
    Ok(())
}

fn limited(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let notify = Notify::create(&device)?;
    let start = Instant::now();
    notify.wait(&stream, Duration::from_millis(10))?; // rounded up to a second
    let error = stream.synchronize(PATIENCE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired, "{error}");
    assert!(start.elapsed() > Duration::from_millis(900), "{:?}", start.elapsed());
    notify.wait(&stream, WaitLimit::NONE)?;
    assert_eq!(stream.synchronize(Duration::from_millis(1200)).unwrap_err().kind(), ErrorKind::Timeout);
    Ok(())
}

fn elsewhere(cx: &mut RoleCx, (): ()) -> RoleResult {
    let stream = device(cx, 0)?.create_stream()?;
    let notify = Notify::create(&device(cx, 1)?)?;
    let error = notify.wait(&stream, WaitLimit::NONE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    assert!(error.failed_call().is_none(), "the runtime is not asked: {error}");
    assert!(error.to_string().contains("device 1") && error.to_string().contains("device 0"), "{error}");
    stream.synchronize(PATIENCE)?;
    Ok(())
}

/// Waits, and drops the notify, on threads that were never bound to the device.
fn unbound(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device)?.share(Access::AnyProcess)?;
    channel.send(&ticket, PATIENCE)?;
    let notify = std::thread::scope(|threads| {
        let there = threads.spawn(|| notify.wait(&stream, WaitLimit::NONE).map(|()| notify));
        there.join().expect("the thread ends in order")
    })?;
    channel.receive::<()>(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    stream.synchronize(PATIENCE)?;
    std::thread::spawn(move || notify.close(PATIENCE)).join().expect("the thread ends in order")?;
    channel.send(&ticket.to_hex(), PATIENCE)?; // as text it carries no lease, so it can be sent
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

on_each_link! {
    fn a_wait_blocks_the_stream_until_the_record_is_executed(s, link) {
        let waiter = s.spawn(early_waiter, link);
        let recorder = s.spawn(held_recorder, link);
        s.connect("channel", &waiter, &recorder);
    }

    fn an_early_record_is_remembered_once(s, link) {
        let waiter = s.spawn(late_waiter, link);
        let recorder = s.spawn(early_recorder, link);
        s.connect("channel", &waiter, &recorder);
    }

    fn one_record_lets_one_wait_pass(s, link) {
        let greedy = s.spawn(greedy, link);
        let frugal = s.spawn(frugal, link);
        s.connect("channel", &greedy, &frugal);
    }

    fn wait_record_and_close_work_on_threads_that_never_touched_the_device(s, link) {
        let waiter = s.spawn(unbound, link);
        let recorder = s.spawn(unbound_recorder, link);
        s.connect("channel", &waiter, &recorder);
    }
}

roles![unbound_recorder];

fn unbound_recorder(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let notify = channel.receive::<NotifyTicket>(PATIENCE)?.open(&device)?;
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    let there = std::thread::scope(|threads| {
        let there = threads.spawn(|| notify.record(&stream).and_then(|()| stream.synchronize(PATIENCE)));
        there.join().expect("the thread ends in order")
    });
    there?;
    std::thread::spawn(move || drop(notify)).join().expect("the thread ends in order");
    let ticket: NotifyTicket = channel.receive::<String>(PATIENCE)?.parse()?;
    assert_eq!(ticket.open(&device).unwrap_err().kind(), ErrorKind::Stale, "closing has destroyed it");
    channel.send(&(), PATIENCE)?;
    Ok(())
}

#[test]
fn a_wait_that_runs_into_its_limit_is_told_at_the_next_synchronise() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(limited, ());
    });
}

#[test]
fn a_wait_on_a_stream_of_another_device_is_refused_and_names_both() {
    run(|s| {
        require(s, CROSS_DEVICE);
        s.spawn(elsewhere, ());
    });
}
