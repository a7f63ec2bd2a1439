//! F01 to F05, F10, F11: the other process is killed or stopped, step by step.

use std::time::Instant;

use ascend_ipc::{Channel, ErrorKind, IpcEvent, Recorded, Ticket};
use ascend_testkit::{At, RoleCx, RoleResult, Signal, roles, run};

use crate::stage::{GLANCE, PATIENCE, channel, device, hold};
use crate::{SOON, kind};

roles![creator, early, late, waiter, lucky, producer, blocked, sharer, bereaved, bystander, sleeper, patient];

/// Creates, shares, sends, records and sends again, and stands at a point after each.
fn creator(cx: &mut RoleCx, latched: bool) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let event = IpcEvent::create(&device)?;
    cx.point("created");
    let (event, ticket) = event.share()?;
    channel.send(&ticket, PATIENCE)?;
    cx.point("shared");
    channel.receive::<()>(PATIENCE)?;
    let latch = if latched { Some(hold(&stream)?) } else { None };
    let recorded = event.record(&stream)?;
    channel.send(&recorded, PATIENCE)?;
    cx.point("recorded");
    drop(latch);
    Err("nobody has killed it".into())
}

/// Waits for a ticket that never comes.
fn early(cx: &mut RoleCx, (): ()) -> RoleResult {
    assert_eq!(kind(&channel(cx)?.receive::<Ticket>(PATIENCE)), Some(ErrorKind::ChannelClosed));
    Ok(())
}

#[test]
fn f01_a_creator_killed_before_it_shares_closes_the_channel() {
    run(|s| {
        let creator = s.spawn_armed(creator, false, At::point("created").kill());
        let early = s.spawn(early, ());
        s.connect("channel", &creator, &early);
        creator.strike();
    });
}

/// Opens when the creator is dead for certain.
fn late(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let ticket: Ticket = channel(cx)?.receive(PATIENCE)?;
    cx.receive::<()>("dead")?;
    let error = ticket.open(&device).unwrap_err();
    assert_eq!((error.kind(), error.failed_call()), (ErrorKind::Stale, None), "{error}");
    Ok(())
}

#[test]
fn f02_a_creator_killed_before_the_ticket_is_opened_makes_it_stale() {
    run(|s| {
        let creator = s.spawn_armed(creator, false, At::point("shared").kill());
        let late = s.spawn(late, ());
        s.connect("channel", &creator, &late);
        creator.strike();
        late.send("dead", &());
    });
}

/// Waits on the host for a record that will never be executed.
fn waiter(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let channel = channel(cx)?;
    let ticket: Ticket = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    channel.send(&(), PATIENCE)?;
    let recorded: Recorded = channel.receive(PATIENCE)?;
    let start = Instant::now();
    assert_eq!(kind(&event.wait_host(&recorded, PATIENCE)), Some(ErrorKind::PeerDied));
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert_eq!(kind(&event.wait_host(&recorded, PATIENCE)), Some(ErrorKind::Poisoned));
    Ok(())
}

#[test]
fn f03_a_recorder_killed_before_its_record_is_executed_ends_the_wait_and_poisons_the_event() {
    run(|s| {
        let creator = s.spawn_armed(creator, true, At::point("recorded").kill());
        let waiter = s.spawn(waiter, ());
        s.connect("channel", &creator, &waiter);
        creator.strike();
    });
}

/// Waits for a record that may or may not have been executed, on the device and on the host.
fn lucky(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let ticket: Ticket = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    channel.send(&(), PATIENCE)?;
    let recorded: Recorded = channel.receive(PATIENCE)?;
    event.wait(&stream, &recorded)?;
    let passed = stream.synchronize(PATIENCE);
    assert!([None, Some(ErrorKind::Runtime)].contains(&kind(&passed)), "{passed:?}");
    let done = event.wait_host(&recorded, PATIENCE);
    // One record, one answer: a stream that has passed it proves that it was executed.
    let expected = if passed.is_ok() { None } else { Some(ErrorKind::PeerDied) };
    assert_eq!(kind(&done), expected, "{done:?}");
    Ok(())
}

#[test]
fn f04_a_recorder_killed_between_submission_and_completion_was_in_time_or_died() {
    for latched in [false, true, false] {
        run(|s| {
            let creator = s.spawn_armed(creator, latched, At::point("recorded").kill());
            let lucky = s.spawn(lucky, ());
            s.connect("channel", &creator, &lucky);
            creator.strike();
        });
    }
}

/// Slots of an event.
const SLOTS: usize = 8192;

/// Records on, after three waiters were killed inside their waits, and finds every slot free.
fn producer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    cx.send("offer", &(ticket, recorded))?; // without a lease, so that the deaths poison nothing
    cx.receive::<()>("dead")?;
    latch.release();
    event.wait_host(&recorded, PATIENCE)?;
    stream.synchronize(PATIENCE)?;
    let latch = hold(&stream)?;
    for _ in 0..SLOTS {
        let _outstanding = event.record(&stream)?;
    }
    assert_eq!(kind(&event.record(&stream)), Some(ErrorKind::ResourceExhausted));
    latch.release();
    stream.synchronize(PATIENCE)?;
    Ok(())
}

fn blocked(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let stream = device.create_stream()?;
    let (ticket, recorded): (Ticket, Recorded) = cx.receive("offer")?;
    let event = ticket.open(&device)?;
    event.wait(&stream, &recorded)?;
    assert_eq!(kind(&stream.synchronize(GLANCE)), Some(ErrorKind::Timeout));
    cx.point("waiting");
    Err("nobody has killed it".into())
}

#[test]
fn f05_waiters_killed_inside_a_wait_leave_every_slot_to_the_producer() {
    run(|s| {
        let producer = s.spawn(producer, ());
        let offer: (Ticket, Recorded) = producer.receive("offer");
        for _ in 0..3 {
            let blocked = s.spawn_armed(blocked, (), At::point("waiting").kill());
            blocked.send("offer", &offer);
            blocked.strike();
        }
        producer.send("dead", &());
    });
}

/// Shares with another process, and dies.
fn sharer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let _latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    let channel = channel(cx)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    cx.point("shared");
    Err("nobody has killed it".into())
}

/// Loses one peer, and goes on with the other on the same device.
fn bereaved(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let stream = device.create_stream()?;
    let (lost, other) = (channel(cx)?, Channel::from(cx.socket("other")?));
    let (ticket, recorded): (Ticket, Recorded) = lost.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    lost.send(&(), PATIENCE)?;
    assert_eq!(kind(&event.wait_host(&recorded, PATIENCE)), Some(ErrorKind::PeerDied));
    let (own, ticket) = IpcEvent::create(&device)?.share()?;
    let recorded = own.record(&stream)?;
    other.send(&(ticket, recorded), PATIENCE)?;
    own.close(PATIENCE)?;
    Ok(())
}

fn bystander(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let other = Channel::from(cx.socket("other")?);
    let (ticket, recorded): (Ticket, Recorded) = other.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    event.wait(&stream, &recorded)?;
    stream.synchronize(PATIENCE)?;
    Ok(())
}

#[test]
fn f10_the_death_of_one_process_is_a_value_to_its_peer_and_nothing_to_others() {
    run(|s| {
        let sharer = s.spawn_armed(sharer, (), At::point("shared").kill());
        let (bereaved, bystander) = (s.spawn(bereaved, ()), s.spawn(bystander, ()));
        s.connect("channel", &sharer, &bereaved);
        s.connect("other", &bereaved, &bystander);
        sharer.strike();
    });
}

/// Is stopped while its record is pending, and opens the latch when it runs again.
fn sleeper(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // both have opened
    cx.send("ready", &())?;
    cx.receive::<()>("go on")?;
    latch.release();
    event.wait_host(&recorded, PATIENCE)?;
    event.close(PATIENCE)?;
    Ok(())
}

fn patient(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    event.wait(&stream, &recorded)?;
    channel.send(&(), PATIENCE)?;
    cx.receive::<()>("stopped")?;
    let outcome = event.wait_host(&recorded, 20 * GLANCE);
    assert_eq!(kind(&outcome), Some(ErrorKind::Timeout), "a stopped process is not dead: {outcome:?}");
    assert_eq!(kind(&stream.synchronize(GLANCE)), Some(ErrorKind::Timeout));
    cx.send("timed out", &())?;
    event.wait_host(&recorded, PATIENCE)?;
    stream.synchronize(PATIENCE)?;
    Ok(())
}

#[test]
fn f11_a_stopped_peer_is_late_and_not_dead() {
    run(|s| {
        let (sleeper, patient) = (s.spawn(sleeper, ()), s.spawn(patient, ()));
        s.connect("channel", &sleeper, &patient);
        sleeper.receive::<()>("ready");
        sleeper.stop();
        patient.send("stopped", &());
        patient.receive::<()>("timed out");
        sleeper.resume();
        sleeper.send("go on", &());
    });
}

roles![hopeless];

/// Waits with a queue of its own behind it, and is ended from outside in the middle of a host wait.
fn hopeless(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let channel = channel(cx)?;
    let ticket: Ticket = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    channel.send(&(), PATIENCE)?;
    let recorded: Recorded = channel.receive(PATIENCE)?;
    cx.send("waiting", &())?;
    let outcome = event.wait_host(&recorded, 6 * PATIENCE);
    Err(format!("nobody has killed it: {outcome:?}").into())
}

/// Keeps its record pending until the other process is dead, and finds the lease back.
fn keeper(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    let _latch = hold(&stream)?;
    channel.send(&event.record(&stream)?, PATIENCE)?;
    cx.receive::<()>("dead")?;
    let leases = event.leases();
    assert_eq!((leases.is_out(), leases.died), (false, 1), "{leases}");
    let start = Instant::now();
    event.close(PATIENCE)?; // does not wait for the record: nobody touches the event any more
    assert!(start.elapsed() < SOON);
    Ok(())
}

roles![keeper];

#[test]
fn f05_a_waiter_killed_inside_a_host_wait_returns_its_lease() {
    run(|s| {
        let (keeper, hopeless) = (s.spawn(keeper, ()), s.spawn(hopeless, ()));
        s.connect("channel", &keeper, &hopeless);
        hopeless.receive::<()>("waiting");
        hopeless.kill(Signal::KILL);
        let _ended = hopeless.outcome();
        keeper.send("dead", &());
    });
}
