//! `trace.json` in Chrome's format: phases, cases by their first device, findings, memory of devices.

use serde_json::{Value, json};

use super::Source;
use crate::view::{CaseView, View};
use crate::words::Word;

/// Process ids of the trace: groups of tracks.
const PHASES: u32 = 1;
const CASES: u32 = 2;

/// The file's text.
pub(super) fn text(source: &Source) -> std::io::Result<String> {
    let view = &source.view;
    let mut events = vec![
        name("process_name", PHASES, 0, &format!("run {} ({})", view.run.run, view.label())),
        name("process_name", CASES, 0, &format!("cases ({})", view.label())),
        name("thread_name", PHASES, 1, "phases"),
    ];
    for span in &view.phases {
        let args = json!({ "ok": span.ok, "summary": span.summary });
        events.push(slice(PHASES, 1, span.phase.word(), "phase", (span.begin, span.end.unwrap_or(view.end)), args));
    }
    for (track, (title, bars)) in lanes(view).into_iter().enumerate() {
        let track = u32::try_from(track + 1).unwrap_or(u32::MAX);
        events.push(name("thread_name", CASES, track, &title));
        for bar in bars {
            let end = bar.case.attempts[bar.attempt].outcome.as_ref();
            let word = end.map_or("unfinished", |end| end.verdict.word());
            let args = json!({
                "verdict": word,
                "attempt": bar.case.attempts[bar.attempt].number,
                "dies": bar.case.case.dies,
                "reason": end.map_or("", |end| &end.reason),
            });
            events.push(slice(CASES, track, &bar.case.case.name, word, (bar.begin, bar.end), args));
        }
    }
    let preflight = view.phases.iter().find(|span| span.phase == crate::event::Phase::Preflight);
    let at = preflight.and_then(|span| span.end).unwrap_or(0);
    for finding in &view.findings {
        let title = format!("{} {}", finding.code, finding.title);
        events.push(
            json!({ "ph": "i", "s": "p", "pid": PHASES, "tid": 1, "ts": micros(at), "name": title, "cat": "finding" }),
        );
    }
    for state in &view.states {
        let span = view.phases.iter().rfind(|span| span.phase == state.phase);
        let at = span.map_or(view.end, |span| span.end.unwrap_or(span.begin));
        if let Some(mib) = state.used_mib {
            let title = format!("used MiB {}", state.bus);
            events.push(json!({ "ph": "C", "pid": PHASES, "ts": micros(at), "name": title, "args": { "MiB": mib } }));
        }
    }
    let other = json!({ "backend": view.run.backend, "label": view.label(), "run": view.run.run, "complete": view.exit.is_some() });
    let mut text = String::from("{\"displayTimeUnit\":\"ms\",\"otherData\":");
    text.push_str(&other.to_string());
    text.push_str(",\"traceEvents\":[\n");
    // One event a line: traces are read by people, too.
    text.push_str(&events.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n"));
    text.push_str("\n]}\n");
    Ok(text)
}

/// An attempt on the time line.
pub(super) struct Bar<'a> {
    pub(super) case: &'a CaseView,
    /// Index of the attempt.
    pub(super) attempt: usize,
    pub(super) begin: u64,
    pub(super) end: u64,
}

/// Attempts that were begun, in lanes by their first device; in one lane nothing overlaps.
pub(super) fn lanes(view: &View) -> Vec<(String, Vec<Bar<'_>>)> {
    let mut bars = Vec::new();
    for case in &view.cases {
        for (attempt, each) in case.attempts.iter().enumerate() {
            if let Some(begin) = each.begin {
                bars.push(Bar { case, attempt, begin, end: each.end.unwrap_or(view.end).max(begin) });
            }
        }
    }
    bars.sort_by_key(|bar| (bar.case.case.dies.first().copied(), bar.begin));
    let mut lanes: Vec<(Option<u32>, Vec<Bar<'_>>)> = Vec::new();
    for bar in bars {
        let die = bar.case.case.dies.first().copied();
        let free = |lane: &&mut (Option<u32>, Vec<Bar<'_>>)| {
            lane.0 == die && lane.1.last().is_none_or(|last| last.end <= bar.begin)
        };
        match lanes.iter_mut().find(free) {
            Some(lane) => lane.1.push(bar),
            None => lanes.push((die, vec![bar])),
        }
    }
    let title = |die: Option<u32>| die.map_or("no die".to_owned(), |die| format!("die {die}"));
    lanes.into_iter().map(|(die, bars)| (title(die), bars)).collect()
}

fn micros(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1000.0
}

fn name(kind: &str, pid: u32, tid: u32, name: &str) -> Value {
    json!({ "ph": "M", "pid": pid, "tid": tid, "name": kind, "args": { "name": name } })
}

fn slice(pid: u32, tid: u32, name: &str, category: &str, (begin, end): (u64, u64), args: Value) -> Value {
    let duration = micros(end.saturating_sub(begin));
    json!({ "ph": "X", "pid": pid, "tid": tid, "ts": micros(begin), "dur": duration, "name": name, "cat": category, "args": args })
}
