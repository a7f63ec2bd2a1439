//! `IpcEvent::wait_host`: bounded, and it notices when the recorder dies.

use std::time::Duration;

use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Ticket};
use ascend_testkit::{At, RoleCx, RoleResult, roles};

use crate::stage::{GLANCE, Link, PATIENCE, channel, device, doomed, hold, on_each_link};

roles![recorder, patient, bereaved];

fn recorder(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    assert_eq!(event.wait_host(&recorded, GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    channel.receive::<()>(PATIENCE)?;
    latch.release();
    event.wait_host(&recorded, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn patient(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    assert!(!event.is_complete(&recorded)?);
    assert_eq!(event.wait_host(&recorded, GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(event.wait_host(&recorded, Duration::ZERO).unwrap_err().kind(), ErrorKind::Timeout);
    channel.send(&(), PATIENCE)?;
    event.wait_host(&recorded, PATIENCE)?;
    assert!(event.is_complete(&recorded)?);
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn bereaved(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    channel.send(&(), PATIENCE)?;
    let error = event.wait_host(&recorded, PATIENCE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PeerDied, "{error}");
    // Poisoned: the runtime is not asked again, whatever the verb.
    let stream = device.create_stream()?;
    assert_eq!(event.wait_host(&recorded, PATIENCE).unwrap_err().kind(), ErrorKind::Poisoned);
    assert_eq!(event.is_complete(&recorded).unwrap_err().kind(), ErrorKind::Poisoned);
    let error = event.wait(&stream, &recorded).unwrap_err();
    assert_eq!((error.kind(), error.failed_call()), (ErrorKind::Poisoned, None), "{error}");
    Ok(())
}

on_each_link! {
    fn wait_host_times_out_while_the_record_is_pending_and_succeeds_afterwards(s, link) {
        let recorder = s.spawn(recorder, link);
        let patient = s.spawn(patient, link);
        s.connect("channel", &recorder, &patient);
    }

    fn wait_host_ends_when_the_recorder_is_killed(s, link) {
        let doomed = s.spawn_armed(doomed, link, At::point("opened").kill());
        let bereaved = s.spawn(bereaved, link);
        s.connect("channel", &doomed, &bereaved);
        doomed.strike();
    }
}
