//! Writes the files that people and programs read, all of them views of `events.jsonl`.
//!
//! [`write()`] makes those of one run, also of one that was killed; [`merge()`] puts several runs side by side. A file appears
//! whole or not at all, and one that cannot be written does not keep the others from being written.

use std::path::{Path, PathBuf};

use crate::redact::Redactor;
use crate::view::View;

mod file;
mod junit;
mod logs;
mod markdown;
mod merge;
mod page;
mod summary;
mod tally;
mod trace;

pub use merge::merge;
pub use tally::{Spread, Tally};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `summary.json`, schema `hw-test/1`.
    Json,
    /// `junit.xml`.
    Junit,
    /// `report.html`, one file that loads nothing.
    Html,
    /// `summary.md`, for the summary of a GitHub step.
    Md,
    /// `trace.json`, for ui.perfetto.dev.
    Perfetto,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Json, Self::Junit, Self::Html, Self::Md, Self::Perfetto];

    /// The file's name.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Json => "summary.json",
            Self::Junit => "junit.xml",
            Self::Html => "report.html",
            Self::Md => "summary.md",
            Self::Perfetto => "trace.json",
        }
    }
}

/// What to write, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which files.
    pub formats: Vec<Format>,
    /// Whether handles, users, addresses, hosts and serial numbers are replaced by marks (`--no-redact` says no).
    pub redact: bool,
    /// Where the marks begin; `None`, which is right outside of tests, draws it.
    pub salt: Option<[u8; 16]>,
}

impl Default for Options {
    fn default() -> Self {
        Self { formats: Format::ALL.to_vec(), redact: true, salt: None }
    }
}

impl Options {
    fn redactor(&self) -> std::io::Result<Redactor> {
        match (self.redact, self.salt) {
            (false, _) => Ok(Redactor::off()),
            (true, Some(salt)) => Ok(Redactor::with_salt(salt)),
            (true, None) => Redactor::new(),
        }
    }
}

/// Why a report is not complete.
#[derive(Debug)]
pub struct Error {
    /// What was written all the same.
    pub written: Vec<PathBuf>,
    /// What could not be read or written, and why. What was there before is still there.
    pub failed: Vec<(PathBuf, std::io::Error)>,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (path, error)) in self.failed.iter().enumerate() {
            let comma = if index == 0 { "" } else { "; " };
            write!(f, "{comma}{}: {error}", path.display())?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl Error {
    fn one(path: &Path, error: std::io::Error) -> Self {
        Self { written: Vec::new(), failed: vec![(path.to_owned(), error)] }
    }
}

/// A run and the logs that a report shows, without secrets.
struct Source {
    view: View,
    logs: logs::Logs,
    redacted: bool,
}

impl Source {
    fn open(folder: &Path, redactor: &Redactor) -> Result<Self, Error> {
        let mut view = View::open(folder).map_err(|error| Error::one(folder, error))?;
        let logs = logs::Logs::collect(folder, &view, redactor);
        redactor.view(&mut view);
        Ok(Self { view, logs, redacted: redactor.is_on() })
    }
}

/// Writes the files of the run in `folder` into that folder, and says where they are.
///
/// # Errors
///
/// If the journal cannot be read, or if files cannot be written, such as on a full disk. All that can be written is written
/// first.
pub fn write(folder: &Path, options: &Options) -> Result<Vec<PathBuf>, Error> {
    let redactor = options.redactor().map_err(|error| Error::one(folder, error))?;
    let source = Source::open(folder, &redactor)?;
    write_each(folder, &options.formats, |format| match format {
        Format::Json => summary::text(&source),
        Format::Junit => junit::text(&source),
        Format::Html => Ok(page::text(&source)),
        Format::Md => Ok(markdown::text(&source)),
        Format::Perfetto => trace::text(&source),
    })
}

fn write_each(
    folder: &Path,
    formats: &[Format],
    make: impl Fn(Format) -> std::io::Result<String>,
) -> Result<Vec<PathBuf>, Error> {
    let mut result = Error { written: Vec::new(), failed: Vec::new() };
    for format in Format::ALL.into_iter().filter(|format| formats.contains(format)) {
        let path = folder.join(format.file());
        match make(format).and_then(|text| file::replace(&path, text.as_bytes())) {
            Ok(()) => result.written.push(path),
            Err(error) => result.failed.push((path, error)),
        }
    }
    if result.failed.is_empty() { Ok(result.written) } else { Err(result) }
}
