//! What is still there after the end of a scenario: processes, descriptors, segments, files.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions};

use super::listing::{Belonging, FileId, Process, open_files, strays};

/// How long a process that has nothing left to do may take to be gone.
const GRACE: Duration = Duration::from_millis(250);
/// How long a process may take to be gone after `SIGKILL`.
const DEATH: Duration = Duration::from_secs(5);

/// Where the name of every segment of the simulator begins, in the words of `/proc/PID/fd`.
const SEGMENT: &str = "/memfd:ascend-sim";

/// Ends every process of a scenario that is none of its roles; what each was, and whether it is gone.
pub(crate) fn end_strays(belonging: &Belonging<'_>) -> Vec<String> {
    let end = Instant::now() + DEATH;
    let mut texts = BTreeMap::new();
    let mut left = settle(belonging);
    // Until nobody turns up any more: a process may start another while it is being ended.
    while !left.is_empty() && Instant::now() < end {
        for process in &left {
            let Process { pid, name, parent, .. } = process;
            texts
                .entry(*pid)
                .or_insert_with(|| format!("process {pid} `{name}`, a child of {parent}{}", segments(*pid)));
            kill(process, end);
        }
        left = strays(belonging);
    }
    let is_left = |pid: u32| left.iter().any(|process| process.pid == pid);
    let fate = |pid| if is_left(pid) { "NOT GONE even after SIGKILL" } else { "ended by the kit" };
    texts.into_iter().map(|(pid, text)| format!("{text} ({})", fate(pid))).collect()
}

/// The strays that do not go by themselves.
fn settle(belonging: &Belonging<'_>) -> Vec<Process> {
    let end = Instant::now() + GRACE;
    loop {
        let left = strays(belonging);
        match left.first().and_then(open) {
            Some(process) if Instant::now() < end => {
                wait_dead(&process, end);
            }
            _ if left.is_empty() || Instant::now() >= end => return left,
            _ => {} // the first is gone already
        }
    }
}

/// Opens exactly this process, not one that was given its number.
fn open(process: &Process) -> Option<OwnedFd> {
    let pid = Pid::from_raw(i32::try_from(process.pid).ok()?)?;
    let opened = rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok()?;
    process.lives().then_some(opened)
}

/// Kills a process, if it is still there, and waits until it has ended.
fn kill(process: &Process, end: Instant) {
    let Some(opened) = open(process) else { return };
    let _ = rustix::process::pidfd_send_signal(&opened, Signal::KILL);
    wait_dead(&opened, end);
    // It was adopted by this process, or is about to be; nobody else knows it.
    let _ = rustix::process::waitid(WaitId::PidFd(opened.as_fd()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
}

/// Waits until a process has ended; whether it has.
pub(crate) fn wait_dead(process: &OwnedFd, end: Instant) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let limit =
            Timespec { tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX), tv_nsec: left.subsec_nanos().into() };
        match poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&limit)) {
            Ok(ready) => return ready > 0,
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// The simulator's segments that a process holds, for a text.
fn segments(pid: u32) -> String {
    let names: Vec<String> = open_files(pid).map(|(_, name)| name).filter(|name| name.starts_with(SEGMENT)).collect();
    if names.is_empty() { String::new() } else { format!(", which holds {}", names.join(", ")) }
}

/// Descriptors of this process that belonged to a scenario, and segments that its roles have made.
pub(crate) fn descriptors(files: &[FileId], roles: &[u32]) -> Vec<String> {
    let own = open_files(std::process::id());
    let left = own.filter(|(id, name)| files.contains(id) || maker(name).is_some_and(|pid| roles.contains(&pid)));
    left.map(|(_, name)| format!("descriptor {name} in this process")).collect()
}

/// The process that made a segment: its number is the upper part of the id at the end of the name.
fn maker(name: &str) -> Option<u32> {
    let (_, id) = name.strip_prefix(SEGMENT)?.split(' ').next()?.rsplit_once('-')?;
    u32::try_from(u64::from_str_radix(id, 16).ok()? >> 40).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_names_its_maker() {
        assert_eq!(maker("/memfd:ascend-sim-event-00303941000000ff (deleted)"), Some(0x3039));
        assert_eq!(maker("/memfd:other-00303941000000ff (deleted)"), None);
        assert_eq!(maker("/memfd:ascend-sim-event-x"), None);
    }
}
