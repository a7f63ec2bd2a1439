//! Children that die with us, and waiting for them with a deadline.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Resource, Rlimit, Signal, pidfd_open};

use crate::exit::Exit;

/// How often a wait looks whether it is still wanted.
const SLICE: Duration = Duration::from_millis(50);

/// The hidden command `guard PARENT -- PROGRAM ARGUMENTS`: becomes a program that is killed when `parent` dies, and that
/// leaves no core file. The kernel keeps that through the exec; a child of it has to ask for it again.
#[must_use]
pub fn guard(parent: u32, command: &[OsString]) -> Exit {
    let Some((program, arguments)) = command.split_first() else { return Exit::Usage };
    if rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).is_err() {
        return Exit::Internal;
    }
    let is_child =
        rustix::process::getppid().and_then(|pid| u32::try_from(pid.as_raw_nonzero().get()).ok()) == Some(parent);
    if !is_child {
        return Exit::Internal; // it died before we asked
    }
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(Resource::Core, none);
    let error = Command::new(program).args(arguments).exec();
    let text = format!("cannot start {}: {error}\n", program.to_string_lossy());
    let _ = rustix::io::write(rustix::stdio::stderr(), text.as_bytes());
    Exit::Internal
}

/// Waits until the child has ended, `patience` is used up, or `stops` says that nobody waits any more.
pub fn wait(child: &mut Child, patience: Duration, stops: &dyn Fn() -> bool) -> Option<ExitStatus> {
    let end = Instant::now() + patience;
    let pidfd = i32::try_from(child.id()).ok().and_then(Pid::from_raw).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || stops() {
            return None;
        }
        let slice = left.min(SLICE);
        if let Some(Ok(pidfd)) = &pidfd {
            let limit = Timespec::try_from(slice).unwrap_or_default();
            let _ = poll(&mut [PollFd::new(pidfd, PollFlags::IN)], Some(&limit));
        } else {
            // sleep: a kernel without process descriptors can only be asked
            std::thread::sleep(slice);
        }
    }
}

/// Sends a signal to the group that the child leads.
pub fn signal_group(child: &Child, signal: Signal) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = rustix::process::kill_process_group(pid, signal);
    }
}

/// Sends a signal to a process.
pub fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_with_the_child_at_the_deadline_or_when_nobody_waits() {
        let mut quick = Command::new("true").spawn().unwrap();
        assert!(wait(&mut quick, Duration::from_secs(60), &|| false).unwrap().success());
        let mut slow = Command::new("sleep").arg("600").spawn().unwrap();
        assert_eq!(wait(&mut slow, Duration::from_millis(10), &|| false), None);
        assert_eq!(wait(&mut slow, Duration::from_secs(600), &|| true), None);
        slow.kill().unwrap();
        assert!(!wait(&mut slow, Duration::from_secs(60), &|| false).unwrap().success());
    }
}
