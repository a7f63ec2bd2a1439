//! One attempt at a case: its process, its deadline, its end, and the folder of what it printed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::judge::{Ended, judge};
use super::{dump, reproduce};
use crate::child;
use crate::event::{Case, CaseEnd};
use crate::processes::{MARK, Process, marked};
use crate::verdict::Verdict;
use crate::warm_up::VISIBLE;

/// How long what has been left behind may take to go away by itself.
const LINGER: Duration = Duration::from_millis(250);
/// How long after SIGKILL a process may still be there.
const DEATH: Duration = Duration::from_secs(5);
/// How much of an output is looked at.
const READ: u64 = 1 << 20;

/// What all attempts of a run share.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Where `/proc` is.
    pub root: PathBuf,
    /// This program, which starts others.
    pub runner: PathBuf,
    /// The run's id.
    pub run: String,
    /// Its folder.
    pub folder: PathBuf,
    /// `hw` or `sim`.
    pub backend: String,
    /// Of every test program.
    pub environment: BTreeMap<String, String>,
    /// Where each program is.
    pub programs: BTreeMap<String, PathBuf>,
    /// For one attempt, start-up included.
    pub timeout: Duration,
    /// Between SIGTERM and SIGKILL.
    pub grace: Duration,
}

/// Runs the case once; `stops` says that the run ends now, and then there is no result.
///
/// # Errors
/// If files cannot be written, or the process cannot be started.
pub fn run(
    setting: &Setting,
    case: &Case,
    attempt: u32,
    number: u64,
    stops: &dyn Fn() -> bool,
) -> io::Result<Option<CaseEnd>> {
    let below = format!("cases/{}/{attempt}", folder_name(&case.name));
    let folder = setting.folder.join(&below);
    fs::create_dir_all(&folder)?;
    let program = setting.programs.get(&case.program).ok_or_else(|| io::Error::other("the program is unknown"))?;
    let arguments = ["--exact", &case.test, "--nocapture", "--test-threads=1"];
    let mut environment = setting.environment.clone();
    let visible: Vec<String> = case.dies.iter().map(u32::to_string).collect();
    environment.insert(VISIBLE.to_owned(), visible.join(","));
    reproduce::write(&folder.join("repro.sh"), setting, case, program, &arguments, &environment)?;
    let mark = format!("{}/{number}.", setting.run);
    let begin = Instant::now();
    let mut child = Command::new(&setting.runner)
        .args(["guard", &std::process::id().to_string(), "--"])
        .arg(program)
        .args(arguments)
        .env_clear()
        .envs(&environment)
        .env(MARK, &mark)
        .stdin(Stdio::null())
        .stdout(File::create(folder.join("stdout"))?)
        .stderr(File::create(folder.join("stderr"))?)
        .process_group(0)
        .spawn()?;
    let status = child::wait(&mut child, setting.timeout, stops);
    if status.is_none() && stops() {
        end(setting, &mut child, &mark);
        return Ok(None);
    }
    let mut left = Vec::new();
    let ended = match status {
        Some(status) => {
            for process in lingering(&setting.root, &mark) {
                left.push(format!("process {} `{}`", process.pid, process.name));
            }
            if !left.is_empty() {
                let _ = fs::write(folder.join("left.txt"), left.join("\n"));
                end(setting, &mut child, &mark);
            }
            Ended::Status(status)
        }
        None => {
            let _ = fs::write(folder.join("hang.txt"), dump::dump(setting, child.id(), &mark));
            Ended::Late(!end(setting, &mut child, &mark))
        }
    };
    let [stdout, stderr] = ["stdout", "stderr"].map(|name| ends_of(&folder.join(name)));
    let (verdict, reason) = judge(ended, &stdout, &stderr, &left, setting.backend == "hw");
    Ok(Some(CaseEnd {
        case: case.name.clone(),
        attempt,
        verdict,
        reason,
        known: None,
        seconds: begin.elapsed().as_secs_f64(),
        logs: Some(below.clone()),
        again: (verdict != Verdict::Pass)
            .then(|| format!("sh {}", setting.folder.join(below).join("repro.sh").display())),
    }))
}

/// Ends everything of an attempt: SIGTERM, time to act on it, SIGKILL. Whether all of it is really gone.
fn end(setting: &Setting, child: &mut Child, mark: &str) -> bool {
    let gone = |child: &mut Child| {
        child.try_wait().is_ok_and(|status| status.is_some()) && marked(&setting.root, mark).is_empty()
    };
    for (signal, patience) in [(Signal::TERM, setting.grace), (Signal::KILL, DEATH)] {
        let until = Instant::now() + patience;
        child::signal_group(child, signal);
        loop {
            for process in marked(&setting.root, mark) {
                child::signal(process.pid, signal);
            }
            if gone(child) {
                return true;
            }
            if Instant::now() >= until {
                break;
            }
            let _ = child::wait(child, Duration::from_millis(20), &|| false);
            // sleep: processes that are nobody's children cannot be waited for
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    gone(child)
}

/// What is still there of an attempt that has ended, after it had time to go away.
fn lingering(root: &Path, mark: &str) -> Vec<Process> {
    let until = Instant::now() + LINGER;
    let mut empty_looks = 0;
    loop {
        let left = marked(root, mark);
        empty_looks = if left.is_empty() { empty_looks + 1 } else { 0 };
        // One look may miss a process that executes a program just now: it has no environment then.
        if empty_looks == 2 || Instant::now() >= until {
            return left;
        }
        // sleep: as above
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A file as text; of a long one, its begin and its end.
fn ends_of(path: &Path) -> String {
    use std::io::{Read, Seek, SeekFrom};
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let mut bytes = Vec::new();
        io::Read::by_ref(&mut file).take(READ).read_to_end(&mut bytes)?;
        let length = file.metadata()?.len();
        if length > READ {
            file.seek(SeekFrom::Start(length.saturating_sub(READ).max(READ)))?;
            bytes.push(b'\n');
            file.take(READ).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// A case's name as that of a folder, short enough for every file system.
fn folder_name(name: &str) -> String {
    let clean: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "_-@.#".contains(letter) { letter } else { '-' })
        .collect();
    match clean.len() {
        0..=200 => clean,
        length => format!("{}-{}", &clean[..100], &clean[length - 99..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cases_folder_stays_in_the_run() {
        assert_eq!(folder_name("event::a@same-die#2"), "event--a@same-die#2");
        assert!(!folder_name("../../etc/x").contains('/'));
        assert_eq!(folder_name(&"x".repeat(300)).len(), 200);
    }
}
