//! Writes `events.jsonl` as things happen, one write a line, and lets the screen see each of them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::event::{Event, Line, VERSION};
use crate::screen::Screen;

/// The name of the file, in a run's folder.
pub const NAME: &str = "events.jsonl";

/// The journal of a run, and the screen that shows it.
pub struct Journal {
    begin: Instant,
    inner: Mutex<Inner>,
}

struct Inner {
    /// `None` for a run that leaves no files.
    file: Option<File>,
    screen: Box<dyn Screen>,
    failure: Option<String>,
}

impl Journal {
    /// Opens the journal of the run in `folder`.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn open(folder: &Path, screen: Box<dyn Screen>) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(folder.join(NAME))?;
        Ok(Self::with(Some(file), screen))
    }

    /// A journal that is only shown.
    #[must_use]
    pub fn unwritten(screen: Box<dyn Screen>) -> Self {
        Self::with(None, screen)
    }

    fn with(file: Option<File>, screen: Box<dyn Screen>) -> Self {
        Self { begin: Instant::now(), inner: Mutex::new(Inner { file, screen, failure: None }) }
    }

    /// Appends what happened. A disk that is full does not end the run: the first failure is kept, see
    /// [`failure`](Self::failure).
    pub fn tell(&self, event: Event) {
        let mut inner = self.inner();
        let t = u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let line = Line { v: VERSION, t, event };
        if let Some(file) = &mut inner.file
            && let Err(error) = append(file, &line)
        {
            inner.failure.get_or_insert(error.to_string());
        }
        inner.screen.show(&line);
    }

    /// Time since the run began.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.begin.elapsed()
    }

    /// Tells the screen how many cases there will be.
    pub fn planned(&self, cases: usize) {
        self.inner().screen.planned(cases);
    }

    /// Lets the screen go on; call it a few times a second.
    pub fn tick(&self) {
        let age = self.age();
        self.inner().screen.tick(age);
    }

    /// Says something that is part of no file.
    pub fn say(&self, text: &str) {
        self.inner().screen.say(text);
    }

    /// Why lines are missing, if some are.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.inner().failure.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn append(file: &mut File, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

/// All lines that can be read; a torn one, or one of another kind of file, is left out.
///
/// # Errors
/// If the file cannot be read at all.
pub fn read(folder: &Path) -> io::Result<Vec<Line>> {
    Ok(crate::journal_reader::open(folder)?.lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Phase;
    use crate::screen::Nothing;

    #[test]
    fn a_journal_cut_anywhere_gives_all_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), Box::new(Nothing)).unwrap();
        for phase in [Phase::Plan, Phase::Build, Phase::Matrix] {
            journal.tell(Event::PhaseBegin { phase });
        }
        let whole = std::fs::read(folder.path().join(NAME)).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(folder.path().join(NAME), &whole[..cut]).unwrap();
            let ended = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
            let lines = read(folder.path()).unwrap().len();
            assert!(lines == ended || lines == ended + 1, "{lines} lines at {cut}");
        }
    }

    #[test]
    fn a_full_disk_ends_no_run_and_is_remembered() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let journal = Journal::with(Some(full), Box::new(Nothing));
        journal.tell(Event::PhaseBegin { phase: Phase::Plan });
        assert!(journal.failure().unwrap().contains("space"));
    }
}
