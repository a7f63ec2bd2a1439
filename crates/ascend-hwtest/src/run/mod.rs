//! A run: its phases in order, what each says, and the exit code of all of them.

mod environment;
mod options;
mod phases;
pub mod record;
mod require;
mod select;
mod sim;
mod stop;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::event::{CaseEnd, Event, Phase, Run};
use crate::exit::Exit;
use crate::journal::Journal;
use crate::screen::{Bars, Lines, Screen};
pub use options::{Asked, Deny, Github, Isolation, Options, Progress};
pub use sim::Topology;
use stop::Stop;

/// What a run uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// Ascend cards.
    Hw,
    /// The simulator.
    Sim,
}

impl Backend {
    /// Its word, in files and variables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hw => "hw",
            Self::Sim => "sim",
        }
    }
}

/// Where a run is: files, and the program that it starts children with.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where `/dev`, `/proc` and `/sys` are.
    pub root: PathBuf,
    /// `hwrun`.
    pub runner: PathBuf,
    /// The checkout, if there is one.
    pub workspace: Option<PathBuf>,
    /// The command line, for the record.
    pub argv: Vec<String>,
}

impl Site {
    /// This machine, this program, and the checkout that the current folder is in.
    ///
    /// # Errors
    /// If the kernel does not tell which program this is.
    pub fn here() -> std::io::Result<Self> {
        let runner = crate::look::myself()?;
        let is_ours = |folder: &&Path| folder.join("crates/ascend-ipc/Cargo.toml").is_file();
        let current = std::env::current_dir()?;
        let workspace = current.ancestors().find(is_ours).map(Path::to_owned);
        Ok(Self { root: "/".into(), runner, workspace, argv: std::env::args().collect() })
    }

    /// Where runs are kept.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.workspace.as_deref().map_or_else(|| PathBuf::from("hw-test"), |root| root.join("target/hw-test"))
    }
}

/// A phase that ends the run: with which code, and why.
type Fatal = (Exit, String);
/// What a phase gives, and its line for people.
type Done<T> = Result<(T, String), Fatal>;

/// What the phases share.
struct Course<'a> {
    site: &'a Site,
    options: &'a Options,
    journal: &'a Journal,
    folder: &'a Path,
    stop: &'a Stop,
    run: Run,
    backend: Backend,
    environment: BTreeMap<String, String>,
    /// Warnings of preflight.
    warnings: usize,
    /// Every end of an attempt, when the matrix has run.
    ends: Vec<CaseEnd>,
}

/// Runs everything that is asked for.
///
/// # Errors
/// A sentence, if there is no run at all: the folder cannot be made, or is another run's.
pub fn run(site: &Site, options: &Options) -> Result<Exit, String> {
    let id = random().ok_or("the kernel has no random numbers")?;
    let name = format!("{:06x}", id & 0xff_ffff);
    let folder = options.out.clone().unwrap_or_else(|| site.runs().join(&name));
    let folder = std::path::absolute(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if folder.join(crate::journal::NAME).exists() {
        return Err(format!("{} holds a run; give another folder", folder.display()));
    }
    let screen = screen(options, &folder);
    let journal = if options.dry_run {
        Journal::unwritten(screen)
    } else {
        let made = std::fs::create_dir_all(&folder).and_then(|()| Journal::open(&folder, screen));
        made.map_err(|error| format!("cannot write to {}: {error}", folder.display()))?
    };
    let stop = Stop::new(options.max_time).map_err(|error| format!("cannot catch signals: {error}"))?;
    let backend = if options.backend == Asked::Sim { Backend::Sim } else { Backend::Hw };
    let started = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let run = Run {
        run: name,
        backend: backend.word().into(),
        seed: options.seed.unwrap_or(id >> 24 & 0xffff_ffff),
        started,
        argv: site.argv.clone(),
        isolation: if options.isolation == Isolation::Exclusive { "exclusive" } else { "shared" }.into(),
        ..Run::default()
    };
    let environment = environment::environment(variables(), backend, options.sim, options.cann.as_deref());
    journal.tell(Event::RunBegin(Box::new(run.clone())));
    let mut course = Course {
        site,
        options,
        journal: &journal,
        folder: &folder,
        stop: &stop,
        run,
        backend,
        environment,
        warnings: 0,
        ends: Vec::new(),
    };
    // Whatever happens, there is a report.
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| course.all()));
    let exit = outcome.unwrap_or_else(|_| {
        journal.say("hw-test itself has failed; the report holds what was done until then");
        Exit::Internal
    });
    journal.tell(Event::PhaseBegin { phase: Phase::Report });
    let failure = journal.failure();
    let summary =
        failure.map_or_else(|| "events.jsonl is whole".into(), |why| format!("events.jsonl is not whole: {why}"));
    journal.tell(Event::PhaseEnd { phase: Phase::Report, ok: journal.failure().is_none(), summary });
    journal.tell(Event::RunEnd { exit: exit.code() });
    // After the last event, so that the views are of the whole run.
    if !options.dry_run
        && let Err(error) = crate::report::write(&folder, &crate::report::Options::default())
    {
        journal.say(&format!("the report is not complete: {error}"));
    }
    Ok(exit)
}

fn screen(options: &Options, folder: &Path) -> Box<dyn Screen> {
    let github = match options.github {
        Github::Auto => std::env::var_os("GITHUB_ACTIONS").is_some(),
        Github::On => true,
        Github::Off => false,
    };
    let bars = match options.progress {
        Progress::Auto => std::io::stderr().is_terminal() && !github,
        progress => progress == Progress::Bar,
    };
    if bars {
        return Box::new(Bars::new(folder.to_owned()));
    }
    let quiet = options.progress == Progress::None;
    Box::new(Lines::new(Box::new(std::io::stdout()), folder.to_owned(), github, quiet))
}

/// Our variables, as far as they are text.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// 64 random bits, from the kernel.
fn random() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/uuid").ok()?;
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    // Digit 12 is the version; the first twelve are random, and so are the last twelve.
    let chosen = format!("{}{}", digits.get(..8)?, digits.get(24..32)?);
    u64::from_str_radix(&chosen, 16).ok()
}
