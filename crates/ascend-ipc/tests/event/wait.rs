//! `IpcEvent::wait`: on the device, for a record of another process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ascend_ipc::event::Opened;
use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Stream, Ticket};
use ascend_testkit::{RoleCx, RoleResult, roles};

use crate::stage::{GLANCE, Link, Outcome, PATIENCE, channel, device, hold, on_each_link};

roles![holder, waiter, early, stranger, elsewhere, unbound, twice, second];

/// Records behind a latch, which it opens when every waiter has shown that it waits.
fn holder(cx: &mut RoleCx, (link, waiters): (Link, u32)) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    for _ in 0..waiters {
        cx.send("offer", &(ticket.clone(), recorded))?;
    }
    for _ in 0..waiters {
        cx.receive::<()>("waiting")?;
    }
    assert!(!event.is_complete(&recorded)?, "the latch holds the stream");
    latch.release();
    stream.synchronize(PATIENCE)?;
    cx.barrier("end")?; // the event is there until everybody has waited
    Ok(())
}

/// Whether the stream has come past everything that was submitted to it.
fn passed(stream: &Stream) -> Outcome<Arc<AtomicBool>> {
    let passed = Arc::new(AtomicBool::new(false));
    let mark = Arc::clone(&passed);
    stream.launch_host(move || mark.store(true, Ordering::SeqCst))?;
    Ok(passed)
}

/// Waits, and proves that its stream did: work behind the wait runs after the latch was opened, and not before.
fn prove(cx: &RoleCx, stream: &Stream, event: &IpcEvent<Opened>, recorded: &Recorded) -> RoleResult {
    event.wait(stream, recorded)?;
    let passed = passed(stream)?;
    assert_eq!(stream.synchronize(GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    assert!(!stream.is_complete()?);
    assert!(!passed.load(Ordering::SeqCst), "work behind the wait ran before the record");
    cx.send("waiting", &())?;
    stream.synchronize(PATIENCE)?;
    assert!(passed.load(Ordering::SeqCst));
    Ok(())
}

fn waiter(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let (ticket, recorded): (Ticket, Recorded) = cx.receive("offer")?;
    let event = ticket.open(&device)?;
    prove(cx, &stream, &event, &recorded)?;
    cx.barrier("end")?;
    Ok(())
}

on_each_link! {
    fn wait_blocks_the_stream_until_the_record_is_executed(s, link) {
        let holder = s.spawn(holder, (link, 1_u32));
        let waiter = s.spawn(waiter, link);
        s.relay(&holder, "offer", &waiter);
        s.relay(&waiter, "waiting", &holder);
        s.barrier("end", [&holder, &waiter]);
    }

    fn every_one_of_several_waiters_waits(s, link) {
        let holder = s.spawn(holder, (link, 4_u32));
        let waiters: Vec<_> = (0..4).map(|_| s.spawn(waiter, link)).collect();
        for waiter in &waiters {
            s.relay(&holder, "offer", waiter);
        }
        for waiter in &waiters {
            s.relay(waiter, "waiting", &holder);
        }
        s.barrier("end", std::iter::once(&holder).chain(&waiters));
    }

    fn wait_works_on_a_thread_that_never_touched_the_device(s, link) {
        let holder = s.spawn(holder, (link, 1_u32));
        let waiter = s.spawn(unbound, link);
        s.relay(&holder, "offer", &waiter);
        s.relay(&waiter, "waiting", &holder);
        s.barrier("end", [&holder, &waiter]);
    }

    fn wait_latest_before_any_record_does_not_block(s, link) {
        let creator = s.spawn(second, link);
        let early = s.spawn(early, link);
        s.connect("channel", &creator, &early);
    }

    fn wait_with_the_record_of_another_event_is_refused(s, link) {
        let creator = s.spawn(second, link);
        let stranger = s.spawn(stranger, link);
        s.connect("channel", &creator, &stranger);
    }

    fn a_wait_stays_with_the_record_that_was_latest_when_it_was_called(s, link) {
        let creator = s.spawn(twice, link);
        let waiter = s.spawn(bound, link);
        s.connect("channel", &creator, &waiter);
    }
}

roles![bound];

fn unbound(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let (ticket, recorded): (Ticket, Recorded) = cx.receive("offer")?;
    let event = ticket.open(&device)?;
    std::thread::scope(|threads| {
        // Errors of roles do not cross threads; their texts do.
        let there = threads.spawn(|| prove(cx, &stream, &event, &recorded).map_err(|error| error.to_string()));
        there.join().expect("the thread ends in order")
    })?;
    cx.barrier("end")?;
    Ok(())
}

/// Shares two events, records the second, and ends when the other role has looked at them.
fn second(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (first, first_ticket) = IpcEvent::create(&device)?.share()?;
    let (other, _) = IpcEvent::create(&device)?.share()?;
    let of_other = other.record(&stream)?;
    channel.send(&(first_ticket, of_other), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    first.close(PATIENCE)?;
    Ok(())
}

fn early(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, _): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    ticket.open(&device)?.wait_latest(&stream)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn stranger(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, of_other): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    for error in [
        event.wait(&stream, &of_other).unwrap_err(),
        event.is_complete(&of_other).unwrap_err(),
        event.wait_host(&of_other, PATIENCE).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Misuse);
        assert!(error.to_string().contains(&ticket.event_id().to_string()), "{error}");
    }
    channel.send(&(), PATIENCE)?;
    Ok(())
}

/// Records once behind a latch, then, when the other role's wait is bound, again behind another.
fn twice(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let streams = [device.create_stream()?, device.create_stream()?];
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latches = [hold(&streams[0])?, hold(&streams[1])?];
    let first = event.record(&streams[0])?;
    channel.send(&(ticket, first), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // the wait is bound
    let latest = event.record(&streams[1])?;
    latches[0].release();
    channel.receive::<()>(PATIENCE)?; // the first record was enough for it
    assert!(!event.is_complete(&latest)?);
    latches[1].release();
    event.wait_host(&latest, PATIENCE)?;
    Ok(())
}

fn bound(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    event.wait(&stream, &recorded)?;
    assert_eq!(stream.synchronize(GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    channel.send(&(), PATIENCE)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    Ok(())
}

#[test]
fn wait_on_a_stream_of_another_device_is_refused_and_names_both() {
    ascend_testkit::run(|s| {
        crate::stage::require(s, crate::stage::CROSS_DEVICE);
        let creator = s.spawn(second, crate::stage::CROSS_DEVICE);
        let elsewhere = s.spawn(elsewhere, ());
        s.connect("channel", &creator, &elsewhere);
    });
}

fn elsewhere(cx: &mut RoleCx, (): ()) -> RoleResult {
    let there = device(cx, 1)?;
    let stream = device(cx, 0)?.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, _): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let error = ticket.open(&there)?.wait_latest(&stream).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    assert!(error.to_string().contains("device 1") && error.to_string().contains("device 0"), "{error}");
    channel.send(&(), PATIENCE)?;
    Ok(())
}
