//! What a stream executes, on the stream's track, with arrows from records to waits.

use std::fmt;

use serde_json::{Map, Value, json};

use super::event::{self, Moment, Span};
use super::{begin, flow, put, stream_track};
use crate::model::stream::Stream;
use crate::model::task::{Halt, Interrupt, Task};

/// What there is to say of a task.
struct Description {
    title: &'static str,
    args: Value,
    arrow: Option<Arrow>,
}

enum Arrow {
    Leaves(u64),
    Arrives(u64),
}

/// Executes a task; if a trace is kept, with a slice.
pub(crate) fn run(stream: &Stream, task: &mut Task, interrupt: &Interrupt<'_>) -> Result<(), Halt> {
    let Some(from) = begin() else { return task.run(interrupt) };
    // What releases others ends before it does: so no arrow points back in time, wherever this thread is held up.
    let to = task.is_instant().then(Moment::now);
    let outcome = task.run(interrupt);
    show(stream, task, Span::new(from, to.unwrap_or_else(Moment::now)), &outcome);
    outcome
}

fn show(stream: &Stream, task: &Task, span: Span, outcome: &Result<(), Halt>) {
    let track = stream_track(stream);
    let Description { title, args, arrow } = describe(task);
    let mut args = match args {
        Value::Object(args) => args,
        _ => Map::new(),
    };
    if is_wait(task) {
        args.insert("blocked_us".to_owned(), span.microseconds().into());
    }
    match outcome {
        Ok(()) => {}
        Err(Halt::Interrupted) => drop(args.insert("ended".to_owned(), "aborted".into())),
        Err(Halt::Lost(rule)) => drop(args.insert("ended".to_owned(), format!("dropped by the rule {rule}").into())),
        Err(Halt::Failed(fault) | Halt::Stuck(fault)) => {
            drop(args.insert("ended".to_owned(), fault.to_string().into()))
        }
    }
    let mut lines = event::slice("task", title, track, span, &args.into());
    // An abort, a failure or a death releases nobody.
    if outcome.is_ok() {
        lines += &arrow.map_or_else(String::new, |arrow| match arrow {
            Arrow::Leaves(id) => event::arrow_leaves(id, track, span),
            Arrow::Arrives(id) => event::arrow_arrives(id, track, span),
        });
    }
    put(&lines);
}

const fn is_wait(task: &Task) -> bool {
    matches!(
        task,
        Task::WaitLocal(..) | Task::WaitIpc(..) | Task::WaitValue(..) | Task::WaitNotify(..) | Task::WaitCount(..)
    )
}

fn describe(task: &Task) -> Description {
    let plain = |title| Description { title, args: Value::Null, arrow: None };
    match task {
        Task::Transfer(transfer, _) => {
            let title = if transfer.is_fill() { "fill" } else { "copy" };
            Description { args: json!({ "bytes": transfer.bytes() }), ..plain(title) }
        }
        Task::Late(_) => plain("late copy"),
        Task::Host(_) => plain("host function"),
        Task::Report(.., blocks) => plain(if *blocks { "blocking callback" } else { "callback" }),
        Task::WriteValue(_, value) => Description { args: json!({ "value": value }), ..plain("write value") },
        Task::WaitValue(_, condition) => {
            Description { args: json!({ "condition": format!("{condition:?}") }), ..plain("wait for value") }
        }
        Task::RecordLocal(event, record) => Description {
            title: "record event",
            args: json!({ "event": event.serial(), "record": record }),
            arrow: Some(Arrow::Leaves(flow::of_local_event(event.serial(), *record))),
        },
        Task::WaitLocal(event, record, _) => Description {
            title: "wait for event",
            args: json!({ "event": event.serial(), "record": record }),
            arrow: Some(Arrow::Arrives(flow::of_local_event(event.serial(), *record))),
        },
        Task::RecordIpc(event, ticket) => Description {
            title: "record IPC event",
            args: json!({ "event": hexadecimal(event.export()), "slot": ticket.slot(), "generation": ticket.generation() }),
            arrow: Some(Arrow::Leaves(flow::of_ipc_event(event.export(), *ticket))),
        },
        Task::WaitIpc(event, ticket) => Description {
            title: "wait for IPC event",
            args: json!({ "event": hexadecimal(event.export()), "slot": ticket.slot(), "generation": ticket.generation() }),
            arrow: Some(Arrow::Arrives(flow::of_ipc_event(event.export(), *ticket))),
        },
        Task::PassIpc => plain("pass IPC event"),
        Task::RecordNotify(notify, record) => Description {
            title: "record notify",
            args: json!({ "notify": hexadecimal(notify.identity()) }),
            arrow: flow::of_notify(notify.identity(), *record).map(Arrow::Leaves),
        },
        Task::WaitNotify(notify, _, taken) => Description {
            title: "wait for notify",
            args: json!({ "notify": hexadecimal(notify.identity()) }),
            arrow: taken.and_then(|record| flow::of_notify(notify.identity(), record)).map(Arrow::Arrives),
        },
        // Delayed it releases whom it releases; of a dropped one nobody gets a signal, so its arrow ends nowhere.
        Task::Injected(injected) => describe(injected.task()),
        Task::ChangeCount(_, change) => {
            Description { args: json!({ "change": format!("{change:?}") }), ..plain("change counting notify") }
        }
        Task::WaitCount(_, wait) => {
            Description { args: json!({ "condition": format!("{wait:?}") }), ..plain("wait for counting notify") }
        }
    }
}

fn hexadecimal(id: u64) -> String {
    format!("{id:016x}")
}

/// A wait was called that had nothing to wait for, so that the stream gets no task.
pub(crate) fn nothing_to_wait_for(stream: &Stream, event: impl fmt::Display) {
    if let Some(at) = begin() {
        let track = stream_track(stream);
        put(&event::instant("wait: nothing to wait for", track, at, &json!({ "event": event.to_string() })));
    }
}
