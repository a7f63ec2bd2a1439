//! Leases: an event stays as long as somebody holds it, and not longer.

use std::time::{Duration, Instant};

use ascend_ipc::{ErrorKind, IpcEvent, Leases, Recorded, Ticket};
use ascend_testkit::{At, RoleCx, RoleResult, roles};

use crate::stage::{GLANCE, Link, PATIENCE, channel, device, on_each_link};

roles![hasty, slow, closer, holder, survivor, doomed, lender, careless];

/// Shares, records, and drops its event before the other process has looked at the message.
fn hasty(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    assert_eq!((event.leases().sent, event.leases().opened.len()), (1, 0));
    drop(event);
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn slow(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // the exporter's value is gone by now
    std::thread::sleep(GLANCE);
    let event = ticket.open(&device)?;
    event.wait(&stream, &recorded)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn closer(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    assert_eq!(event.leases(), Leases::default());
    channel.send(&ticket, PATIENCE)?;
    let holder: u32 = channel.receive(PATIENCE)?;
    assert_eq!(event.leases().opened, [holder]);
    let refused = event.close(GLANCE).unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::Timeout);
    assert!(refused.error.to_string().contains(&format!("process {holder}")), "{}", refused.error);
    channel.send(&(), PATIENCE)?;
    refused.value.close(PATIENCE)?;
    Ok(())
}

fn holder(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let ticket: Ticket = channel.receive(PATIENCE)?;
    let (first, second) = (ticket.open(&device)?, ticket.open(&device)?);
    channel.send(&std::process::id(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    drop((first, ticket));
    drop(second); // the last one returns the lease
    Ok(())
}

fn survivor(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let _recorded = event.record(&stream)?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    cx.point("opened");
    assert_eq!(channel.receive::<()>(PATIENCE).unwrap_err().kind(), ErrorKind::ChannelClosed);
    let start = Instant::now();
    while event.leases().is_out() && start.elapsed() < PATIENCE {
        std::thread::yield_now(); // the kernel closes a dead process's descriptors one after the other
    }
    let leases = event.leases();
    assert_eq!((leases.is_out(), leases.died), (false, 1), "{leases}");
    // Whoever died may hold the event's lock: it is not touched again.
    assert_eq!(event.record(&stream).unwrap_err().kind(), ErrorKind::Poisoned);
    let start = Instant::now();
    event.close(PATIENCE)?;
    assert!(start.elapsed() < PATIENCE / 2, "nothing was left to wait for");
    Ok(())
}

fn doomed(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let ticket: Ticket = channel.receive(PATIENCE)?;
    let _event = ticket.open(&device)?;
    channel.send(&(), PATIENCE)?;
    cx.point("holding");
    std::thread::sleep(Duration::from_secs(60));
    Ok(())
}

fn lender(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    for _ in 0..300 {
        channel.send(&[&ticket, &ticket], PATIENCE)?; // several tickets a message, each with its own lease
        channel.receive::<()>(PATIENCE)?;
    }
    let leases = event.leases();
    assert_eq!((leases.is_out(), leases.died), (false, 0), "{leases}");
    event.close(PATIENCE)?;
    Ok(())
}

/// Receives and never opens.
fn careless(cx: &mut RoleCx, _: Link) -> RoleResult {
    let channel = channel(cx)?;
    for _ in 0..300 {
        drop(channel.receive::<[Ticket; 2]>(PATIENCE)?);
        channel.send(&(), PATIENCE)?;
    }
    Ok(())
}

roles![counting, prompt];

/// Sees after each round that the lease is back.
fn counting(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    for _ in 0..200 {
        let recorded = event.record(&stream)?;
        channel.send(&(&ticket, recorded), PATIENCE)?;
        channel.receive::<()>(PATIENCE)?;
        assert_eq!(event.leases(), Leases::default());
    }
    event.close(PATIENCE)?;
    Ok(())
}

/// Waits on the host, where the poller's thread has the event too, and drops all it has.
fn prompt(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    for _ in 0..200 {
        let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
        let event = ticket.open(&device)?;
        event.wait_host(&recorded, PATIENCE)?;
        drop((event, ticket));
        channel.send(&(), PATIENCE)?;
    }
    Ok(())
}

on_each_link! {
    fn an_event_that_is_dropped_while_its_ticket_is_under_way_can_still_be_opened(s, link) {
        let hasty = s.spawn(hasty, link);
        let slow = s.spawn(slow, link);
        s.connect("channel", &hasty, &slow);
    }

    fn closing_waits_for_the_holder_names_it_and_gives_the_event_back(s, link) {
        let closer = s.spawn(closer, link);
        let holder = s.spawn(holder, link);
        s.connect("channel", &closer, &holder);
    }

    fn the_death_of_a_holder_returns_its_lease_and_poisons_the_event(s, link) {
        let survivor = s.spawn(survivor, link);
        let doomed = s.spawn_armed(doomed, link, At::point("holding").kill());
        s.connect("channel", &survivor, &doomed);
        doomed.strike();
    }

    fn a_lease_is_back_when_the_holder_has_dropped_what_it_waited_for(s, link) {
        let counting = s.spawn(counting, link);
        let prompt = s.spawn(prompt, link);
        s.connect("channel", &counting, &prompt);
    }

    fn tickets_that_are_dropped_unopened_return_their_leases(s, link) {
        let lender = s.spawn(lender, link);
        let careless = s.spawn(careless, link);
        s.connect("channel", &lender, &careless);
    }
}
