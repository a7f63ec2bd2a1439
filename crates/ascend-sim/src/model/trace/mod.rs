//! A time line of all processes in one file: the switch, the buffer, and when it is written out.
//!
//! Whoever is interested opens the file at ui.perfetto.dev. Calls are slices on the track of their thread, tasks on the
//! track of their stream, and an arrow leads from each record to each wait that it released.

mod event;
mod file;
pub(crate) mod flow;
mod work;

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use ascend_sys::abi::aclError;
use serde_json::json;

use self::event::{Moment, Span, Track};
use self::file::TraceFile;
use super::complaint::say;
use super::stream::Stream;
pub(crate) use work::{nothing_to_wait_for, run};

const VARIABLE: &str = "ASCEND_SIM_TRACE";
/// Says what the process is for, in addition to its command's name.
const ROLE: &str = "ASCEND_SIM_PROCESS";
/// Streams' tracks are numbered above any thread's number, which is below 2^22.
const FIRST_STREAM: u64 = 10_000_000;
/// Events are written out when there are so many bytes of them.
const LARGE: usize = 1 << 18;
/// Events are lost when so many bytes of them cannot be written out.
const MOST: usize = 1 << 26;
/// How long a flush waits for its turn, and how long it is not tried again when that was in vain: another process may
/// have been stopped while it wrote, which must not hold this one up.
const PATIENCE: Duration = Duration::from_millis(100);
const PAUSE: Duration = Duration::from_secs(1);

/// Not looked at yet, off, on.
static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

static TRACER: OnceLock<Tracer> = OnceLock::new();
/// Held while tracing is switched on.
static STARTING: Mutex<()> = Mutex::new(());

/// What this process traces with.
struct Tracer {
    process: u32,
    pending: Mutex<Pending>,
    output: Mutex<Output>,
}

/// Events that are not in the file yet.
#[derive(Default)]
struct Pending {
    lines: Vec<u8>,
    lost: u64,
    /// Streams whose tracks have their names.
    streams: HashSet<u64>,
}

struct Output {
    file: TraceFile,
    /// No flush is tried before.
    pause: Option<Instant>,
}

/// Whether a trace is kept; decided by the environment at the first question.
pub(crate) fn is_on() -> bool {
    // Relaxed: who sees "on" too early finds no tracer, and traces from the next event on.
    match STATE.load(Ordering::Relaxed) {
        OFF => false,
        ON => true,
        _ => start_from_environment(),
    }
}

/// The present, if a trace is kept.
pub(crate) fn begin() -> Option<Moment> {
    is_on().then(Moment::now)
}

fn start_from_environment() -> bool {
    let _alone = lock(&STARTING);
    if STATE.load(Ordering::Relaxed) == UNKNOWN {
        match std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
            None => STATE.store(OFF, Ordering::Relaxed),
            Some(path) => {
                if let Err(error) = switch_on(Path::new(&path)) {
                    STATE.store(OFF, Ordering::Relaxed);
                    complain(&format!("{VARIABLE}={}: {error}; no trace is kept", path.display()));
                }
            }
        }
    }
    STATE.load(Ordering::Relaxed) == ON
}

/// Traces from now on into a file, as `ASCEND_SIM_TRACE` would from the first call on.
///
/// # Errors
/// The file cannot be written, or is no trace; or this process has a trace already, which then goes on.
pub fn start(path: impl AsRef<Path>) -> io::Result<()> {
    let _alone = lock(&STARTING);
    switch_on(path.as_ref())
}

extern "C" fn at_exit() {
    // There is nobody left who could be told.
    let _ = std::panic::catch_unwind(end);
}

fn switch_on(path: &Path) -> io::Result<()> {
    let again = || io::Error::new(io::ErrorKind::AlreadyExists, "the process has had a trace already");
    if TRACER.get().is_some() {
        return Err(again());
    }
    let output = Mutex::new(Output { file: TraceFile::open(path)?, pause: None });
    let process = std::process::id();
    TRACER.set(Tracer { process, pending: Mutex::default(), output }).map_err(|_| again())?;
    crate::entry::exit::at_exit(at_exit);
    // Release is not needed: see `is_on`.
    STATE.store(ON, Ordering::Relaxed);
    let command = std::fs::read_to_string("/proc/self/comm").unwrap_or_default();
    let role = std::env::var(ROLE).map(|role| format!(" ({role})")).unwrap_or_default();
    put(&event::name(
        "process_name",
        Track { process, number: process.into() },
        &format!("{}{role}", command.trim_end()),
    ));
    Ok(())
}

/// Writes out what this process has traced so far.
pub fn flush() {
    write_out(PATIENCE, false);
}

/// The process ends in order.
pub(crate) fn end() {
    write_out(Duration::from_secs(2), true);
}

/// A stream has nothing more to do.
pub(crate) fn stream_is_idle() {
    if is_on() {
        flush();
    }
}

/// A call has ended; `from` is what [`begin`] said when it began.
pub(crate) fn call(name: &str, from: Option<Moment>, answer: aclError) {
    let Some(from) = from else { return };
    let span = Span::new(from, Moment::now());
    if let Some(track) = thread_track() {
        put(&event::slice("call", name, track, span, &json!({ "answer": answer })));
    }
    if name.contains("Synchronize") || name.starts_with("aclFinalize") {
        flush();
    }
}

/// The tracer of this process; not that of a process from which this one was forked, whose locks nobody gives back.
fn tracer() -> Option<&'static Tracer> {
    let tracer = TRACER.get().filter(|_| STATE.load(Ordering::Relaxed) == ON)?;
    if tracer.process != std::process::id() {
        STATE.store(OFF, Ordering::Relaxed);
        return None;
    }
    Some(tracer)
}

/// The track of the calling thread, which gets its name with its first event.
fn thread_track() -> Option<Track> {
    thread_local! {
        static NAMED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    let number = u64::from(rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs());
    let track = Track { process: tracer()?.process, number };
    // A thread whose locals are gone had a name, or does without.
    if NAMED.try_with(|named| !named.replace(true)).unwrap_or(false) {
        let name = std::fs::read_to_string("/proc/thread-self/comm").unwrap_or_default();
        put(&event::name("thread_name", track, name.trim_end()));
    }
    Some(track)
}

/// The track of a stream, which gets its name with its first event, and a place below the threads.
fn stream_track(stream: &Stream) -> Track {
    let number = FIRST_STREAM + stream.serial();
    let track = Track { process: std::process::id(), number };
    if tracer().is_some_and(|tracer| lock(&tracer.pending).streams.insert(number)) {
        let name = format!("stream {} of device {}", stream.id(), stream.device());
        put(&(event::name("thread_name", track, &name) + &event::position(track, number)));
    }
    track
}

/// Takes lines for the file.
fn put(lines: &str) {
    let Some(tracer) = tracer() else { return };
    let mut pending = lock(&tracer.pending);
    if pending.lines.len() > MOST {
        pending.lost += 1;
        return;
    }
    pending.lines.extend_from_slice(lines.as_bytes());
    let large = pending.lines.len() > LARGE;
    drop(pending);
    if large {
        flush();
    }
}

fn write_out(patience: Duration, last: bool) {
    let Some(tracer) = tracer() else { return };
    let mut output = lock(&tracer.output);
    if !last && output.pause.is_some_and(|pause| Instant::now() < pause) {
        return;
    }
    let mut pending = lock(&tracer.pending);
    let mut lines = std::mem::take(&mut pending.lines);
    let lost = std::mem::take(&mut pending.lost);
    drop(pending);
    if lost > 0 {
        let track = Track { process: tracer.process, number: tracer.process.into() };
        let title = format!("{lost} events were lost: the file could not be written for too long");
        lines.extend_from_slice(event::instant(&title, track, Moment::now(), &json!({})).as_bytes());
    }
    if lines.is_empty() {
        return;
    }
    match output.file.append(&lines, patience) {
        Ok(true) => output.pause = None,
        Ok(false) => {
            output.pause = Some(Instant::now() + PAUSE);
            let mut pending = lock(&tracer.pending);
            lines.append(&mut pending.lines);
            pending.lines = lines;
        }
        Err(error) => {
            if STATE.swap(OFF, Ordering::Relaxed) == ON {
                complain(&format!("writing the trace: {error}; it ends here"));
            }
        }
    }
}

fn complain(complaint: &str) {
    say(&format!("ascend-sim: {complaint}"));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
