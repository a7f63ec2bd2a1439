//! F14, F17, F18: how a process ends, and what it leaves to others.

use std::process::Command;
use std::time::Instant;

use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Ticket};
use ascend_testkit::{End, RoleCx, RoleResult, Signal, Verdict, roles, run};
use serde::{Deserialize, Serialize};

use crate::stage::{PATIENCE, channel, device, hold};
use crate::{SOON, kind};

roles![sharer, parent, leaver, left, clumsy, lender];

fn sharer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let before = inherited()?;
    let device = device(cx, 0)?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    channel.send(&ticket, PATIENCE)?;
    assert_eq!(inherited()?, before);
    channel.receive::<()>(PATIENCE)?;
    event.close(PATIENCE)?;
    Ok(())
}

/// Descriptors that a program executed here has beyond the standard ones, and what they are. Whoever started the tests may
/// have left some.
fn inherited() -> std::io::Result<Vec<String>> {
    let output = Command::new("sh").args(["-c", "for f in /proc/$$/fd/*; do readlink $f; done"]).output()?;
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    // The shell's own standard descriptors are the null device and pipes of `Command`.
    let plain = |line: &&str| line.starts_with("pipe:") || *line == "/dev/null";
    assert!(lines.lines().count() >= 3, "{output:?}");
    Ok(lines.lines().filter(|line| !plain(line)).map(str::to_owned).collect())
}

fn parent(cx: &mut RoleCx, (): ()) -> RoleResult {
    let before = inherited()?;
    let device = device(cx, 1)?;
    let _stream = device.create_stream()?;
    let channel = channel(cx)?;
    let ticket: Ticket = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    assert_eq!(inherited()?, before);
    drop((event, ticket));
    channel.send(&(), PATIENCE)?;
    Ok(())
}

#[test]
fn f14_a_program_that_is_executed_inherits_no_descriptor() {
    run(|s| {
        let (sharer, parent) = (s.spawn(sharer, ()), s.spawn(parent, ()));
        s.connect("channel", &sharer, &parent);
    });
}

/// Ways out of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Way {
    Return,
    Forget,
    Panic,
    Exit,
    Abort,
    Terminate,
}

const WAYS: [Way; 6] = [Way::Return, Way::Forget, Way::Panic, Way::Exit, Way::Abort, Way::Terminate];

/// Leaves with everything in use: work under way on its stream, an event that another process has open, one that it has
/// opened, and a device that is never reset.
fn leaver(cx: &mut RoleCx, way: Way) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let ticket: Ticket = channel.receive(PATIENCE)?;
    let opened = ticket.open(&device)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    let everything = (device, stream, event, opened, latch);
    cx.send("leaving", &())?;
    match way {
        Way::Return => drop(everything),
        Way::Forget => std::mem::forget(everything),
        Way::Panic => panic!("on purpose"),
        Way::Exit => std::process::exit(7),
        Way::Abort => std::process::abort(),
        Way::Terminate => rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM)?,
    }
    Ok(())
}

/// Sees that the other one has ended, and is none the worse for it.
fn left(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (own, ticket) = IpcEvent::create(&device)?.share()?;
    channel.send(&ticket, PATIENCE)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    channel.send(&(), PATIENCE)?;
    // Dropping its latch lets a process that ends in good order execute the record on its way out.
    let outcome = event.wait_host(&recorded, PATIENCE);
    assert!([None, Some(ErrorKind::PeerDied)].contains(&kind(&outcome)), "{outcome:?}");
    cx.receive::<()>("gone")?;
    assert!(!own.leases().is_out(), "{}", own.leases());
    own.close(PATIENCE)?;
    stream.synchronize(PATIENCE)?;
    Ok(())
}

#[test]
fn f17_however_a_process_ends_with_all_in_use_it_ends_at_once_and_its_peer_goes_on() {
    for way in WAYS {
        run(|s| {
            let leaver = s.spawn(leaver, way).judged();
            let left = s.spawn(left, ());
            s.connect("channel", &leaver, &left);
            leaver.receive::<()>("leaving");
            let start = Instant::now();
            let outcome = leaver.outcome();
            assert!(start.elapsed() < SOON, "{way:?}: {:?}", start.elapsed());
            let fits = match way {
                Way::Return | Way::Forget => outcome.passed(),
                Way::Panic => matches!(outcome.verdict, Some(Verdict::Panicked(_))),
                Way::Exit => outcome.end == End::Exited(7),
                Way::Abort => outcome.end == End::Killed(Signal::ABORT),
                Way::Terminate => outcome.end == End::Killed(Signal::TERM),
            };
            assert!(fits, "{way:?}: {outcome:?}");
            left.send("gone", &());
        });
    }
}

/// Panics with guards in its hands.
fn clumsy(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    event.wait(&stream, &recorded)?;
    channel.send(&(), PATIENCE)?;
    panic!("clumsy on purpose");
}

/// Finds the lease returned, not lost: what was dropped while unwinding was dropped in good order.
fn lender(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    cx.receive::<()>("gone")?;
    let leases = event.leases();
    assert_eq!((leases.is_out(), leases.died), (false, 0), "{leases}");
    latch.release();
    event.wait_host(&recorded, PATIENCE)?;
    event.close(PATIENCE)?;
    Ok(())
}

#[test]
fn f18_a_panic_with_guards_in_hand_releases_them_and_is_reported_as_a_panic() {
    run(|s| {
        let (lender, clumsy) = (s.spawn(lender, ()), s.spawn(clumsy, ()).judged());
        s.connect("channel", &lender, &clumsy);
        let outcome = clumsy.outcome();
        assert!(matches!(&outcome.verdict, Some(Verdict::Panicked(text)) if text.contains("clumsy")), "{outcome:?}");
        lender.send("gone", &());
    });
}
