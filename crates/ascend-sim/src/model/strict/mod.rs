//! Strict mode: names misuse that the real runtime passes over in silence, with the call sites of both processes.
//!
//! It watches and never answers: no call's result depends on it. While it is off, a call costs one relaxed load here.

pub(crate) mod finding;
pub(crate) mod leak;
pub(crate) mod ledger;
pub(crate) mod share;
pub(crate) mod site;
pub(crate) mod use_of_event;
pub(crate) mod use_of_memory;

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use super::complaint::say;

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing is looked for.
    Off,
    /// It is written down.
    Report,
    /// It is written down, and the process ends with SIGABRT.
    Abort,
}

const UNREAD: u8 = 0;
const OFF: u8 = 1;
const REPORT: u8 = 2;
const ABORT: u8 = 3;

static MODE: AtomicU8 = AtomicU8::new(UNREAD);
/// The process that made the latest call; none of a forked child that may not call.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// Whether strict mode is on.
pub(crate) fn is_on() -> bool {
    // Relaxed: the value stands for nothing else, and whoever misses it reads the environment again.
    match MODE.load(Ordering::Relaxed) {
        OFF => false,
        UNREAD => read() != Mode::Off,
        _ => true,
    }
}

/// The mode.
pub(crate) fn mode() -> Mode {
    match MODE.load(Ordering::Relaxed) {
        OFF => Mode::Off,
        REPORT => Mode::Report,
        ABORT => Mode::Abort,
        _ => read(),
    }
}

/// Whether strict mode is on and calls were made in this very process, not only in the one that it was forked from.
pub(crate) fn has_begun_here() -> bool {
    matches!(MODE.load(Ordering::Relaxed), REPORT | ABORT) && PROCESS.load(Ordering::Relaxed) == std::process::id()
}

/// A call was made in this process.
fn note_process(pid: u32) {
    PROCESS.store(pid, Ordering::Relaxed);
}

#[cold]
fn read() -> Mode {
    let value = std::env::var("ASCEND_SIM_STRICT").unwrap_or_default();
    let mode = parse(&value);
    if mode.is_none() {
        say(&format!("ascend-sim: ASCEND_SIM_STRICT={value} is none of off, report, abort; taking off"));
    }
    let mode = mode.unwrap_or(Mode::Off);
    if mode != Mode::Off {
        finding::require_file();
    }
    let code = match mode {
        Mode::Off => OFF,
        Mode::Report => REPORT,
        Mode::Abort => ABORT,
    };
    PROCESS.store(std::process::id(), Ordering::Relaxed);
    MODE.store(code, Ordering::Relaxed);
    mode
}

fn parse(value: &str) -> Option<Mode> {
    match value {
        "" | "off" => Some(Mode::Off),
        "report" => Some(Mode::Report),
        "abort" => Some(Mode::Abort),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_is_one_of_three_words() {
        assert_eq!(
            ["", "off", "report", "abort"].map(parse),
            [Some(Mode::Off), Some(Mode::Off), Some(Mode::Report), Some(Mode::Abort)]
        );
        assert_eq!(parse("on"), None);
    }
}
