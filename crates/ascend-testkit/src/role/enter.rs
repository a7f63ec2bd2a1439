//! From the start of a role's process to its function, and from there to the exit.

use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Instant;

use rustix::fs::{Mode, OFlags};
use rustix::process::{Resource, Rlimit, Signal};

use super::cx::RoleCx;
use super::link::{Link, receive};
use super::registry;
use crate::locked;
use crate::wire::diary::Diary;
use crate::wire::message::{FromRole, Start, ToRole};
use crate::wire::socket;

/// The variable that marks the process of a role, and holds the process that started it.
pub(crate) const MARK: &str = "ASCEND_TESTKIT_ROLE_OF";

/// Most of an error's text that a verdict carries.
const LONGEST_REASON: usize = 32 * 1024;

/// Runs the role and ends the process, if this is the process of a role; else returns.
pub(crate) fn enter_if_role() {
    let Some(parent) = std::env::var(MARK).ok().and_then(|parent| parent.parse::<i32>().ok()) else { return };
    if !socket::is_control(rustix::stdio::stdin()) {
        return; // a process that a role has started itself: it inherited the variable, but not the socket
    }
    let passed = tied_to(parent) && run();
    std::process::exit(if passed { 0 } else { 1 })
}

/// Makes sure that this process does not outlive the one that started it.
fn tied_to(parent: i32) -> bool {
    // The order matters: a parent that dies after the first line kills us, one that died before is noticed by the second.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).is_ok()
        && rustix::process::getppid().is_some_and(|pid| pid.as_raw_pid() == parent)
}

/// Runs the role; whether it passed. Every way out that has a reason sends it.
fn run() -> bool {
    let Some((socket, start, stdout, diary)) = begin() else { return false };
    let _ = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    if rustix::stdio::dup2_stdout(&stdout).is_err() {
        return false;
    }
    drop(stdout);
    let link = Link::new(socket, Diary::new(diary));
    let deadline = Instant::now() + start.left;
    if let Some(limit) = start.descriptors {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        if let Err(error) = rustix::process::setrlimit(Resource::Nofile, limit) {
            let _ = link.send(&FromRole::Failed(format!("the descriptor limit cannot be set: {error}")), "the verdict");
            return false;
        }
    }
    let mut cx = RoleCx::new(link, start.name, start.backend, start.armed, deadline);
    let verdict = match registry::find(&start.role) {
        Some(entry) => {
            let _ = cx.link().send(&FromRole::Entered, "the greeting");
            judge(&mut cx, entry, &start.args)
        }
        None => FromRole::Failed(format!("no role `{}` in this binary", start.role)),
    };
    let _ = std::io::Write::flush(&mut std::io::stdout());
    // If nobody is there to hear the verdict, there is nobody to tell.
    cx.link().send(&verdict, "the verdict").is_ok() && matches!(verdict, FromRole::Passed)
}

/// Takes over stdin as the control socket, and reads what it brings.
fn begin() -> Option<(OwnedFd, Start, OwnedFd, OwnedFd)> {
    let socket = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).ok()?;
    let nothing = rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    rustix::stdio::dup2_stdin(&nothing).ok()?;
    let (message, descriptors) = receive(&socket).ok()?;
    match (message, <[OwnedFd; 2]>::try_from(descriptors)) {
        (ToRole::Start(start), Ok([stdout, diary])) => Some((socket, start, stdout, diary)),
        _ => None,
    }
}

/// Calls the role's function, and turns whatever comes of it into a verdict.
fn judge(cx: &mut RoleCx, entry: &registry::Entry, args: &[u8]) -> FromRole {
    static PANIC: Mutex<Option<String>> = Mutex::new(None);
    let role_thread = std::thread::current().id();
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == role_thread {
            let text = info.to_string();
            *locked(&PANIC) = Some(text.strip_prefix("panicked at ").map_or(text.clone(), str::to_owned));
        }
        print(info);
    }));
    match catch_unwind(AssertUnwindSafe(|| (entry.run)(cx, args))) {
        Ok(Ok(())) => FromRole::Passed,
        Ok(Err(error)) => FromRole::Failed(cut(reason(&*error))),
        Err(_) => FromRole::Panicked(cut(locked(&PANIC).take().unwrap_or_else(|| "an unknown place".to_owned()))),
    }
}

/// An error with its causes, as far as it does not name them itself.
fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(LONGEST_REASON));
    text
}
