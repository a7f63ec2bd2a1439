//! The processes of this machine, and which of them belong to a scenario.
//!
//! Roles and what they start are descendants of this process for as long as they live, since it is their subreaper. Which
//! scenario one belongs to is told by its ancestors, by the mark in its environment, or by the pipes that it has inherited.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use super::nursery;

/// The variable that every process of a scenario inherits: the scenarios that it is in, the outermost first, with `/`
/// between them.
pub(crate) const MARK: &str = "ASCEND_TESTKIT_SCENARIO";

/// How often a process without an environment is asked for it, and the time between.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(1);

/// Device and inode.
pub(crate) type FileId = (u64, u64);

/// One process, as it was when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) parent: u32,
    pub(crate) name: String,
    /// A letter of `/proc/PID/stat`.
    pub(crate) state: char,
    /// How many threads it has; none or one, if it has ended.
    pub(crate) threads: u32,
    /// When it was started; with the pid it names a process for ever.
    pub(crate) start: u64,
}

impl Process {
    /// Reads one process; `None` if there is none.
    pub(crate) fn read(pid: u32) -> Option<Self> {
        Self::parse(pid, &String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/stat")).ok()?))
    }

    /// The name stands in brackets, and may hold any character.
    fn parse(pid: u32, stat: &str) -> Option<Self> {
        let (_, rest) = stat.split_once('(')?;
        let (name, rest) = rest.rsplit_once(')')?;
        let mut fields = rest.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let parent = fields.next()?.parse().ok()?;
        let threads = fields.nth(15)?.parse().ok()?;
        let start = fields.nth(1)?.parse().ok()?;
        Some(Self { pid, parent, name: name.to_owned(), state, threads, start })
    }

    /// Whether it has ended, and only its status is left. A first thread that has ended before the others looks the same,
    /// except for their number; while a thread other than the first starts a new program, it is so for a moment.
    pub(crate) fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X') && self.threads <= 1
    }

    /// Whether it is still there, and the same.
    pub(crate) fn lives(&self) -> bool {
        Self::read(self.pid).is_some_and(|now| now.start == self.start && !now.is_dead())
    }
}

/// What tells the processes of a scenario from others.
pub(crate) struct Belonging<'a> {
    /// The last part of the mark.
    pub(crate) scenario: &'a str,
    /// The processes of its roles.
    pub(crate) roles: &'a [u32],
    /// The pipes and sockets that it made.
    pub(crate) files: &'a [FileId],
}

/// Every living process of a scenario that is none of its roles.
pub(crate) fn strays(belonging: &Belonging<'_>) -> Vec<Process> {
    let _nobody_starts = nursery::pause();
    let own = std::process::id();
    let all = every();
    let mut found: Vec<Process> = Vec::new();
    let mut known: HashMap<u32, bool> = belonging.roles.iter().map(|pid| (*pid, true)).collect();
    for process in all.values().filter(|process| !belonging.roles.contains(&process.pid)) {
        if descends(process, own, &all) && !process.is_dead() && belongs(process, own, &all, belonging, &mut known) {
            found.push(process.clone());
        }
    }
    found.sort_by_key(|process| process.pid);
    found
}

fn belongs(
    process: &Process,
    own: u32,
    all: &HashMap<u32, Process>,
    belonging: &Belonging<'_>,
    known: &mut HashMap<u32, bool>,
) -> bool {
    if let Some(answer) = known.get(&process.pid) {
        return *answer;
    }
    known.insert(process.pid, false); // for a list that shows a circle
    let environment = environment(process.pid);
    let answer = match mark(&environment) {
        Some(mark) => mark.split('/').any(|part| part == belonging.scenario),
        // Another test of this process is just starting it, or has done so: up to there it holds everything that we do.
        None if environment == self::environment(own) => false,
        None => {
            let parent = all.get(&process.parent).filter(|parent| parent.pid != own);
            parent.is_some_and(|parent| belongs(parent, own, all, belonging, known))
                || holds(process.pid, belonging.files)
        }
    };
    known.insert(process.pid, answer);
    answer
}

/// Whether `process` is below `ancestor`.
///
/// A parent that has ended while the list was made is missing there; its child has another one by now.
fn descends(process: &Process, ancestor: u32, all: &HashMap<u32, Process>) -> bool {
    let (mut child, mut parent) = (process.pid, process.parent);
    // More steps than processes would go in a circle, which a list that takes time to make may show.
    for _ in 0..=all.len() {
        if parent == ancestor {
            return true;
        }
        match all.get(&parent) {
            Some(above) => (child, parent) = (above.pid, above.parent),
            None => match Process::read(child) {
                Some(now) if now.parent != parent => parent = now.parent,
                _ => return false,
            },
        }
    }
    false
}

fn every() -> HashMap<u32, Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return HashMap::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| Some((pid, Process::read(pid)?))).collect()
}

/// The mark in an environment.
fn mark(environment: &[u8]) -> Option<String> {
    let value = environment.split(|byte| *byte == 0).find_map(|entry| {
        let value = entry.strip_prefix(MARK.as_bytes())?;
        value.strip_prefix(b"=")
    })?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// The environment of a process, as it was when its program started; empty if it has none, or it cannot be read.
///
/// A process that is just starting a program seems to have none: whoever seems so is asked again.
fn environment(pid: u32) -> Vec<u8> {
    for _ in 0..ATTEMPTS {
        match fs::read(format!("/proc/{pid}/environ")) {
            Ok(environment) if !environment.is_empty() => return environment,
            _ if Process::read(pid).is_none_or(|process| process.is_dead()) => break,
            _ => std::thread::sleep(PAUSE), // sleep: nothing tells when a program has got its environment
        }
    }
    Vec::new()
}

/// Whether a process has one of these files open.
fn holds(pid: u32, files: &[FileId]) -> bool {
    open_files(pid).any(|(id, _)| files.contains(&id))
}

/// What a process has open, with the name that `/proc` gives it.
pub(crate) fn open_files(pid: u32) -> impl Iterator<Item = (FileId, String)> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten();
    entries.filter_map(|entry| {
        let path = entry.ok()?.path();
        let data = fs::metadata(&path).ok()?;
        Some(((data.dev(), data.ino()), fs::read_link(&path).ok()?.to_string_lossy().into_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_shifts_nothing() {
        let stat = "12 (a) b (c)) S 7 12 12 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 1 1";
        let process = Process::parse(12, stat).unwrap();
        assert_eq!((process.name.as_str(), process.state, process.parent, process.start), ("a) b (c)", 'S', 7, 4242));
    }

    #[test]
    fn this_process_is_there_and_pid_0_is_not() {
        let own = Process::read(std::process::id()).unwrap();
        assert!(own.lives() && own.start > 0);
        assert_eq!(Process::read(0), None);
        let other = Process { start: own.start + 1, ..own };
        assert!(!other.lives(), "the pid was reused");
    }

    #[test]
    fn ancestry_goes_all_the_way_and_a_loop_ends() {
        let process = |pid, parent| Process { pid, parent, name: String::new(), state: 'S', threads: 1, start: 1 };
        let all: HashMap<u32, Process> =
            [process(2, 1), process(3, 2), process(8, 9), process(9, 8)].map(|process| (process.pid, process)).into();
        assert!(descends(&process(4, 3), 2, &all));
        assert!(!descends(&process(4, 3), 5, &all));
        assert!(!descends(&process(7, 8), 5, &all));
    }
}
