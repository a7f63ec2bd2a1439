//! An end of a pipeline that dies: the other end's waits on the host end, at their deadline or with an error.

use std::time::{Duration, Instant};

use ascend_ipc::pipeline::{Consumer, Producer};
use ascend_ipc::{Error, ErrorKind, Result, Stream};
use ascend_testkit::{Fault, Matrix, RoleCx, RoleResult, roles};

use crate::stage::{channel, device};

/// A wait of the survivor; well over the time in which a death is noticed.
const SURVIVOR: Duration = Duration::from_secs(4);
/// Turns until an end is looked at; more than it has slots.
const TURNS: usize = 5;

roles![producer, consumer];

/// How it went for a survivor: one of these, whatever happened to the other, and in time.
fn accept(start: Instant, outcome: Result<()>) -> RoleResult {
    const OUTCOMES: [Option<ErrorKind>; 6] = [
        None, // the other had done its part
        Some(ErrorKind::ChannelClosed),
        Some(ErrorKind::PeerDied),
        Some(ErrorKind::Stale),
        Some(ErrorKind::Timeout),
        Some(ErrorKind::Ticket),
    ];
    let kind = outcome.as_ref().err().map(Error::kind);
    if OUTCOMES.contains(&kind) && start.elapsed() < 5 * SURVIVOR {
        Ok(())
    } else {
        Err(format!("not in the set of outcomes after {:?}: {outcome:?}", start.elapsed()).into())
    }
}

fn producer(cx: &mut RoleCx, id: i32) -> RoleResult {
    let device = device(cx, id)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let start = Instant::now();
    let flow = |stream: &Stream| -> Result<()> {
        cx.point("before");
        let mut pipe = Producer::set_up(&channel, &device, 2, SURVIVOR)?;
        cx.point("set up");
        for _ in 0..TURNS {
            pipe.produce(stream, |_| Ok(()))?;
            cx.point("produced");
        }
        pipe.synchronize(stream, SURVIVOR)?;
        cx.point("finishing");
        Ok(pipe.finish(stream, SURVIVOR)?)
    };
    accept(start, flow(&stream))
}

fn consumer(cx: &mut RoleCx, id: i32) -> RoleResult {
    let device = device(cx, id)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let start = Instant::now();
    let flow = |stream: &Stream| -> Result<()> {
        cx.point("before");
        let mut pipe = Consumer::set_up(&channel, &device, 2, SURVIVOR)?;
        cx.point("set up");
        for _ in 0..TURNS {
            pipe.consume(stream, |_| Ok(()))?;
            cx.point("consumed");
        }
        pipe.synchronize(stream, SURVIVOR)?;
        cx.point("finishing");
        Ok(pipe.finish(stream, SURVIVOR)?)
    };
    accept(start, flow(&stream))
}

#[test]
fn a_pipeline_ends_in_an_expected_way_whatever_happens_to_the_other_end() {
    Matrix::new()
        .victim("producer", &["before", "set up", "produced", "finishing"])
        .victim("consumer", &["before", "set up", "consumed", "finishing"])
        .faults(&[Fault::KILL, Fault::SEGV, Fault::Stop(Duration::from_millis(100))])
        .run(|s, case| {
            let producer = case.spawn(s, producer, 0);
            let consumer = case.spawn(s, consumer, 1);
            s.connect("channel", &producer, &consumer);
            let (victim, _) = case.sort(producer, consumer);
            victim.strike();
        });
}

roles![left_alone, doomed];

/// Waits for an end that dies without a word: the death is named well before the deadline.
fn left_alone(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let mut pipe = Consumer::set_up(&channel, &device, 2, SURVIVOR)?;
    pipe.consume(&stream, |_| Ok(()))?;
    channel.send(&(), SURVIVOR)?;
    let start = Instant::now();
    let error = pipe.synchronize(&stream, Duration::from_secs(30)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PeerDied, "{error}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(pipe.finish(&stream, SURVIVOR).unwrap_err().error.kind(), ErrorKind::PeerDied);
    Ok(())
}

fn doomed(cx: &mut RoleCx, (): ()) -> RoleResult {
    let channel = channel(cx)?;
    let _pipe = Producer::set_up(&channel, &device(cx, 0)?, 2, SURVIVOR)?;
    channel.receive::<()>(SURVIVOR)?;
    cx.point("holding");
    std::thread::sleep(Duration::from_secs(60));
    Ok(())
}

#[test]
fn the_death_of_the_other_end_is_named_before_the_deadline() {
    ascend_testkit::run(|s| {
        crate::stage::require(s, crate::stage::SAME_DEVICE);
        let left_alone = s.spawn(left_alone, ());
        let doomed = s.spawn_armed(doomed, (), ascend_testkit::At::point("holding").kill());
        s.connect("channel", &left_alone, &doomed);
        doomed.strike();
    });
}
