//! What a process is called: by its environment, by its program, and by where it comes from.

use std::path::PathBuf;

/// What the environment calls it.
pub(crate) fn given() -> Option<String> {
    std::env::var("ASCEND_SIM_PROCESS").ok().filter(|name| !name.is_empty())
}

/// What the kernel calls it: its program, unless its main thread was given another name.
pub(crate) fn command() -> Option<String> {
    std::fs::read_to_string("/proc/self/comm").ok().map(|name| name.trim_end().to_owned())
}

/// Whether it was started by a process that runs the same program: by a fork, as a rule.
pub(crate) fn is_child() -> bool {
    let program = |process: PathBuf| std::fs::read_link(process.join("exe")).ok();
    let parent = rustix::process::getppid().map(|parent| PathBuf::from(format!("/proc/{}", parent.as_raw_nonzero())));
    let own = program(PathBuf::from("/proc/self"));
    own.is_some() && own == parent.and_then(program)
}
