//! F24: a process that writes rubbish over the shared memory of two others.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Ticket};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::kind;
use crate::stage::{GLANCE, PATIENCE, channel, device};

roles![recorder, waiter, scribbler];

/// How long the two go on under fire.
const FIRE: Duration = Duration::from_millis(1500);
/// Whatever a verb answers, it is one of these; nothing else may come, and no wait may be endless.
const ANSWERS: [Option<ErrorKind>; 8] = [
    None,
    Some(ErrorKind::Runtime),
    Some(ErrorKind::Timeout),
    Some(ErrorKind::ResourceExhausted),
    Some(ErrorKind::Poisoned),
    Some(ErrorKind::Stale),
    Some(ErrorKind::Misuse),
    Some(ErrorKind::PeerDied), // the words that tell who lives are overwritten as well
];

fn accept<T>(outcome: &ascend_ipc::Result<T>) -> bool {
    assert!(ANSWERS.contains(&kind(outcome)), "{:?}", outcome.as_ref().err());
    outcome.is_ok()
}

fn recorder(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let mut stream = device.create_stream()?;
    let recorded = event.record(&stream)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    cx.send("target", &std::process::id())?;
    cx.receive::<()>("fire")?;
    let (start, mut failures) = (Instant::now(), 0_u32);
    while start.elapsed() < FIRE || (failures == 0 && start.elapsed() < PATIENCE) {
        failures += u32::from(!accept(&event.record(&stream)));
        failures += u32::from(!accept(&event.wait_host(&recorded, GLANCE)));
        if !accept(&stream.synchronize(GLANCE)) {
            failures += 1;
            stream = device.create_stream()?; // the old one is stuck
        }
    }
    cx.send("enough", &())?;
    assert!(failures > 0, "nothing of it was noticed");
    drop(event);
    // The process, its device and other events are sound.
    let stream = device.create_stream()?;
    let (other, _) = IpcEvent::create(&device)?.share()?;
    let recorded = other.record(&stream)?;
    other.wait_host(&recorded, PATIENCE)?;
    Ok(())
}

fn waiter(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    let mut stream = device.create_stream()?;
    cx.send("ready", &())?;
    cx.receive::<()>("fire")?;
    let start = Instant::now();
    while start.elapsed() < FIRE {
        accept(&event.wait(&stream, &recorded));
        accept(&event.wait_host(&recorded, GLANCE));
        accept(&ticket.open(&device));
        if !accept(&stream.synchronize(GLANCE)) {
            stream = device.create_stream()?;
        }
    }
    Ok(())
}

/// The shared memory of the target's event, for writing.
fn shared(pid: u32) -> std::io::Result<Option<File>> {
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd"))? {
        let path = entry?.path();
        if std::fs::read_link(&path).is_ok_and(|name| name.to_string_lossy().contains("ascend-sim-event")) {
            return OpenOptions::new().read(true).write(true).open(path).map(Some);
        }
    }
    Ok(None)
}

/// Overwrites all of it, again and again: arbitrary bytes, then ones, then zeroes.
fn scribbler(cx: &mut RoleCx, target: u32) -> RoleResult {
    let file = shared(target)?.ok_or("the target has no event")?;
    let length = usize::try_from(file.metadata()?.len())?;
    assert!(file.set_len(0).is_err(), "shared memory that can be shrunk is a SIGBUS for everybody");
    cx.send("ready", &())?;
    let enough = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let _ = cx.receive::<()>("enough"); // or the scenario has failed
            enough.store(true, Ordering::Relaxed);
        });
        fire(&file, length, &enough)
    })?;
    Ok(())
}

fn fire(file: &File, length: usize, enough: &AtomicBool) -> std::io::Result<()> {
    let (mut word, mut rounds) = (0x9e37_79b9_7f4a_7c15_u64, 0_u32);
    while !enough.load(Ordering::Relaxed) {
        let bytes: Vec<u8> = match rounds % 3 {
            0 => (0..length.div_ceil(8))
                .flat_map(|_| {
                    word ^= word << 13;
                    word ^= word >> 7;
                    word ^= word << 17;
                    word.to_le_bytes()
                })
                .take(length)
                .collect(),
            1 => vec![0xff; length],
            _ => vec![0; length],
        };
        file.write_all_at(&bytes, 0)?;
        rounds += 1;
    }
    Ok(())
}

#[test]
fn f24_shared_memory_full_of_rubbish_makes_errors_and_nothing_worse() {
    run(|s| {
        if *s.backend() != ascend_testkit::Backend::Sim {
            s.skip("the shared memory of a real runtime is on the device");
        }
        let (recorder, waiter) = (s.spawn(recorder, ()), s.spawn(waiter, ()));
        s.connect("channel", &recorder, &waiter);
        let target: u32 = recorder.receive("target");
        waiter.receive::<()>("ready");
        let scribbler = s.spawn(scribbler, target);
        scribbler.receive::<()>("ready");
        recorder.send("fire", &());
        waiter.send("fire", &());
        recorder.receive::<()>("enough");
        scribbler.send("enough", &());
    });
}
