//! A finding: a misuse by its name, and everything that helps to mend it, written once for each place.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::Mode;
use super::site::{self, Told};
use crate::model::complaint::say;

/// The names, which are stable.
pub(crate) const NEVER_RECORDED: &str = "never-recorded";
pub(crate) const OVERWRITTEN: &str = "overwritten";
pub(crate) const DESTROYED_WHILE_EXPORTED: &str = "destroyed-while-exported";
pub(crate) const USED_AFTER_DESTROY: &str = "used-after-destroy";
pub(crate) const WRONG_DEVICE: &str = "wrong-device";
pub(crate) const LEAKED: &str = "leaked";
pub(crate) const FOREIGN_SYNCHRONIZE: &str = "foreign-synchronize";

/// By name and place, what was found there.
type Seen = HashMap<(&'static str, String), HashSet<String>>;
/// So many things are named at one place: programs may make all their calls in one line, and things in a loop.
const MOST: usize = 20;

/// Appends to the file of findings, if there is one; complains if that fails.
fn append(text: &str) {
    let Some(path) = std::env::var_os("ASCEND_SIM_STRICT_FILE").filter(|path| !path.is_empty()) else { return };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
    if let Err(error) = file.and_then(|mut file| file.write_all(text.as_bytes())) {
        say(&format!("ascend-sim: strict: {} cannot be written: {error}", path.display()));
    }
}

/// Makes the file of findings, so that whoever named one that cannot be written hears of it at the start.
pub(super) fn require_file() {
    append("");
}

/// A misuse that was found.
pub(crate) struct Finding {
    name: &'static str,
    subject: String,
    what: String,
    here: Told,
    others: Vec<Told>,
}

impl Finding {
    /// A finding in the call that is under way on this thread.
    pub(crate) fn new(name: &'static str, subject: impl Into<String>, what: impl Into<String>) -> Self {
        Self::at(name, subject, what, site::current().told())
    }

    /// A finding in another call.
    pub(crate) fn at(name: &'static str, subject: impl Into<String>, what: impl Into<String>, here: Told) -> Self {
        Self { name, subject: subject.into(), what: what.into(), here, others: Vec::new() }
    }

    /// Names another call that has to do with it.
    pub(crate) fn with(mut self, other: Option<Told>) -> Self {
        self.others.extend(other);
        self
    }

    /// Writes it down, unless the same was found at the same place before; ends the process if that is the mode.
    pub(crate) fn report(self) {
        if self.write_down() && super::mode() == Mode::Abort {
            std::process::abort();
        }
    }

    /// As [`report`](Self::report), but goes on in any mode. Answers whether it is new.
    pub(crate) fn write_down(self) -> bool {
        static SEEN: LazyLock<Mutex<Seen>> = LazyLock::new(Mutex::default);
        let place = (self.name, format!("{} {}", self.here.call, self.here.site));
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        let subjects = seen.entry(place).or_default();
        if subjects.len() >= MOST || !subjects.insert(self.subject.clone()) {
            return false;
        }
        let last = subjects.len() == MOST;
        drop(seen);
        say(&self.text());
        if last {
            let Told { call, site, .. } = &self.here;
            say(&format!("ascend-sim: strict: {}: more of {call} called at {site} is not said", self.name));
        }
        append(&(self.json() + "\n"));
        true
    }

    fn text(&self) -> String {
        let Told { call, site, pid } = &self.here;
        let mut text = format!(
            "ascend-sim: strict: {}: {}: {}; {call} called at {site} by process {pid} ({})",
            self.name,
            self.subject,
            self.what,
            command(*pid)
        );
        for Told { call, site, pid } in &self.others {
            let _ = write!(text, "; {call} at {site} by process {pid}");
        }
        text
    }

    fn json(&self) -> String {
        let act = |Told { call, site, pid }: &Told| {
            format!("\"call\":{},\"site\":{},\"pid\":{pid}", quote(call), quote(site))
        };
        let others: Vec<String> = self.others.iter().map(|other| format!("{{{}}}", act(other))).collect();
        format!(
            "{{\"name\":{},\"subject\":{},\"what\":{},{},\"command\":{},\"others\":[{}]}}",
            quote(self.name),
            quote(&self.subject),
            quote(&self.what),
            act(&self.here),
            quote(&command(self.here.pid)),
            others.join(",")
        )
    }
}

/// The name of a process's program.
fn command(pid: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let printable = |letter: char| if letter.is_ascii_graphic() || letter == ' ' { letter } else { '?' };
    name.trim_end_matches('\n').chars().map(printable).collect()
}

/// A text as JSON has it.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(call: &str, site: &str, pid: u32) -> Told {
        Told { call: call.to_owned(), site: site.to_owned(), pid }
    }

    #[test]
    fn a_thing_is_told_once_at_a_place_and_of_many_things_so_many() {
        let is_new = |name, subject: &str| Finding::at(name, subject, "", told("aclX", "x.c:1", 7)).write_down();
        assert!(is_new(OVERWRITTEN, "event 01") && !is_new(OVERWRITTEN, "event 01"));
        assert!(is_new(LEAKED, "1 stream") && is_new(LEAKED, "1 event") && !is_new(LEAKED, "1 event"));
        let told = (0..3 * MOST).filter(|number| is_new(OVERWRITTEN, &format!("another {number}"))).count();
        assert_eq!(told, MOST - 1);
    }

    #[test]
    fn a_finding_names_both_calls_and_both_processes() {
        let finding = Finding::at(OVERWRITTEN, "event 01 of device 0", "nobody looked", told("aclA", "a.c:1", 0))
            .with(Some(told("aclB", "b \"c\".c:2", 7)));
        let text = "ascend-sim: strict: overwritten: event 01 of device 0: nobody looked; aclA called at a.c:1 by process 0 (); \
                    aclB at b \"c\".c:2 by process 7";
        assert_eq!(finding.text(), text);
        assert!(finding.json().contains(r#""others":[{"call":"aclB","site":"b \"c\".c:2","pid":7}]"#));
    }
}
