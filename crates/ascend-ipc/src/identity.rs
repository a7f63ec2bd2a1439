//! Who a process is: its pid alone is not enough, since pids are reused and differ between containers.

use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::sync::OnceLock;

use rustix::process::{Pid, PidfdFlags};
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// A process, on this boot of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Process id, as its own pid namespace counts.
    pub(crate) pid: u32,
    /// When it started, in clock ticks since boot.
    pub(crate) start: u64,
    /// The kernel's random id of this boot.
    pub(crate) boot: [u8; 16],
    /// The inode of its pid namespace.
    pub(crate) namespace: u64,
}

impl Identity {
    /// This process.
    pub(crate) fn own() -> Result<Self> {
        static BOOT_AND_NAMESPACE: OnceLock<([u8; 16], u64)> = OnceLock::new();
        let (boot, namespace) = match BOOT_AND_NAMESPACE.get() {
            Some(known) => *known,
            None => *BOOT_AND_NAMESPACE.get_or_init({
                let known = (boot()?, std::fs::metadata("/proc/self/ns/pid")?.ino());
                move || known
            }),
        };
        let pid = std::process::id();
        Ok(Self { pid, start: start(pid)?, boot, namespace })
    }

    /// Whether the process still runs; `None` where this process cannot tell, in another pid namespace.
    pub(crate) fn is_alive(&self, own: &Self) -> Option<bool> {
        (self.namespace == own.namespace).then(|| start(self.pid).is_ok_and(|start| start == self.start))
    }

    /// A descriptor that becomes readable when the process ends; `None` where that cannot be had.
    pub(crate) fn watch(&self, own: &Self) -> Option<OwnedFd> {
        let pid = Pid::from_raw(i32::try_from(self.pid).ok()?)?;
        let watch = rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok()?;
        // Checked after opening: the descriptor is of this very process only if it still is the one that started then.
        (self.is_alive(own) == Some(true)).then_some(watch)
    }
}

fn boot() -> Result<[u8; 16]> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    let mut boot = [0; 16];
    let digits = text.bytes().filter_map(|byte| char::from(byte).to_digit(16));
    for (index, digit) in digits.take(32).enumerate() {
        boot[index / 2] = boot[index / 2] << 4 | digit as u8;
    }
    Ok(boot)
}

/// Field 22 of `/proc/PID/stat`; the name before it may contain anything, so it is skipped by its last parenthesis.
fn start(pid: u32) -> Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = text.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let mut fields = fields.split(' ');
    let state = fields.next().unwrap_or_default();
    let start = fields.nth(18).and_then(|field| field.parse().ok());
    match (state, start) {
        ("Z" | "X", _) | (_, None) => Err(std::io::Error::from(std::io::ErrorKind::NotFound).into()),
        (_, Some(start)) => Ok(start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_stays_the_same() {
        let own = Identity::own().unwrap();
        assert_eq!(own, Identity::own().unwrap());
        assert_eq!(own.is_alive(&own), Some(true));
        assert!(own.watch(&own).is_some());
        assert!(own.boot != [0; 16] && own.start > 0 && own.namespace > 0);
    }

    #[test]
    fn a_reused_pid_is_not_the_same_process() {
        let own = Identity::own().unwrap();
        let former = Identity { start: own.start - 1, ..own };
        assert_eq!(former.is_alive(&own), Some(false));
        assert!(former.watch(&own).is_none());
    }

    #[test]
    fn nothing_is_claimed_about_another_pid_namespace() {
        let own = Identity::own().unwrap();
        let elsewhere = Identity { namespace: own.namespace + 1, ..own };
        assert_eq!(elsewhere.is_alive(&own), None);
    }

    #[test]
    fn a_process_that_ended_is_not_alive() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let own = Identity::own().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert_eq!(Identity { pid, ..own }.is_alive(&own), Some(false));
    }
}
