//! The one thread from which roles are started: the parent-death signal is tied to the thread, not to the process.

use std::os::fd::OwnedFd;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};

use rustix::process::{Pid, PidfdFlags};

/// A process that was started.
pub(crate) struct Started {
    pub(crate) pid: Pid,
    pub(crate) process: OwnedFd,
}

type Answer = std::io::Result<Started>;

/// Lives as long as this process; orphans of its roles become children of this process.
static NURSERY: LazyLock<Sender<(Command, SyncSender<Answer>)>> = LazyLock::new(|| {
    // Without it a grandchild that daemonises would be seen by nobody; everything else works as before.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    let (sender, jobs) = channel::<(Command, SyncSender<Answer>)>();
    // If no thread can be had, the channel is closed, and each start says so.
    let _ = std::thread::Builder::new().name("ascend-testkit-nursery".to_owned()).spawn(move || {
        for (command, answer) in jobs {
            let _ = answer.send(start(command));
        }
    });
    sender
});

/// Starts a process from the nursery.
pub(crate) fn spawn(command: Command) -> Answer {
    let gone = |_| std::io::Error::other("the thread that starts processes is gone");
    let (answer, started) = sync_channel(1);
    NURSERY.send((command, answer)).map_err(|_| gone(()))?;
    started.recv().map_err(|_| gone(()))?
}

fn start(mut command: Command) -> Answer {
    // The child is not waited for through this handle, but through the pidfd: which needs no handle, and cannot race.
    let child = command.spawn()?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(rustix::io::Errno::SRCH)?;
    let process = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
    Ok(Started { pid, process })
}
