//! Brings devices up before the cases, and keeps them up, since a first `aclrtSetDevice` takes seconds.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::event::Die;
use crate::exit::Exit;
use crate::processes::MARK;
use crate::run::Backend;

/// The variable by which AscendCL hides devices.
pub const VISIBLE: &str = "ASCEND_RT_VISIBLE_DEVICES";

/// A process that keeps one device up, until this is dropped.
#[derive(Debug)]
pub struct Keeper {
    child: Child,
    /// Its end ends the keeper.
    stdin: Option<ChildStdin>,
    /// How long the device took to come up.
    pub took: Duration,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stdin.take();
        if crate::child::wait(&mut self.child, Duration::from_secs(5), &|| false).is_none() {
            let _ = self.child.kill();
            let _ = crate::child::wait(&mut self.child, Duration::from_secs(5), &|| false);
        }
    }
}

/// The hidden command `keep`: sets the one device that it sees, says so, and stays until its standard input ends.
#[must_use]
pub fn keep(backend: Backend) -> Exit {
    let runtime = match backend {
        Backend::Hw => ascend_ipc::Runtime::load(),
        Backend::Sim => ascend_ipc::Runtime::simulated(),
    };
    let opened = runtime.and_then(|runtime| {
        let count = runtime.device_count()?;
        runtime.device(0).map(|device| (count, device))
    });
    let mut stdout = std::io::stdout();
    let said = match &opened {
        Ok((1, _)) => writeln!(stdout, "up"),
        Ok((count, _)) => writeln!(stdout, "sees {count} devices instead of 1"),
        Err(error) => writeln!(stdout, "{}", error.to_string().replace('\n', " ")),
    };
    let _ = said.and_then(|()| stdout.flush());
    if opened.is_err() {
        return Exit::Infra;
    }
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    Exit::Ok
}

/// Starts a keeper for `die` and waits until its device is up.
///
/// # Errors
/// A sentence, if it does not come up within `patience`.
pub fn warm_up(
    runner: &Path,
    backend: Backend,
    environment: &BTreeMap<String, String>,
    die: &Die,
    run: &str,
    patience: Duration,
) -> Result<Keeper, String> {
    let begin = Instant::now();
    let mut child = Command::new(runner)
        .args(["guard", &std::process::id().to_string(), "--"])
        .args([runner.as_os_str(), "keep".as_ref(), backend.word().as_ref()])
        .env_clear()
        .envs(environment)
        .env(VISIBLE, die.logic.to_string())
        .env(MARK, format!("{run}/keeper-{}", die.logic))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0) // an interrupt from the terminal is ours to act on
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", runner.display()))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let mut keeper = Keeper { child, stdin, took: Duration::ZERO };
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        if let Some(stdout) = stdout {
            let _ = BufReader::new(stdout.take(4096)).read_line(&mut line);
        }
        let _ = sender.send(line);
    });
    let said =
        receiver.recv_timeout(patience).map_err(|_| format!("die {} is not up after {patience:?}", die.logic))?;
    keeper.took = begin.elapsed();
    match said.trim() {
        "up" => Ok(keeper),
        "" => Err(format!("the process that brings die {} up has died", die.logic)),
        other => Err(format!("die {}: {other}", die.logic)),
    }
}
