//! The trace file: valid JSON whenever no write is under way, whoever of its writers dies.
//!
//! An append overwrites the closing bracket with its events and the bracket again, in writes that stay within a page as
//! long as events allow it: the kernel looks for a fatal signal only between pages. What a death in between has torn all
//! the same, the next writer mends.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::shm::range_lock;

/// What a trace begins with; no other file is ever overwritten.
const HEADER: &[u8] = b"{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
const TAIL: &[u8] = b"\n]}\n";
/// A byte behind any content; its lock is shared by all processes that trace into the file.
const LIVING: u64 = 1 << 62;
/// The lock on this one is for whoever writes.
const WRITING: u64 = LIVING + 1;
const PAGE: u64 = 4096;
/// How far back the last whole event is looked for in a torn file; no event is nearly as long.
const TORN: u64 = 1 << 16;
/// How long a new process waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);
/// Looks at the lock before it sleeps between two of them.
const LOOKS: u32 = 200;

/// A trace file that this process has open.
pub(super) struct TraceFile {
    file: File,
}

/// The right to write; given back also by death.
struct Turn<'a>(&'a File);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // The kernel refuses only what is no lock at all.
        let _ = range_lock::unlock(self.0.as_fd(), WRITING);
    }
}

impl TraceFile {
    /// Opens a trace: begun anew if no living process has it open, joined otherwise.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is no regular file"));
        }
        let this = Self { file };
        let turn = this.turn(PATIENCE)?.ok_or(ErrorKind::TimedOut)?;
        if !range_lock::is_locked_elsewhere(this.file.as_fd(), LIVING)? {
            this.begin()?;
        }
        range_lock::share(this.file.as_fd(), LIVING)?;
        drop(turn);
        Ok(this)
    }

    /// Throws an earlier run's events away.
    fn begin(&self) -> io::Result<()> {
        let mut start = vec![0; HEADER.len()];
        let length = self.file.metadata()?.len();
        if length > 0 && (self.file.read_exact_at(&mut start, 0).is_err() || start != HEADER) {
            return Err(io::Error::new(ErrorKind::AlreadyExists, "it exists, and is no trace of the simulator"));
        }
        self.file.set_len(0)?;
        self.file.write_all_at(&[HEADER, TAIL].concat(), 0)
    }

    /// Waits for the right to write; `None` if another process keeps it that long (stopped, perhaps).
    fn turn(&self, patience: Duration) -> io::Result<Option<Turn<'_>>> {
        let start = Instant::now();
        for look in 0_u32.. {
            if range_lock::try_lock(self.file.as_fd(), WRITING)? {
                return Ok(Some(Turn(&self.file)));
            }
            if start.elapsed() >= patience {
                break;
            }
            if look < LOOKS {
                std::thread::yield_now();
            } else {
                // sleep: another process writes, and tells nobody when it has
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Ok(None)
    }

    /// Appends events, each a line; `false` if another process kept the right to write all the time.
    pub(super) fn append(&self, lines: &[u8], patience: Duration) -> io::Result<bool> {
        let Some(_turn) = self.turn(patience)? else { return Ok(false) };
        let mut at = self.end()?;
        let mut left = lines;
        while !left.is_empty() {
            let (now, later) = left.split_at(portion(left, at));
            let mut text = Vec::with_capacity(PAGE as usize);
            for line in now.split_inclusive(|byte| *byte == b'\n') {
                let first = at == HEADER.len() as u64 && text.is_empty();
                text.extend_from_slice(if first { b"\n" } else { b",\n" });
                text.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
            }
            let next = at + text.len() as u64;
            text.extend_from_slice(TAIL);
            if let Err(error) = self.file.write_all_at(&text, at) {
                self.close(at)?; // no room, most likely: there was room for this
                return Err(error);
            }
            (at, left) = (next, later);
        }
        Ok(true)
    }

    /// Where the closing bracket begins.
    fn end(&self) -> io::Result<u64> {
        let length = self.file.metadata()?.len();
        let mut tail = [0; TAIL.len()];
        match length.checked_sub(TAIL.len() as u64) {
            Some(end) if end >= HEADER.len() as u64 => {
                self.file.read_exact_at(&mut tail, end)?;
                if tail == TAIL { Ok(end) } else { self.mend(length) }
            }
            _ => self.mend(length),
        }
    }

    /// Cuts a torn file behind its last whole event, and closes it.
    fn mend(&self, length: u64) -> io::Result<u64> {
        let from = length.saturating_sub(TORN);
        let mut content = vec![0; usize::try_from(length - from).unwrap_or(0)];
        self.file.read_exact_at(&mut content, from)?;
        let mut end = content.len();
        while end > 0 {
            let start = content[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            // Behind an event there is a comma; or a comma that has just taken the place of the line feed before the bracket.
            let line = &content[start..end];
            let line = line.strip_suffix(b",").or_else(|| line.strip_suffix(b",]}")).unwrap_or(line);
            if line.first() == Some(&b'{') && serde_json::from_slice::<serde_json::Value>(line).is_ok() {
                return self.close(from + (start + line.len()) as u64);
            }
            end = start.saturating_sub(1);
        }
        if from > 0 {
            return Err(io::Error::new(ErrorKind::InvalidData, "somebody else has written into it"));
        }
        self.file.write_all_at(HEADER, 0)?;
        self.close(HEADER.len() as u64)
    }

    /// Ends the file with a bracket here.
    fn close(&self, at: u64) -> io::Result<u64> {
        self.file.write_all_at(TAIL, at)?;
        self.file.set_len(at + TAIL.len() as u64)?;
        Ok(at)
    }
}

/// How many bytes of whole lines, at least one line, can be written at `at` so that nothing crosses a page.
fn portion(lines: &[u8], at: u64) -> usize {
    let room = (PAGE - at % PAGE) as usize;
    let (mut bytes, mut written) = (0, TAIL.len());
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        written += line.len() + 1; // a comma and a line feed in front, none behind
        if bytes > 0 && written > room {
            break;
        }
        bytes += line.len();
    }
    bytes
}

#[cfg(test)]
#[path = "file_rules.rs"]
mod rules;
