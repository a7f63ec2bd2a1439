//! `IpcEvent::ready`: a future that any executor can drive.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::Thread;
use std::time::{Duration, Instant};

use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Ticket};
use ascend_testkit::{At, RoleCx, RoleResult, roles};

use crate::stage::{GLANCE, Link, PATIENCE, channel, device, doomed, hold, on_each_link};

roles![recorder, awaiting, bereaved];

/// The smallest executor: this thread, which sleeps until it is woken.
struct ThisThread(Thread);

impl Wake for ThisThread {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls when woken, at most so long.
fn block_on<F: Future>(future: F, longest: Duration) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Arc::new(ThisThread(std::thread::current())).into();
    let end = Instant::now() + longest;
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        std::thread::park_timeout(left);
    }
}

fn recorder(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    latch.release();
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn awaiting(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    let mut first = pin!(event.ready(&recorded, PATIENCE));
    assert!(block_on(first.as_mut(), GLANCE).is_none(), "nothing was executed yet");
    let late = block_on(event.ready(&recorded, GLANCE), PATIENCE).expect("the deadline ends it");
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Timeout);
    drop(event.ready(&recorded, PATIENCE)); // given up before it was polled
    let many: Vec<_> = (0..100).map(|_| event.ready(&recorded, PATIENCE)).collect();
    channel.send(&(), PATIENCE)?;
    block_on(first, PATIENCE).expect("the record was executed")?;
    for one in many {
        block_on(one, PATIENCE).expect("the record was executed")?;
    }
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn bereaved(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    channel.send(&(), PATIENCE)?;
    let outcome = block_on(event.ready(&recorded, PATIENCE), PATIENCE).expect("the death ends it");
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::PeerDied);
    let again = block_on(event.ready(&recorded, PATIENCE), PATIENCE).expect("it ends at once");
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Poisoned);
    Ok(())
}

on_each_link! {
    fn a_future_is_ready_when_the_record_is_executed_and_not_before(s, link) {
        let recorder = s.spawn(recorder, link);
        let awaiting = s.spawn(awaiting, link);
        s.connect("channel", &recorder, &awaiting);
    }

    fn a_future_ends_when_the_recorder_is_killed(s, link) {
        let doomed = s.spawn_armed(doomed, link, At::point("opened").kill());
        let bereaved = s.spawn(bereaved, link);
        s.connect("channel", &doomed, &bereaved);
        doomed.strike();
    }
}
