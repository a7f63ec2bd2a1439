//! The order in which the tasks of different streams are executed: free, by a seed, or as a file says.
//!
//! Without a setting nothing here costs anything. With one, a stream's worker asks for its turn before it begins a task;
//! one task is executed at a time.

mod draw;
mod host;
mod script;
mod turns;

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::complaint::say_as_process as complain;
use super::injection;
use super::process_name;
use super::task::Task;
use crate::entry::exit;
use script::Script;
use turns::Turns;

/// How often the worker that looks for the next turn asks again; and the others, that are woken as a rule.
const LOOK: Duration = Duration::from_micros(200);
const REST: Duration = Duration::from_millis(1);

struct Schedule {
    turns: Mutex<Turns>,
    /// The process that takes part in a file's order. One that was forked from it shares its name, its locks and its place
    /// in the files, so the order there is free.
    process: Option<u32>,
}

impl Schedule {
    fn is_anothers(&self) -> bool {
        self.process.is_some_and(|process| process != std::process::id())
    }
}

static SCHEDULE: OnceLock<Option<Schedule>> = OnceLock::new();

fn schedule() -> Option<&'static Schedule> {
    SCHEDULE.get_or_init(from_environment).as_ref().filter(|schedule| !schedule.is_anothers())
}

/// Says once that this process has no part in the schedule of the one that it was forked from.
fn tell_if_anothers() {
    static TOLD: AtomicU32 = AtomicU32::new(0);
    let pid = std::process::id();
    if SCHEDULE.get().is_some_and(|schedule| schedule.as_ref().is_some_and(Schedule::is_anothers))
        && TOLD.swap(pid, Ordering::Relaxed) != pid
    {
        complain(
            "THE ORDER IS FREE here, whatever ASCEND_SIM_SCHEDULE says: this process was forked after its parent's first call",
        );
    }
}

fn from_environment() -> Option<Schedule> {
    let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let seed = text("ASCEND_SIM_SEED").and_then(|seed| {
        let read = seed.parse().ok();
        if read.is_none() {
            complain(&format!("ASCEND_SIM_SEED={seed} is not a number from 0 to {}; there is no seed", u64::MAX));
        }
        read
    });
    let script = text("ASCEND_SIM_SCHEDULE").and_then(|path| {
        let script = Script::join(&PathBuf::from(&path), process_name::given());
        script.map_err(|error| complain(&format!("ASCEND_SIM_SCHEDULE={path}: {error}; there is no schedule"))).ok()
    });
    let process = script.as_ref().map(|_| std::process::id());
    if script.is_some() {
        exit::at_exit(at_exit);
        look_after_turns();
    }
    (seed.is_some() || script.is_some()).then(|| Schedule { turns: Mutex::new(Turns::new(seed, script)), process })
}

/// Other processes cannot see that a task of this one waits for the program; somebody here must.
fn look_after_turns() {
    let watch = || loop {
        std::thread::park_timeout(Duration::from_millis(5));
        if let Some(mut turns) = turns() {
            turns.look_after(Instant::now());
        }
    };
    if let Err(error) = std::thread::Builder::new().name("ascend-sim-turns".to_owned()).spawn(watch) {
        complain(&format!("no thread to look after turns: {error}; a host function may hold up other processes"));
    }
}

/// Whether the order is anything but free; reads the environment.
pub(super) fn is_set() -> bool {
    schedule().is_some()
}

/// Whether the order of the task at hand is anything but free.
pub(crate) fn is_on() -> bool {
    if !injection::is_watching() {
        return false;
    }
    tell_if_anothers();
    schedule().is_some()
}

fn turns() -> Option<MutexGuard<'static, Turns>> {
    let schedule = if injection::is_watching() { schedule() } else { None };
    schedule.map(|schedule| schedule.turns.lock().unwrap_or_else(PoisonError::into_inner))
}

thread_local! {
    /// This thread executes tasks. What it calls from a host function queues nothing.
    static WORKS: Cell<bool> = const { Cell::new(false) };
}

/// The turns, for a thread of the program.
fn turns_of_host() -> Option<MutexGuard<'static, Turns>> {
    if WORKS.get() { None } else { turns() }
}

/// A task was appended to a stream.
pub(crate) fn queued(stream: u64) {
    if let Some(mut turns) = turns() {
        turns.queued(stream);
    }
}

/// How long a stream's worker must wait before it asks again for its next task; `None` if it may begin it now.
pub(crate) fn must_wait(stream: u64, head: Option<&mut Task>) -> Option<Duration> {
    if !is_on() {
        return None;
    }
    WORKS.set(true);
    let Some(task) = head else { return Some(REST) };
    let ready = task.is_ready(); // it has locks of its own
    let mut turns = turns()?;
    if !turns.ask(stream, turns::Head { ready, limit: task.limit(), kind: task.kind() }, Instant::now()) {
        return Some(turns.rest(stream));
    }
    if !ready {
        task.expire(); // the time limit has passed while it waited for its turn
    }
    None
}

/// A stream's running task was executed; nobody was told yet, except by the task itself.
pub(crate) fn executed(stream: u64) {
    if let Some(mut turns) = turns() {
        turns.executed(stream);
    }
}

extern "C" fn at_exit() {
    let _ = std::panic::catch_unwind(leave); // nothing unwinds into C
}

/// The process ends, possibly before a worker has said what it has executed.
fn leave() {
    if let Some(mut turns) = turns() {
        turns.leave();
    }
}

/// A stream's running task has ended, and whoever waits for that was woken.
pub(crate) fn ended(stream: u64) {
    if let Some(mut turns) = turns() {
        turns.ended(stream);
    }
}

/// Tasks of a stream will not run.
pub(crate) fn discarded(stream: u64, tasks: usize) {
    if let Some(mut turns) = turns() {
        turns.discarded(stream, tasks as u64);
    }
}

/// Nothing more will be queued on a stream.
pub(crate) fn closed(stream: u64) {
    if let Some(mut turns) = turns() {
        turns.closed(stream);
    }
}

/// A call that is under way on this thread.
pub(crate) struct CallBegan {
    watched: bool,
}

impl CallBegan {
    /// The thread may be about to queue tasks, unless it merely asks.
    pub(crate) fn note(call: &str) -> Self {
        let Some(mut turns) = turns_of_host() else { return Self { watched: false } };
        turns.call_began(call.contains("Query"));
        Self { watched: true }
    }
}

impl Drop for CallBegan {
    fn drop(&mut self) {
        if self.watched
            && let Some(mut turns) = turns()
        {
            turns.call_ended();
        }
    }
}

/// This thread waits, inside a call, for what the device does.
pub(crate) struct Blocking {
    watched: bool,
}

impl Blocking {
    /// From now on, until this is dropped.
    pub(crate) fn begin() -> Self {
        let Some(mut turns) = turns_of_host() else { return Self { watched: false } };
        turns.blocks(true);
        Self { watched: true }
    }

    /// It goes on when so many tasks of a stream have ended, or some were discarded.
    pub(crate) fn until(&self, stream: u64, tasks: u64) {
        if self.watched
            && let Some(mut turns) = turns()
        {
            turns.awaits(stream, tasks);
        }
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        if self.watched
            && let Some(mut turns) = turns()
        {
            turns.blocks(false);
        }
    }
}
