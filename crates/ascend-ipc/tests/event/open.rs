//! `Ticket::open`.

use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Ticket};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{Link, PATIENCE, SAME_DEVICE, channel, device, on_each_link, require};

roles![creator, late, again, own, closer];

/// Shares an event, and ends or closes it when told.
fn creator(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let recorded = event.record(&stream)?;
    event.wait_host(&recorded, PATIENCE)?;
    cx.send("offer", &(ticket, recorded))?;
    cx.receive::<()>("end")?;
    Ok(())
}

fn late(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let (ticket, _): (Ticket, Recorded) = cx.receive("offer")?;
    let error = ticket.open(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    assert!(error.failed_call().is_none(), "the runtime is not asked: {error}");
    Ok(())
}

fn again(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let (ticket, recorded): (Ticket, Recorded) = cx.receive("offer")?;
    let events = [ticket.open(&device)?, ticket.open(&device)?, ticket.open(&device)?];
    for event in &events {
        event.wait(&stream, &recorded)?;
        event.wait_host(&recorded, PATIENCE)?;
    }
    let [first, ..] = events;
    drop(first); // does not end the others
    stream.synchronize(PATIENCE)?;
    cx.send("end", &())?;
    Ok(())
}

/// Closes its event, but lives on.
fn closer(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let channel = channel(cx)?;
    let stream = device.create_stream()?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let recorded = event.record(&stream)?;
    event.close(PATIENCE)?;
    let error = channel.send(&(&ticket, recorded), PATIENCE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    channel.send(&(ticket.to_hex(), recorded), PATIENCE)?; // as text it carries no lease, and nobody can tell
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

roles![disappointed];

fn disappointed(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let (ticket, _): (String, Recorded) = channel.receive(PATIENCE)?;
    let error = ticket.parse::<Ticket>()?.open(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    assert_eq!(error.failed_call(), Some("aclrtIpcOpenEventHandle"));
    channel.send(&(), PATIENCE)?;
    Ok(())
}

on_each_link! {
    fn open_fails_after_the_creator_has_exited(s, link) {
        let creator = s.spawn(creator, link);
        let late = s.spawn(late, link);
        let offer: (Ticket, Recorded) = creator.receive("offer");
        creator.send("end", &());
        let _ended = creator.outcome();
        late.send("offer", &offer);
    }

    fn open_fails_after_the_creator_has_closed_the_event(s, link) {
        let closer = s.spawn(closer, link);
        let disappointed = s.spawn(disappointed, link);
        s.connect("channel", &closer, &disappointed);
    }

    fn a_ticket_can_be_opened_more_than_once(s, link) {
        let creator = s.spawn(creator, link);
        let again = s.spawn(again, link);
        s.relay(&creator, "offer", &again);
        s.relay(&again, "end", &creator);
    }
}

#[test]
fn open_in_the_creating_process_is_refused() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(own, ());
    });
}

fn own(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let (_event, ticket) = IpcEvent::create(&device)?.share()?;
    let error = ticket.open(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ticket);
    assert!(error.to_string().contains("this very process"), "{error}");
    Ok(())
}
