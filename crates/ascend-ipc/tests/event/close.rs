//! `IpcEvent::close`, and what closing leaves to others.

use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Ticket};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{GLANCE, Link, PATIENCE, SAME_DEVICE, channel, device, hold, on_each_link, require};

roles![impatient, leaver, remaining];

#[test]
fn close_gives_the_event_back_while_its_record_is_pending() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(impatient, ());
    });
}

fn impatient(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (event, _) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    let refused = event.close(GLANCE).unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::Timeout);
    let event = refused.value;
    latch.release();
    event.wait_host(&recorded, PATIENCE)?;
    event.close(PATIENCE)?;
    Ok(())
}

/// Destroys its event while the other role's stream waits for the record.
fn leaver(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    drop(event);
    latch.release();
    stream.synchronize(PATIENCE)?;
    Ok(())
}

fn remaining(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    event.wait(&stream, &recorded)?;
    assert_eq!(stream.synchronize(GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    channel.send(&(), PATIENCE)?;
    stream.synchronize(PATIENCE)?;
    Ok(())
}

on_each_link! {
    fn destroying_an_event_does_not_disturb_who_waits_for_it(s, link) {
        let leaver = s.spawn(leaver, link);
        let remaining = s.spawn(remaining, link);
        s.connect("channel", &leaver, &remaining);
    }
}
