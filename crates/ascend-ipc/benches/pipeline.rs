//! What a hand-over costs in a steady flow through two slots: events with a message for each, against a pipeline of notifies.
//!
//! Two processes on the simulator, no data, back pressure in both versions. The last line is the ratio of the two.

use std::cell::Cell;
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

/// Submits so many hand-overs, and synchronises every so often.
fn flow(turns: u64, stream: &Stream, mut hand_over: impl FnMut(&Stream) -> Result<()>) -> Result<()> {
    for turn in 1..=turns {
        hand_over(stream)?;
        if turn % STRETCH == 0 {
            stream.synchronize(PATIENCE)?;
        }
    }
    stream.synchronize(PATIENCE)
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
                    (None, None) => Ok(()),
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

    fn run(&self, turns: u64, work: impl FnOnce() -> Result<()>) -> Result<Duration> {
        let start = Instant::now();
        self.orders.send(&Order::Run(turns), PATIENCE)?;
        work()?;
        self.orders.receive::<()>(PATIENCE)?;
        Ok(start.elapsed())
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
    let (with_events, with_notifies) = (Cell::new((0, Duration::ZERO)), Cell::new((0, Duration::ZERO)));
    let add = |sum: &Cell<(u64, Duration)>, turns, time| {
        let (all, so_far) = sum.get();
        sum.set((all + turns, so_far + time));
        time
    };
    let mut group = c.benchmark_group("hand-over");
    group.throughput(Throughput::Elements(1));

    other.orders.send(&Order::SetUpEvents, PATIENCE).unwrap();
    let mut events = EventEnd::set_up(&other.channel, &device, SLOTS).unwrap();
    group.bench_function("events and messages", |b| {
        b.iter_custom(|turns| {
            let run = other.run(turns, || flow(turns, &stream, |stream| events.hand_over(stream)));
            add(&with_events, turns, run.unwrap())
        });
    });
    // The consumer's last messages are for turns that do not come.
    let _unread: [Recorded; SLOTS] = std::array::from_fn(|_| other.channel.receive(PATIENCE).unwrap());

    other.orders.send(&Order::SetUpPipeline, PATIENCE).unwrap();
    let mut pipe = Producer::set_up(&other.channel, &device, SLOTS, PATIENCE).unwrap();
    group.bench_function("pipeline of notifies", |b| {
        b.iter_custom(|turns| {
            let run = other.run(turns, || flow(turns, &stream, |stream| pipe.produce(stream, |_| Ok(()))));
            add(&with_notifies, turns, run.unwrap())
        });
    });
    group.finish();

    let each = |sum: &Cell<(u64, Duration)>| sum.get().1.as_secs_f64() * 1e6 / sum.get().0.max(1) as f64;
    let (events_each, notifies_each) = (each(&with_events), each(&with_notifies));
    if notifies_each > 0.0 && events_each > 0.0 {
        println!(
            "a hand-over: {events_each:.2} us with events and messages, {notifies_each:.2} us through the pipeline,"
        );
        println!("ratio {:.2}", events_each / notifies_each);
    }
    drop((other.orders, other.channel));
    let _ = other.process.wait();
}

criterion_group!(benches, pipelines);
criterion_main!(benches);
