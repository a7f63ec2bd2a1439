//! The rules in force, how often each has fired, and how often each function was called, in this process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::parse;
use super::rule::{Action, Injection, Myself, Rule};
use crate::entry::exit;
use crate::model::complaint::say_as_process as complain;
use crate::model::process_name;

const VARIABLE: &str = "ASCEND_SIM_FAULTS";

/// The process that has the book. Relaxed: it is read at the process's end, and says nothing about the book's content.
static CALLER: AtomicU32 = AtomicU32::new(0);

#[derive(Default)]
struct Book {
    me: Myself,
    rules: Vec<Counted>,
    injected: u64,
    calls: BTreeMap<&'static str, u64>,
}

/// A rule and its counts.
struct Counted {
    injection: Arc<Injection>,
    /// Calls of its function since it is in force.
    seen: u64,
    fired: u64,
    of_environment: bool,
}

fn book() -> MutexGuard<'static, Book> {
    static BOOK: OnceLock<Mutex<Book>> = OnceLock::new();
    BOOK.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

impl Book {
    /// A forked process counts for itself, and may have got a name of its own.
    fn know_myself(&mut self) {
        let pid = std::process::id();
        if self.me.pid == pid {
            return;
        }
        let child = process_name::is_child().then(|| "child".to_owned());
        let names = [process_name::given(), process_name::command(), child];
        CALLER.store(pid, Ordering::Relaxed);
        self.me = Myself { pid, names: names.into_iter().flatten().collect() };
        self.calls.clear();
        self.rules.iter_mut().for_each(|rule| (rule.seen, rule.fired) = (0, 0));
    }

    fn add(&mut self, rule: Rule, of_environment: bool) -> u64 {
        self.injected += 1;
        let injection = Arc::new(Injection { id: self.injected, rule });
        self.rules.push(Counted { injection, seen: 0, fired: 0, of_environment });
        self.injected
    }
}

/// Takes the environment's rules over; answers whether there are any. What is wrong is complained about, each time with its
/// position, and left out.
pub(super) fn read_environment() -> bool {
    static READ: OnceLock<bool> = OnceLock::new();
    *READ.get_or_init(|| {
        let Ok(text) = std::env::var(VARIABLE) else { return false };
        let mut any = false;
        for read in parse::rules(&text) {
            match read {
                Ok(rule) => {
                    any = true;
                    book().add(rule, true);
                }
                Err(bad) => complain(&format!("{VARIABLE}, {bad}; THE RULE IS IGNORED")),
            }
        }
        if any {
            exit::at_exit(at_exit);
        }
        any
    })
}

/// Counts a call; answers with the first rule that applies to it.
pub(super) fn called(call: &'static str) -> Option<Arc<Injection>> {
    let mut book = book();
    book.know_myself();
    *book.calls.entry(call).or_default() += 1;
    let Book { me, rules, .. } = &mut *book;
    let mut chosen = None;
    for counted in rules.iter_mut().filter(|counted| counted.injection.rule.is_for_call(call)) {
        let rule = &counted.injection.rule;
        if !rule.is_for_process(me) {
            continue;
        }
        counted.seen += 1;
        if chosen.is_none() && (rule.calls.first..=rule.calls.last).contains(&counted.seen) {
            counted.fired += u64::from(matches!(rule.action, Action::Answer(_))); // others fire with the task
            chosen = Some(Arc::clone(&counted.injection));
        }
    }
    chosen
}

/// A rule was applied to a task.
pub(super) fn note_firing(id: u64) {
    book().rules.iter_mut().filter(|rule| rule.injection.id == id).for_each(|rule| rule.fired += 1);
}

/// Puts a rule in force for this process; answers with its number.
pub(crate) fn inject(rule: Rule) -> u64 {
    super::watch();
    let mut book = book();
    book.know_myself();
    book.add(rule, false)
}

/// How often a rule has fired; `None` once it was cleared.
pub(crate) fn fired(id: u64) -> Option<u64> {
    book().rules.iter().find(|rule| rule.injection.id == id).map(|rule| rule.fired)
}

/// Ends a rule.
pub(crate) fn forget(id: u64) {
    book().rules.retain(|rule| rule.injection.id != id);
}

/// Ends all rules.
pub(crate) fn clear() {
    book().rules.clear();
}

/// How often each function was called; counted from the first call of this function or of [`inject`] on.
pub(crate) fn calls() -> BTreeMap<&'static str, u64> {
    super::watch();
    let mut book = book();
    book.know_myself();
    book.calls.clone()
}

extern "C" fn at_exit() {
    // A forked child that has made no call has nothing to say; the lock that it inherited may never be given back.
    if CALLER.load(Ordering::Relaxed) == std::process::id() {
        let _ = std::panic::catch_unwind(tell_unfired); // nothing unwinds into C
    }
}

/// At the end of the process: rules of the environment that have done nothing are probably mistaken.
fn tell_unfired() {
    let book = book();
    for rule in book.rules.iter().filter(|rule| rule.of_environment && rule.fired == 0) {
        if rule.injection.rule.is_for_process(&book.me) {
            let (calls, text) = (rule.seen, &rule.injection.rule);
            let changes_tasks = matches!(text.action, Action::Delay(_) | Action::Drop);
            let why =
                if changes_tasks && calls >= text.calls.first { ", and no task queued by those it is for" } else { "" };
            complain(&format!("{VARIABLE}: the rule \"{text}\" never fired ({calls} calls seen{why})"));
        }
    }
}
