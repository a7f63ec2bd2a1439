//! The verbs: run, status, logs, cancel, clean.

use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

use super::book::{Book, Entry};
use super::job::Job;
use super::watch::{Patience, insist, watch};
use super::{Engine, State};
use crate::bundle;
use crate::exit::Exit;
use crate::profile::Profiles;
use crate::remote::k8s::Kubernetes;
use crate::remote::slurm::Slurm;
use crate::remote::ssh::Ssh;
use crate::remote::{Error, Result};

/// Where a job goes: `ssh:NAME`, `ssh://user@host/dir`, `slurm:NAME` or `k8s:NAME`, with names of profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `ssh`, `slurm` or `k8s`.
    pub engine: String,
    /// Name of the profile, or an address.
    pub profile: String,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text.starts_with("ssh://") {
            return Ok(Self { engine: "ssh".into(), profile: text.to_owned() });
        }
        match text.split_once(':') {
            Some((engine @ ("ssh" | "slurm" | "k8s"), profile)) if !profile.is_empty() => {
                Ok(Self { engine: engine.to_owned(), profile: profile.to_owned() })
            }
            _ => Err(format!("{text:?} is no target: ssh:NAME, ssh://user@host/dir, slurm:NAME or k8s:NAME")),
        }
    }
}

/// What the verbs tell while they work; called from one thread at a time.
pub trait Progress: Send {
    /// A sentence about a job.
    fn tell(&mut self, job: &str, sentence: &str);
    /// A further part of a job's `events.jsonl`, as it came: it may end within a line.
    fn events(&mut self, job: &str, part: &[u8]);
}

/// How a job ended, or is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Name of its folder below the fleet's.
    pub name: String,
    /// How.
    pub state: State,
    /// What went wrong beside that, or how to go on.
    pub note: Option<String>,
}

impl Row {
    /// The exit code of several jobs: that which matters most.
    #[must_use]
    pub fn worst(rows: &[Self]) -> u8 {
        let codes: Vec<u8> = rows.iter().map(|row| row.state.exit()).collect();
        let order = [Exit::Failed, Exit::Dirty, Exit::Infra, Exit::OutOfTime, Exit::CannotRun].map(Exit::code);
        order.into_iter().find(|code| codes.contains(code)).or_else(|| codes.into_iter().max()).unwrap_or(0)
    }
}

/// The engine of a target.
///
/// # Errors
/// There is no such profile.
pub fn engine(target: &Target, profiles: &Profiles) -> Result<Box<dyn Engine>> {
    let name = &target.profile;
    match target.engine.as_str() {
        "ssh" => Ok(Box::new(Ssh::new(name, profiles.remote(name)?)?)),
        "slurm" => Ok(Box::new(Slurm::new(name, profiles)?)),
        "k8s" => Ok(Box::new(Kubernetes::new(name, profiles)?)),
        other => Err(Error::Usage(format!("{other:?} is no engine"))),
    }
}

/// Submits one job to each engine, and with `follow` waits for all and brings their results into `book`.
///
/// An engine that refuses or is lost is a row of its own; the others go on.
///
/// # Errors
/// The bundle cannot be read.
pub fn run(
    engines: &[(Target, Box<dyn Engine>)],
    job: &Job,
    book: &Book,
    follow: Option<Patience>,
    progress: &mut dyn Progress,
) -> Result<Vec<Row>> {
    let sha256 = bundle::sha256(&job.bundle).map_err(|error| Error::Usage(error.to_string()))?;
    let progress = Mutex::new(progress);
    let rows = std::thread::scope(|scope| {
        let threads: Vec<_> = engines
            .iter()
            .enumerate()
            .map(|(index, (target, engine))| {
                let (sha256, progress) = (&sha256, &progress);
                // Each is a run of its own, also where two are on one machine.
                let job = Job { run: format!("{}{index:02x}", job.run), ..job.clone() };
                let name = folder(target, index);
                let one = move || submit(&**engine, target, name, job, sha256, book, follow, progress);
                scope.spawn(one)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
    });
    Ok(rows.into_iter().map(|row| row.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect())
}

/// Plain and unlike that of any other job of the fleet.
fn folder(target: &Target, index: usize) -> String {
    let plain: String =
        target.profile.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    format!("{index:02}-{}-{}", target.engine, plain.trim_matches('-'))
}

#[expect(clippy::too_many_arguments, reason = "the body of a thread: all that it shares with the others")]
fn submit(
    engine: &dyn Engine,
    target: &Target,
    name: String,
    job: Job,
    sha256: &str,
    book: &Book,
    follow: Option<Patience>,
    progress: &Mutex<&mut dyn Progress>,
) -> Row {
    told(progress, &name, &format!("submitting to {}", engine.describe()));
    let submitted = engine.submit(&job, sha256).and_then(|mut ticket| {
        ticket.profile.clone_from(&target.profile);
        let entry = Entry { name: name.clone(), job, ticket, state: State::Queued(String::new()), fetched: false };
        book.write(&entry)?;
        Ok(entry)
    });
    match (submitted, follow) {
        (Err(error), _) => Row { name, state: State::Infra("not submitted".into()), note: Some(error.to_string()) },
        (Ok(entry), Some(patience)) => attend(engine, entry, book, patience, progress),
        (Ok(entry), None) => Row { name, state: entry.state, note: None },
    }
}

/// Follows a job to its end and brings its results.
fn attend(
    engine: &dyn Engine,
    mut entry: Entry,
    book: &Book,
    patience: Patience,
    progress: &Mutex<&mut dyn Progress>,
) -> Row {
    let folder = book.folder(&entry.name);
    let name = entry.name.clone();
    let mirror = folder.join("events.jsonl");
    let watched = watch(
        engine,
        (&entry.job, &entry.ticket),
        &mirror,
        patience,
        &mut |part| lock(progress).events(&name, part),
        &mut |sentence| told(progress, &name, sentence),
    );
    let mut note = None;
    match watched {
        Ok(state) => {
            entry.state = state;
            match insist(patience, || engine.fetch(&entry.job, &entry.ticket, &folder)) {
                Ok(()) => entry.fetched = true,
                Err(error) => note = Some(format!("the results were not brought: {error}")),
            }
        }
        Err(error) => {
            entry.state = State::Infra(error.to_string());
            note = Some(format!("the run may go on there; to take it up again: hwrun fleet logs {}", folder_of(book)));
        }
    }
    if let Err(error) = book.write(&entry) {
        note.get_or_insert(error.to_string());
    }
    Row { name, state: entry.state, note }
}

fn folder_of(book: &Book) -> String {
    book.folder("").display().to_string().trim_end_matches('/').to_owned()
}

fn lock<'a, 'b>(progress: &'a Mutex<&'b mut dyn Progress>) -> std::sync::MutexGuard<'a, &'b mut dyn Progress> {
    progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn told(progress: &Mutex<&mut dyn Progress>, name: &str, sentence: &str) {
    lock(progress).tell(name, sentence);
}

/// Makes the engine of a target: [`engine`], unless somebody has another one.
pub type Maker<'a> = &'a dyn Fn(&Target) -> Result<Box<dyn Engine>>;

fn target(entry: &Entry) -> Target {
    Target { engine: entry.ticket.engine.clone(), profile: entry.ticket.profile.clone() }
}

/// How every job of a fleet is doing.
///
/// # Errors
/// The book cannot be read.
pub fn status(book: &Book, make: Maker<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for mut entry in book.read()? {
        // What has ended and been fetched may be gone from its machine.
        let (state, note) = if entry.fetched {
            (entry.state.clone(), None)
        } else {
            match make(&target(&entry)).and_then(|engine| engine.look(&entry.job, &entry.ticket)) {
                Ok(state) => (state, None),
                Err(error) => (entry.state.clone(), Some(error.to_string())),
            }
        };
        if state != entry.state {
            entry.state.clone_from(&state);
            book.write(&entry)?;
        }
        rows.push(Row { name: entry.name, state, note });
    }
    Ok(rows)
}

/// Takes up every job that has not been fetched: follows it from where its copy of `events.jsonl` ends, and brings its results.
///
/// # Errors
/// The book cannot be read.
pub fn logs(book: &Book, make: Maker<'_>, patience: Patience, progress: &mut dyn Progress) -> Result<Vec<Row>> {
    let progress = Mutex::new(progress);
    let mut rows = Vec::new();
    for entry in book.read()? {
        rows.push(if entry.fetched {
            Row { name: entry.name, state: entry.state, note: None }
        } else {
            attend(&*make(&target(&entry))?, entry, book, patience, &progress)
        });
    }
    Ok(rows)
}

/// Ends every job that goes on.
///
/// # Errors
/// The book cannot be read.
pub fn cancel(book: &Book, make: Maker<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for mut entry in book.read()? {
        let mut note = None;
        if !entry.state.is_final() {
            match make(&target(&entry)).and_then(|engine| engine.cancel(&entry.job, &entry.ticket)) {
                Ok(()) => entry.state = State::Cancelled,
                Err(error) => note = Some(error.to_string()),
            }
            book.write(&entry)?;
        }
        rows.push(Row { name: entry.name, state: entry.state, note });
    }
    Ok(rows)
}

/// Removes everything of ours from where the targets are; says for each what it found.
#[must_use]
pub fn clean(targets: &[Target], make: Maker<'_>) -> Vec<(Target, Result<String>)> {
    targets.iter().map(|target| (target.clone(), make(target).and_then(|engine| engine.clean()))).collect()
}

/// The limit of a job from outside: what `hwrun` may take by itself, and a margin for its report.
#[must_use]
pub const fn limit(max_time: Duration) -> Duration {
    max_time.saturating_add(Duration::from_secs(120))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(state: State) -> Row {
        Row { name: "a".into(), state, note: None }
    }

    #[test]
    fn a_target_names_its_engine_and_its_profile() {
        let target: Target = "slurm:rack".parse().unwrap();
        assert_eq!((target.engine.as_str(), target.profile.as_str()), ("slurm", "rack"));
        let target: Target = "ssh://me@host/srv/x".parse().unwrap();
        assert_eq!((target.engine.as_str(), target.profile.as_str()), ("ssh", "ssh://me@host/srv/x"));
        assert_eq!(folder(&target, 3), "03-ssh-ssh---me-host-srv-x");
        for text in ["", "rack", "slurm:", "pbs:x"] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn of_several_jobs_the_worst_code_counts() {
        assert_eq!(Row::worst(&[row(State::Ended(0)), row(State::Infra("x".into())), row(State::Ended(100))]), 100);
        assert_eq!(Row::worst(&[row(State::Ended(0)), row(State::Infra("x".into()))]), 102);
        assert_eq!(Row::worst(&[row(State::Ended(0)), row(State::Ended(20))]), 20);
        assert_eq!(Row::worst(&[row(State::Cancelled)]), 130);
        assert_eq!(Row::worst(&[]), 0);
    }
}
