//! Runs a program against a deadline, and keeps both of its streams.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Machine;

/// More of a stream than that is not kept.
const MOST: u64 = 4 << 20;
/// How long a killed process may take to be gone before it counts as stuck.
const DYING: Duration = Duration::from_secs(3);

/// What a program did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It was killed when its time was up.
    TimedOut {
        /// Whether it is gone; if not, it is stuck in the kernel.
        gone: bool,
    },
    /// It could not be started.
    NotStarted(String),
}

impl Ran {
    /// Both streams, as a person would have seen them.
    #[must_use]
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
            Self::TimedOut { gone: true } => f.write_str("no end within its time"),
            Self::TimedOut { gone: false } => f.write_str("no end within its time, and it survives SIGKILL"),
            Self::NotStarted(why) => write!(f, "not started: {why}"),
        }
    }
}

impl Machine {
    /// Runs a program with the machine's environment and `LC_ALL=C`, and kills it and its children when time is up.
    #[must_use]
    pub fn run<S: AsRef<OsStr>>(&self, program: &Path, arguments: &[S], time: Duration) -> Ran {
        match self.started(program, arguments, time) {
            Ok(ran) => ran,
            Err(error) => Ran { end: End::NotStarted(error.to_string()), stdout: String::new(), stderr: String::new() },
        }
    }

    fn started<S: AsRef<OsStr>>(&self, program: &Path, arguments: &[S], time: Duration) -> std::io::Result<Ran> {
        // Files, not pipes: a grandchild that lives on would keep a pipe open.
        let (stdout, stderr) = (scratch()?, scratch()?);
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(stdout.try_clone()?)
            .stderr(stderr.try_clone()?)
            .process_group(0) // so that its children can be killed along
            .spawn()?;
        let end = ended(&mut child, time);
        Ok(Ran { end, stdout: text(stdout), stderr: text(stderr) })
    }
}

fn ended(child: &mut Child, time: Duration) -> End {
    if let Some(end) = within(child, time) {
        return end;
    }
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL); // it may just have ended
    }
    End::TimedOut { gone: within(child, DYING).is_some() }
}

fn within(child: &mut Child, time: Duration) -> Option<End> {
    let deadline = Instant::now() + time;
    let mut pause = Duration::from_micros(500);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                let signal = End::Signal(status.signal().unwrap_or_default());
                return Some(status.code().map_or(signal, End::Code));
            }
            Ok(None) if Instant::now() < deadline => {}
            Ok(None) => return None,
            Err(error) => return Some(End::NotStarted(error.to_string())),
        }
        std::thread::sleep(pause); // sleep: old kernels have no descriptor that tells of a process's end
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// A file without a name; in memory, so that a full or read-only disk does not matter.
fn scratch() -> std::io::Result<File> {
    match rustix::fs::memfd_create("hwtest", rustix::fs::MemfdFlags::CLOEXEC) {
        Ok(file) => Ok(File::from(file)),
        Err(_) => tempfile::tempfile(),
    }
}

fn text(mut file: File) -> String {
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(0)).is_ok() {
        let _ = file.take(MOST).read_to_end(&mut bytes); // what was read is kept
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, time: Duration) -> Ran {
        let mut machine = Machine::below("/");
        machine.set("PATH", "/usr/bin:/bin");
        machine.run(Path::new("/bin/sh"), &["-c", script], time)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn both_streams_and_the_exit_code_are_kept_and_the_language_is_c() {
        let ran = shell("echo out $LC_ALL; echo err >&2; exit 7", LONG);
        assert_eq!((ran.end.clone(), ran.stdout.as_str(), ran.stderr.as_str()), (End::Code(7), "out C\n", "err\n"));
        assert_eq!(shell("kill -9 $$", LONG).end, End::Signal(9));
    }

    #[test]
    fn a_program_that_hangs_is_killed_with_its_children_and_what_it_said_is_kept() {
        let began = Instant::now();
        let ran = shell("sleep 600 & echo $!; sleep 600", Duration::from_millis(500));
        assert_eq!(ran.end, End::TimedOut { gone: true });
        assert!(began.elapsed() < LONG);
        let grandchild = ran.stdout.trim();
        let status = std::fs::read_to_string(format!("/proc/{grandchild}/status")).unwrap_or_default();
        let dead = status.is_empty() || status.lines().any(|line| line.starts_with("State:\tZ"));
        assert!(dead, "{grandchild}: {status}");
    }

    #[test]
    fn a_program_that_is_not_there_is_an_answer() {
        let ran = Machine::below("/").run(Path::new("/nowhere/npu-smi"), &["info"], LONG);
        assert!(matches!(ran.end, End::NotStarted(why) if why.contains("No such file")));
    }
}
