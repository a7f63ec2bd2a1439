//! Every step of a hand-over, and what the survivor sees when the other process is killed, stopped or crashes there.

use std::time::Duration;

use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Ticket};
use ascend_testkit::{Fault, Matrix, RoleCx, RoleResult, roles};

use crate::stage::{PATIENCE, channel, device};

roles![producer, consumer];

/// How the hand-over went for a survivor: one of these, whatever happened to the other.
const OUTCOMES: [Option<ErrorKind>; 8] = [
    None, // handed over
    Some(ErrorKind::ChannelClosed),
    Some(ErrorKind::PeerDied),
    Some(ErrorKind::Poisoned), // found out before this verb
    Some(ErrorKind::Stale),
    Some(ErrorKind::Ticket),
    Some(ErrorKind::Timeout),
    Some(ErrorKind::Runtime), // the simulator's report of a record that will never be executed
];

/// A wait of the survivor; well over the time in which a death is noticed.
const SURVIVOR: Duration = Duration::from_secs(4);

fn accept(outcome: ascend_ipc::Result<()>) -> RoleResult {
    let kind = outcome.as_ref().err().map(ascend_ipc::Error::kind);
    if OUTCOMES.contains(&kind) { Ok(()) } else { Err(format!("not in the set of outcomes: {outcome:?}").into()) }
}

fn producer(cx: &mut RoleCx, id: i32) -> RoleResult {
    let device = device(cx, id)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let hand_over = || -> ascend_ipc::Result<()> {
        let event = IpcEvent::create(&device)?;
        cx.point("created");
        let (event, ticket) = event.share()?;
        cx.point("shared");
        channel.send(&ticket, PATIENCE)?;
        channel.receive::<()>(SURVIVOR)?;
        cx.point("opened");
        stream.launch_host(|| ())?;
        let recorded = event.record(&stream)?;
        cx.point("recorded");
        channel.send(&recorded, PATIENCE)?;
        cx.point("sent");
        event.wait_host(&recorded, SURVIVOR)?;
        channel.receive::<()>(SURVIVOR)?;
        cx.point("closing");
        event.close(SURVIVOR)?;
        Ok(())
    };
    accept(hand_over())
}

fn consumer(cx: &mut RoleCx, id: i32) -> RoleResult {
    let device = device(cx, id)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let take_over = || -> ascend_ipc::Result<()> {
        let ticket: Ticket = channel.receive(SURVIVOR)?;
        cx.point("received");
        let event = ticket.open(&device)?;
        cx.point("open");
        channel.send(&(), PATIENCE)?;
        let recorded: Recorded = channel.receive(SURVIVOR)?;
        event.wait(&stream, &recorded)?;
        cx.point("waiting");
        stream.synchronize(SURVIVOR)?;
        cx.point("passed");
        channel.send(&(), PATIENCE)?;
        Ok(())
    };
    accept(take_over())
}

#[test]
fn a_hand_over_ends_in_an_expected_way_whatever_happens_to_the_other_process() {
    Matrix::new()
        .victim("producer", &["created", "shared", "opened", "recorded", "sent", "closing"])
        .victim("consumer", &["received", "open", "waiting", "passed"])
        .faults(&[Fault::KILL, Fault::SEGV, Fault::Stop(Duration::from_millis(100))])
        .run(|s, case| {
            let producer = case.spawn(s, producer, 0);
            let consumer = case.spawn(s, consumer, 1);
            s.connect("channel", &producer, &consumer);
            let (victim, _) = case.sort(producer, consumer);
            victim.strike();
        });
}
