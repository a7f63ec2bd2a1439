//! What a hand-over costs in a steady flow through two slots: events with a message for each, against a pipeline of notifies.
//!
//! Two processes on the simulator, no data, back pressure in both versions. The last lines give medians, the
//! host's share, and the ratios.
#![allow(clippy::print_stdout, reason = "the ratios are for whoever runs the bench")]

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use ascend_ipc::event::{Opened, Shared};
use ascend_ipc::pipeline::{Consumer, Producer};
use ascend_ipc::{Channel, Device, IpcEvent, Recorded, Result, Runtime, Stream, Ticket};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::{Deserialize, Serialize};

const PATIENCE: Duration = Duration::from_secs(60);
const SLOTS: usize = 2;
/// Hand-overs between two synchronises; both versions have as many.
const STRETCH: u64 = 256;
const PEER: &str = "ASCEND_IPC_BENCH_PEER";

/// What the other process does next.
#[derive(Serialize, Deserialize)]
enum Order {
    SetUpEvents,
    SetUpPipeline,
    /// So many hand-overs with what is set up.
    Run(u64),
}

/// One end of the version with events: its own event a slot, the other end's, and the messages between.
struct EventEnd<'a> {
    channel: &'a Channel,
    mine: Vec<IpcEvent<Shared>>,
    theirs: Vec<IpcEvent<Opened>>,
    turns: usize,
    head_start: usize,
}

impl<'a> EventEnd<'a> {
    fn set_up(channel: &'a Channel, device: &Device, head_start: usize) -> Result<Self> {
        let share = |_| Ok(IpcEvent::create(device)?.share()?);
        let (mine, tickets): (Vec<_>, Vec<_>) = (0..SLOTS).map(share).collect::<Result<Vec<_>>>()?.into_iter().unzip();
        channel.send(&tickets, PATIENCE)?;
        let tickets: Vec<Ticket> = channel.receive(PATIENCE)?;
        let theirs = tickets.iter().map(|ticket| ticket.open(device)).collect::<Result<_>>()?;
        Ok(Self { channel, mine, theirs, turns: 0, head_start })
    }

    fn hand_over(&mut self, stream: &Stream) -> Result<()> {
        let slot = self.turns % SLOTS;
        if self.turns >= self.head_start {
            let recorded: Recorded = self.channel.receive(PATIENCE)?;
            self.theirs[slot].wait(stream, &recorded)?;
        }
        let recorded = self.mine[slot].record(stream)?;
        self.turns += 1;
        self.channel.send(&recorded, PATIENCE)
    }
}

/// Submits so many hand-overs, and synchronises every so often; tells how long the host was busy submitting.
fn flow(turns: u64, stream: &Stream, mut hand_over: impl FnMut(&Stream) -> Result<()>) -> Result<Duration> {
    let (mut left, mut submitting) = (turns, Duration::ZERO);
    while left > 0 {
        let start = Instant::now();
        for _ in 0..left.min(STRETCH) {
            hand_over(stream)?;
        }
        submitting += start.elapsed();
        left -= left.min(STRETCH);
        stream.synchronize(PATIENCE)?;
    }
    Ok(submitting)
}

/// The other process: consumes, as it is told.
fn peer() -> Result<()> {
    let (orders, channel) = (Channel::inherited()?, Listening::connect()?);
    let device = Runtime::simulated()?.device(0)?;
    let stream = device.create_stream()?;
    let (mut events, mut pipe) = (None, None);
    loop {
        match orders.receive(PATIENCE)? {
            Order::SetUpEvents => events = Some(EventEnd::set_up(&channel, &device, 0)?),
            Order::SetUpPipeline => pipe = Some(Consumer::set_up(&channel, &device, SLOTS, PATIENCE)?),
            Order::Run(turns) => {
                match (&mut pipe, &mut events) {
                    (Some(pipe), _) => flow(turns, &stream, |stream| pipe.consume(stream, |_| Ok(()))),
                    (None, Some(events)) => flow(turns, &stream, |stream| events.hand_over(stream)),
                    (None, None) => Ok(Duration::ZERO),
                }?;
                orders.send(&(), PATIENCE)?;
            }
        }
    }
}

/// The second connection, so that orders and records do not mix.
struct Listening;

impl Listening {
    fn path(pid: u32) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("ascend-ipc-bench-{pid}"))
    }

    fn connect() -> Result<Channel> {
        Channel::connect(Self::path(std::os::unix::process::parent_id()), PATIENCE)
    }
}

struct Other {
    process: Child,
    orders: Channel,
    channel: Channel,
}

impl Other {
    fn start() -> Result<Self> {
        let listener = ascend_ipc::Listener::bind(Listening::path(std::process::id()))?;
        let (orders, theirs) = Channel::pair()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.env(PEER, "1");
        theirs.pass_to(&mut command);
        let process = command.spawn()?;
        let channel = listener.accept(PATIENCE)?;
        Ok(Self { process, orders, channel })
    }

    /// Runs both processes; all of the time, and this host's share in submitting.
    fn run(&self, turns: u64, work: impl FnOnce() -> Result<Duration>) -> Result<(Duration, Duration)> {
        let start = Instant::now();
        self.orders.send(&Order::Run(turns), PATIENCE)?;
        let submitting = work()?;
        self.orders.receive::<()>(PATIENCE)?;
        Ok((start.elapsed(), submitting))
    }
}

/// Microseconds of each hand-over, one entry a run: all of it, and the host's share.
#[derive(Default)]
struct Notes(Vec<(f64, f64)>);

impl Notes {
    fn add(&mut self, turns: u64, (all, host): (Duration, Duration)) -> Duration {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / turns as f64;
        self.0.push((each(all), each(host)));
        all
    }

    /// The median of each.
    fn medians(&self) -> Option<(f64, f64)> {
        let median = |pick: fn(&(f64, f64)) -> f64| {
            let mut each: Vec<f64> = self.0.iter().map(pick).collect();
            each.sort_by(f64::total_cmp);
            each.get(each.len() / 2).copied()
        };
        Some((median(|note| note.0)?, median(|note| note.1)?))
    }
}

fn pipelines(c: &mut Criterion) {
    if std::env::var_os(PEER).is_some() {
        let _ = peer(); // ends with the channel
        std::process::exit(0);
    }
    let device = Runtime::simulated().unwrap().device(0).unwrap();
    let stream = device.create_stream().unwrap();
    let mut other = Other::start().unwrap();
    let (mut with_events, mut with_notifies) = (Notes::default(), Notes::default());
    let mut group = c.benchmark_group("hand-over");
    group.throughput(Throughput::Elements(1));

    other.orders.send(&Order::SetUpEvents, PATIENCE).unwrap();
    let mut events = EventEnd::set_up(&other.channel, &device, SLOTS).unwrap();
    group.bench_function("events and messages", |b| {
        b.iter_custom(|turns| {
            let run = other.run(turns, || flow(turns, &stream, |stream| events.hand_over(stream)));
            with_events.add(turns, run.unwrap())
        });
    });
    // The consumer's last messages are for turns that do not come.
    let _unread: [Recorded; SLOTS] = std::array::from_fn(|_| other.channel.receive(PATIENCE).unwrap());

    other.orders.send(&Order::SetUpPipeline, PATIENCE).unwrap();
    let mut pipe = Producer::set_up(&other.channel, &device, SLOTS, PATIENCE).unwrap();
    group.bench_function("pipeline of notifies", |b| {
        b.iter_custom(|turns| {
            let run = other.run(turns, || flow(turns, &stream, |stream| pipe.produce(stream, |_| Ok(()))));
            with_notifies.add(turns, run.unwrap())
        });
    });
    group.finish();

    if let (Some(events), Some(notifies)) = (with_events.medians(), with_notifies.medians()) {
        println!("a hand-over, of which this host submits (medians, us):");
        println!("  events and messages   {:6.2} {:6.2}", events.0, events.1);
        println!("  pipeline of notifies  {:6.2} {:6.2}", notifies.0, notifies.1);
        println!("  ratio                 {:6.2} {:6.2}", events.0 / notifies.0, events.1 / notifies.1);
    }
    drop((other.orders, other.channel));
    let _ = other.process.wait();
}

criterion_group!(benches, pipelines);
criterion_main!(benches);
