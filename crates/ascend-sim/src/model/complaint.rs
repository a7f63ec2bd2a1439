//! What whoever runs the program is told on standard error: C programs read no logs of ours.

use std::io::Write as _;

/// Writes a line to standard error, in one piece. Nobody is told if that fails: there is nowhere to tell it.
pub(crate) fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// As [`say`], for what depends on which of several processes says it.
pub(crate) fn say_as_process(complaint: &str) {
    say(&format!("ascend-sim[{}]: {complaint}", std::process::id()));
}
