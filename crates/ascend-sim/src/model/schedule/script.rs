//! The order of the tasks of several processes, in a file: recorded in one run, enforced in the next.
//!
//! Beside `FILE` there is `FILE.progress`. Its first byte says whether the run records or replays, each `[NAME]` is a process that
//! was not named, each `.` a line of the schedule that is done, and `!` that the run has diverged. A run lasts as long as
//! any of its processes: they share a lock of the progress file, and who gets it for himself begins a new run.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read as _, Result, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use super::{LOOK, complain};
use crate::model::process_name;
use crate::shm::range_lock;

const BEGINNING: &str = "# ascend-sim schedule 1";
const HEADER: &str = "# ascend-sim schedule 1: process, stream, number of the task in its stream, kind";
/// Bytes of the progress file whose locks say: somebody joins; somebody records a task that runs.
const JOINING: u64 = 0;
const RUNNING: u64 = 1;
/// The run has diverged when nothing happens for so long, though a task could run.
const PATIENCE: Duration = Duration::from_secs(5);

/// This process's part in a schedule.
pub(super) struct Script {
    label: String,
    progress: File,
    mode: Mode,
    /// A task of ours has begun, and the next one must wait for its end.
    holds: bool,
    /// When our latest recorded task ended.
    ended: Option<Instant>,
}

enum Mode {
    /// Lines are appended here.
    Record(File),
    /// The lines, in order.
    Replay { lines: Vec<String>, seen: Seen },
    /// It has diverged, or failed.
    Free,
}

/// What was read of the progress.
struct Seen {
    bytes: u64,
    done: usize,
    since: Instant,
}

/// What the schedule says of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is the next one.
    Yours,
    /// Another is the next one.
    Anothers,
    /// Nothing.
    Free,
}

impl Script {
    /// Takes part in a run under a name. A process without one is called after its program, or `child` of it, with a number
    /// if there are several, in the order of joining.
    pub(super) fn join(path: &Path, name: Option<String>) -> Result<Self> {
        require_schedule(path)?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(".progress");
        let mut progress = OpenOptions::new().read(true).append(true).create(true).open(beside)?;
        lock_for_joining(&progress)?;
        if flock(&progress, FlockOperation::NonBlockingLockExclusive).is_ok() {
            progress.set_len(0)?;
            let records = match OpenOptions::new().write(true).create_new(true).open(path) {
                Ok(mut file) => writeln!(file, "{HEADER}").map(|()| true)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
                Err(error) => return Err(error),
            };
            progress.write_all(if records { b"R" } else { b"P" })?;
        }
        flock(&progress, FlockOperation::LockShared)?;
        let so_far = std::fs::read_to_string(fd_path(&progress))?;
        let label = match name {
            Some(name) => name.replace(char::is_whitespace, "_"),
            None => {
                let name = nameless(&process_name::command().unwrap_or_default(), process_name::is_child());
                let joined = format!("[{name}]");
                progress.write_all(joined.as_bytes())?;
                format!("{name}{}", so_far.matches(&joined).count() + 1)
            }
        };
        range_lock::unlock(progress.as_fd(), JOINING)?;
        let mode = if so_far.starts_with('R') {
            Mode::Record(OpenOptions::new().append(true).open(path)?)
        } else {
            let text = std::fs::read_to_string(path)?;
            let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
            Mode::Replay { lines, seen: Seen { bytes: 0, done: 0, since: Instant::now() } }
        };
        Ok(Self { label, progress, mode, holds: false, ended: None })
    }

    /// Whether a task that could run is the next one.
    pub(super) fn next(&mut self, stream: u64, number: u64, kind: &str, now: Instant) -> Next {
        let Mode::Replay { lines, seen } = &mut self.mode else { return Next::Free };
        match seen.look(&self.progress, now) {
            Err(error) => return self.give_up(&format!("its progress cannot be read: {error}")),
            Ok(true) => return self.give_up("another process has diverged"),
            Ok(false) => {}
        }
        let mine = format!("{} {stream} {number} {kind}", self.label);
        let Some(expected) = lines.get(seen.done) else {
            return self.give_up(&format!("expected the end, got \"{mine}\""));
        };
        if *expected == mine {
            return Next::Yours;
        }
        let same_stream = expected.starts_with(&format!("{} {stream} ", self.label));
        if !same_stream && now.duration_since(seen.since) < PATIENCE {
            return Next::Anothers;
        }
        let waited = if same_stream { "" } else { ", and nothing else for a long time" };
        let line = seen.done + 1;
        let cause = format!("task {line}: expected {}, got {}{waited}", quoted(expected), quoted(&mine));
        self.give_up(&cause)
    }

    fn give_up(&mut self, cause: &str) -> Next {
        complain(&format!("THE RUN DIVERGES from ASCEND_SIM_SCHEDULE; the order is free from here on: {cause}"));
        let _ = self.progress.write_all(b"!"); // who cannot read it loses patience
        self.mode = Mode::Free;
        Next::Free
    }

    /// Begins a task, which is its turn within this process; not while a task of another process is being recorded.
    pub(super) fn begin(&mut self, stream: u64, number: u64, kind: &str) -> bool {
        if let Mode::Record(file) = &mut self.mode {
            // Others ask less often than we could begin one task after the other.
            if self.ended.is_some_and(|ended| ended.elapsed() < 2 * LOOK) {
                return false;
            }
            if range_lock::try_lock(self.progress.as_fd(), RUNNING) == Ok(false) {
                return false;
            }
            // One write: lines of several processes do not mix.
            let line = format!("{} {stream} {number} {kind}\n", self.label);
            if let Err(error) = file.write_all(line.as_bytes()) {
                complain(&format!("ASCEND_SIM_SCHEDULE cannot be written: {error}"));
                self.mode = Mode::Free;
            }
        }
        self.holds = true;
        true
    }

    /// The task has ended, or need not be waited for any longer.
    pub(super) fn end(&mut self) {
        if !std::mem::take(&mut self.holds) {
            return;
        }
        match &self.mode {
            Mode::Replay { .. } => _ = self.progress.write_all(b"."), // a failure shows as a divergence
            Mode::Record(_) | Mode::Free => {
                let _ = range_lock::unlock(self.progress.as_fd(), RUNNING);
                self.ended = Some(Instant::now());
            }
        }
    }
}

impl Seen {
    /// Looks how far the run has come; whether it has diverged.
    fn look(&mut self, progress: &File, now: Instant) -> Result<bool> {
        let length = progress.metadata()?.len();
        if length == self.bytes {
            return Ok(false);
        }
        let mut bytes = vec![0; usize::try_from(length.saturating_sub(self.bytes)).unwrap_or(0)];
        progress.read_exact_at(&mut bytes, self.bytes)?;
        self.bytes = length;
        self.since = now;
        self.done += bytes.iter().filter(|byte| **byte == b'.').count();
        Ok(bytes.contains(&b'!'))
    }
}

/// Refuses a file that holds something else, before anything is made of it. An empty one is being written.
fn require_schedule(path: &Path) -> Result<()> {
    let mut beginning = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        file => file?.take(BEGINNING.len() as u64).read_to_end(&mut beginning)?,
    };
    if BEGINNING.as_bytes().starts_with(&beginning) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidData,
        format!("the file is no schedule; its first line would be \"{BEGINNING}...\""),
    ))
}

/// The beginning of a line, as far as a reader needs it.
fn quoted(line: &str) -> String {
    const LONGEST: usize = 80;
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("\"{}...\"", &line[..end]),
        None => format!("\"{line}\""),
    }
}

/// What a process is called that was not named: letters and digits only, since the rest means something in the files.
fn nameless(command: &str, child: bool) -> String {
    let name: String = command.chars().filter(char::is_ascii_alphanumeric).collect();
    if child { format!("{name}-child") } else { name }
}

/// Takes the lock of joining; whoever has it gives it back at once, unless it is stopped.
fn lock_for_joining(progress: &File) -> Result<()> {
    let begun = Instant::now();
    while !range_lock::try_lock(progress.as_fd(), JOINING)? {
        if begun.elapsed() >= PATIENCE {
            return Err(Error::new(ErrorKind::TimedOut, "a process that joins the schedule does not go on"));
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
    Ok(())
}

/// The file by its descriptor: it is open already, and read from its beginning.
fn fd_path(file: &File) -> String {
    use std::os::fd::AsRawFd as _;
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &Path, name: &str) -> Script {
        Script::join(path, Some(name.to_owned())).unwrap()
    }

    fn step(script: &mut Script, stream: u64, number: u64) -> Next {
        script.next(stream, number, "copy", Instant::now())
    }

    #[test]
    fn what_one_run_records_the_next_enforces() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("order");
        let (mut a, mut b) = (named(&path, "a"), named(&path, "b"));
        assert!(a.begin(1, 1, "copy"));
        assert!(!b.begin(2, 1, "copy"), "one task at a time");
        a.end();
        assert!(b.begin(2, 1, "copy"));
        b.end();
        drop((a, b));

        let (mut b, mut a) = (named(&path, "b"), named(&path, "a"));
        assert_eq!(step(&mut b, 2, 1), Next::Anothers);
        assert_eq!(step(&mut a, 1, 1), Next::Yours);
        assert!(a.begin(1, 1, "copy"));
        assert_eq!(step(&mut b, 2, 1), Next::Anothers, "the other has not ended");
        a.end();
        assert_eq!(step(&mut b, 2, 1), Next::Yours);
    }

    #[test]
    fn whoever_diverges_sets_all_free() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("order");
        std::fs::write(&path, "# ascend-sim schedule 1\na 1 1 copy\nb 1 1 copy\n").unwrap();
        let (mut a, mut b) = (named(&path, "a"), named(&path, "b"));
        assert_eq!(step(&mut b, 1, 1), Next::Anothers);
        assert_eq!(a.next(1, 1, "host", Instant::now()), Next::Free, "another kind");
        assert_eq!(step(&mut b, 1, 1), Next::Free);
    }

    #[test]
    fn a_stranger_loses_patience() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("order");
        std::fs::write(&path, "# ascend-sim schedule 1\na 1 1 copy\n").unwrap();
        let mut b = named(&path, "b");
        assert_eq!(step(&mut b, 1, 1), Next::Anothers);
        assert_eq!(b.next(1, 1, "copy", Instant::now() + PATIENCE), Next::Free);
    }

    #[test]
    fn nameless_processes_are_numbered_in_each_run_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("order");
        for _ in 0..2 {
            let joined = [0; 3].map(|_| Script::join(&path, None).unwrap());
            let name = nameless(&process_name::command().unwrap(), process_name::is_child());
            let labels = joined.each_ref().map(|script| script.label.clone());
            assert_eq!(labels, [1, 2, 3].map(|number| format!("{name}{number}")));
        }
    }
}
