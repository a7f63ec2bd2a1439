//! Fault injection: rules that make calls fail, and tasks late or lost; and the count of all calls.
//!
//! Without a rule, a count or a seed, a call pays one relaxed load.

mod book;
mod parse;
mod rule;
mod task;

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

pub(crate) use book::{calls, clear, fired, forget, inject};
pub use parse::BadRule;
pub use rule::Rule;
pub(crate) use task::Injected;

use super::fault::{Answer, Fault};
use super::schedule;
use super::task::Task;
use rule::{Action, Injection};

/// Whether calls are watched: not known before the environment was read.
static WATCHING: AtomicU8 = AtomicU8::new(UNREAD);
const UNREAD: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

/// Whether anything wants to know of calls and tasks. Relaxed: a rule counts from its injection on for the thread that
/// injects it and for those that hear of it from this thread; no other can tell.
#[inline]
pub(crate) fn is_watching() -> bool {
    match WATCHING.load(Ordering::Relaxed) {
        OFF => false,
        UNREAD => read_environment(),
        _ => true,
    }
}

#[cold]
fn read_environment() -> bool {
    let wanted = book::read_environment() | schedule::is_set();
    let state = if wanted { ON } else { OFF };
    // Whoever has switched it on meanwhile is not overruled.
    let _ = WATCHING.compare_exchange(UNREAD, state, Ordering::Relaxed, Ordering::Relaxed);
    WATCHING.load(Ordering::Relaxed) == ON
}

fn watch() {
    is_watching(); // the environment comes first
    WATCHING.store(ON, Ordering::Relaxed);
}

thread_local! {
    /// What is to become of the task that the running call queues.
    static DIRECTIVE: RefCell<Option<Arc<Injection>>> = const { RefCell::new(None) };
}

/// The gate of every call: runs it, unless a rule says otherwise.
#[inline]
pub(crate) fn gate(call: &'static str, body: impl FnOnce() -> Answer) -> Answer {
    if is_watching() { watched(call, body) } else { body() }
}

fn watched(call: &'static str, body: impl FnOnce() -> Answer) -> Answer {
    let rule = book::called(call);
    if let Some(rule) = &rule
        && let Action::Answer(code) = rule.rule().action
    {
        return Err(injected(code, rule.rule()));
    }
    let _call = schedule::CallBegan::note(call);
    let set = |rule| DIRECTIVE.try_with(|cell| cell.replace(rule)).ok().flatten();
    let outer = set(rule); // a function of the program, called by a call, may call us
    let answer = body();
    set(outer);
    answer
}

/// Does to a task what a rule wants for the call that queues it.
pub(crate) fn applied(task: Task) -> Task {
    if !is_watching() {
        return task;
    }
    match DIRECTIVE.try_with(RefCell::take).ok().flatten() {
        None => task,
        Some(rule) => {
            book::note_firing(rule.id());
            Task::Injected(Box::new(Injected::new(task, rule)))
        }
    }
}

fn injected(code: i32, rule: &Rule) -> Fault {
    let cause = format!("the failure was injected by the rule \"{rule}\"; the call has done nothing");
    let fault = Fault::new(code, "EE9998", cause, "Remove the rule from ASCEND_SIM_FAULTS, or clear it.");
    // As with true failures: only what the runtime itself refuses, x07xxx, becomes the thread's last error.
    if code / 1000 % 100 == 7 { fault } else { fault.at_front() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the body ran, and the answer's code.
    fn call(name: &'static str) -> (bool, i32) {
        let mut ran = false;
        let answer = gate(name, || {
            ran = true;
            Ok(())
        });
        (ran, answer.map_or_else(|fault| fault.code, |()| 0))
    }

    #[test]
    fn a_rule_counts_from_its_injection_and_ends_when_it_is_forgotten() {
        let name = "aclrtSetOpExecuteTimeOut";
        let before = calls().get(name).copied().unwrap_or(0);
        assert_eq!(call(name), (true, 0));
        let rule = inject(format!("{name}@2..3=507000").parse().unwrap());
        assert_eq!([(); 4].map(|()| call(name)), [(true, 0), (false, 507_000), (false, 507_000), (true, 0)]);
        assert_eq!(fired(rule), Some(2));
        let always = inject(format!("{name}=507001").parse().unwrap());
        assert_eq!(call(name), (false, 507_001));
        forget(always);
        assert_eq!(call(name), (true, 0));
        assert_eq!((fired(always), calls()[name] - before), (None, 7));
        forget(rule);
    }

    #[test]
    fn the_oldest_rule_that_applies_decides() {
        let name = "aclrtGetOpExecuteTimeout";
        let rules =
            ["@2..=507001", "=507002", "/nobody=507003"].map(|rest| inject(format!("{name}{rest}").parse().unwrap()));
        assert_eq!([call(name).1, call(name).1], [507_002, 507_001]);
        assert_eq!(rules.map(fired), [Some(1), Some(1), Some(0)]);
        rules.into_iter().for_each(forget);
    }
}
