//! Starts the processes of roles from a thread that outlives them: a role dies with the thread that started it, not only
//! with the process.
//!
//! The thread on which a scenario was begun outlives its roles, since it is the one that ends them; it starts them itself.
//! For any other thread the nursery does, which lives as long as this process.

use std::os::fd::OwnedFd;
use std::process::Command;
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::sync::{LazyLock, Once, PoisonError, RwLock, RwLockWriteGuard};

use rustix::process::{Pid, PidfdFlags};

/// A process that was started.
pub(crate) struct Started {
    pub(crate) pid: Pid,
    pub(crate) process: OwnedFd,
}

type Answer = std::io::Result<Started>;

static NURSERY: LazyLock<Sender<(Command, SyncSender<Answer>)>> = LazyLock::new(|| {
    let (sender, jobs) = channel::<(Command, SyncSender<Answer>)>();
    // If no thread can be had, the channel is closed, and each start says so.
    let _ = std::thread::Builder::new().name("ascend-testkit-nursery".to_owned()).spawn(move || {
        for (command, answer) in jobs {
            let _ = answer.send(start(command));
        }
    });
    sender
});

/// Has orphans of roles become children of this process; without it a grandchild that daemonises would be seen by nobody.
pub(crate) fn adopt_orphans() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // If it fails, everything else works as before.
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    });
}

/// Starts a process; `here`, if this thread will outlive it.
pub(crate) fn spawn(command: Command, here: bool) -> Answer {
    if here {
        return start(command);
    }
    let gone = |_| std::io::Error::other("the thread that starts processes is gone");
    let (answer, started) = sync_channel(1);
    NURSERY.send((command, answer)).map_err(|_| gone(()))?;
    started.recv().map_err(|_| gone(()))?
}

/// Held for reading while a process starts, which has everybody's descriptors and nobody's mark for a moment.
static STARTING: RwLock<()> = RwLock::new(());

/// Waits until no role is just being started, and keeps it so.
pub(crate) fn pause() -> RwLockWriteGuard<'static, ()> {
    STARTING.write().unwrap_or_else(PoisonError::into_inner)
}

fn start(mut command: Command) -> Answer {
    let _starting = STARTING.read().unwrap_or_else(PoisonError::into_inner);
    // The child is not waited for through this handle, but through the pidfd: which needs no handle, and cannot race.
    let child = command.spawn()?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(rustix::io::Errno::SRCH)?;
    let process = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
    Ok(Started { pid, process })
}
