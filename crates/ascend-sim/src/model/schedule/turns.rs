//! Whose turn it is: of all streams whose next task could run, one is drawn, when nobody is about to queue another.

use std::collections::BTreeMap;
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::draw::draw;
use super::host::{self, Hosts, this_thread};
use super::script::{Next, Script};
use super::{LOOK, REST};

/// A task that sleeps this long waits for the program: it keeps nobody from his turn any longer.
const HOLDS: Duration = Duration::from_millis(10);
/// Nobody waits longer for a program that never pauses.
const LONGEST: Duration = Duration::from_millis(500);

/// What a worker says of its next task.
#[derive(Clone, Copy)]
pub(super) struct Head {
    /// It would not wait for anything.
    pub(super) ready: bool,
    /// How long it may wait.
    pub(super) limit: Option<Duration>,
    pub(super) kind: &'static str,
}

/// The state of all turns.
pub(super) struct Turns {
    seed: Option<u64>,
    script: Option<Script>,
    streams: BTreeMap<u64, Line>,
    hosts: Hosts,
    /// Counts whatever changes what could run next.
    change: u64,
    /// Since when the program has neither paused nor called anything, while a task could run.
    busy_since: Option<Instant>,
    drawn: u64,
    turn: Option<Turn>,
}

/// A stream.
#[derive(Default)]
struct Line {
    /// Tasks that have not ended.
    queued: u64,
    /// Tasks that have ended, one way or another.
    ended: u64,
    /// Tasks that have begun.
    begun: u64,
    /// What is known of the next task.
    head: Option<Known>,
    /// Who executes its tasks.
    worker: Option<Thread>,
    head_since: Option<Instant>,
    /// Its running task waits for the program.
    astray: bool,
    /// Nothing more will be queued.
    closed: bool,
}

/// What a worker has said of its next task. If it could run, it is not asked again before it is drawn.
#[derive(Clone, Copy)]
struct Known {
    could: bool,
    kind: &'static str,
    /// The change since which this is known.
    since: u64,
}

impl Line {
    /// Whether it takes part.
    const fn is_open(&self) -> bool {
        self.queued > 0 && !self.astray
    }

    fn could(&self) -> bool {
        self.head.is_some_and(|head| head.could)
    }

    fn is_unknown_since(&self, change: u64) -> bool {
        self.head.is_none_or(|head| head.since != change)
    }
}

/// Whose turn it is.
struct Turn {
    stream: u64,
    /// When its task began, and on which thread.
    begun: Option<(Instant, i32)>,
    kind: &'static str,
}

/// What tasks of a kind may release: the kind of what waits for it.
fn released_by(kind: &str) -> Option<&'static str> {
    match kind {
        "record" => Some("wait"),
        "record-ipc" => Some("wait-ipc"),
        "record-notify" => Some("wait-notify"),
        "change-count" | "wait-count" => Some("wait-count"),
        "copy" | "host" | "callback" | "write-value" => Some("wait-value"),
        _ => None,
    }
}

impl Turns {
    pub(super) fn new(seed: Option<u64>, script: Option<Script>) -> Self {
        Self {
            seed,
            script,
            streams: BTreeMap::new(),
            hosts: Hosts::default(),
            change: 1,
            busy_since: None,
            drawn: 0,
            turn: None,
        }
    }

    pub(super) fn queued(&mut self, stream: u64) {
        self.streams.entry(stream).or_default().queued += 1;
    }

    /// Whether a stream may begin its next task now.
    pub(super) fn ask(&mut self, stream: u64, head: Head, now: Instant) -> bool {
        let line = self.streams.entry(stream).or_default();
        line.worker.get_or_insert_with(std::thread::current);
        let since = *line.head_since.get_or_insert(now);
        let expired = head.limit.is_some_and(|limit| now.duration_since(since) >= limit);
        let could = head.ready || expired;
        let known = could || line.could();
        line.head = Some(Known { could: known, kind: head.kind, since: self.change });
        let number = line.begun + 1;
        match &self.turn {
            Some(turn) if turn.stream != stream => {
                self.look_after(now);
                return false;
            }
            Some(_) if !could => {
                self.forget_head(stream);
                return false;
            }
            _ => {}
        }
        if !self.is_chosen(stream, number, head.kind, known, now) {
            return false;
        }
        if !could {
            self.forget_head(stream);
            return false;
        }
        if let Some(script) = &mut self.script
            && !script.begin(stream, number, head.kind)
        {
            return false;
        }
        if let Some(line) = self.streams.get_mut(&stream) {
            line.begun = number;
        }
        self.turn = Some(Turn { stream, begun: Some((now, this_thread())), kind: head.kind });
        true
    }

    /// Whether it is the stream's turn; decides about the next turn if there is none, even for a stream that could not take it.
    fn is_chosen(&mut self, stream: u64, number: u64, kind: &'static str, could: bool, now: Instant) -> bool {
        if self.turn.is_some() {
            return true; // this stream's, as `ask` has found
        }
        if self.script.is_some() && !could {
            return false;
        }
        match self.script.as_mut().map_or(Next::Free, |script| script.next(stream, number, kind, now)) {
            Next::Yours => return true,
            Next::Anothers => return false,
            Next::Free => {}
        }
        let Some(seed) = self.seed else { return could };
        if self.streams.values().any(|line| line.is_open() && !line.could() && line.is_unknown_since(self.change)) {
            return false; // a worker has not said yet what it has
        }
        let candidates: Vec<u64> = self.candidates().collect();
        if candidates.is_empty() {
            return false;
        }
        let late = now.duration_since(*self.busy_since.get_or_insert(now)) >= LONGEST;
        let Self { hosts, streams, change, .. } = self;
        let ended = |stream| streams.get(&stream).map_or(0, |line| line.ended);
        if !hosts.are_quiet(*change, now, ended) && !late {
            return false;
        }
        let chosen = candidates[draw(seed, self.drawn, candidates.len())];
        self.drawn += 1;
        self.turn = Some(Turn { stream: chosen, begun: None, kind: "" });
        if chosen != stream {
            self.wake(chosen);
        }
        chosen == stream
    }

    /// Streams whose next task could run.
    fn candidates(&self) -> impl Iterator<Item = u64> {
        self.streams.iter().filter(|(_, line)| line.is_open() && line.could()).map(|(stream, _)| *stream)
    }

    /// The stream whose worker looks whether the program pauses.
    fn looker(&self) -> Option<u64> {
        self.streams.iter().find(|(_, line)| line.is_open()).map(|(stream, _)| *stream)
    }

    /// How long a stream's worker may rest before it asks again. One of them looks; the others are woken when it is their
    /// turn, or when something has changed that they may wait for.
    pub(super) fn rest(&self, stream: u64) -> Duration {
        if self.script.is_some() || self.looker() == Some(stream) { LOOK } else { REST }
    }

    fn wake(&self, stream: u64) {
        if let Some(worker) = self.streams.get(&stream).and_then(|line| line.worker.as_ref()) {
            worker.unpark();
        }
    }

    fn wake_looker(&self) {
        if let Some(stream) = self.looker() {
            self.wake(stream);
        }
    }

    /// What a task waited for was there, and is gone: somebody else has taken it. Gives up its turn, if it has it.
    fn forget_head(&mut self, stream: u64) {
        self.streams.entry(stream).or_default().head = None;
        if self.turn.as_ref().is_some_and(|turn| turn.stream == stream) {
            self.pass_on();
        }
    }

    /// Ends the turn of a task that waits for the program.
    pub(super) fn look_after(&mut self, now: Instant) {
        let Some(Turn { stream, begun: Some((begun, thread)), .. }) = self.turn else { return };
        if now.duration_since(begun) >= HOLDS && host::is_asleep(thread) {
            self.streams.entry(stream).or_default().astray = true;
            self.pass_on();
        }
    }

    fn pass_on(&mut self) {
        let kind = self.turn.take().map(|turn| turn.kind);
        self.leave();
        self.note_change(kind);
    }

    /// Something has changed; `kind` names the kind of task that did it.
    fn note_change(&mut self, kind: Option<&'static str>) {
        self.change += 1;
        self.busy_since = None;
        for line in self.streams.values_mut().filter(|line| line.is_open() && !line.could()) {
            match (&mut line.head, kind) {
                (Some(head), Some(kind)) if released_by(kind) != Some(head.kind) => head.since = self.change,
                _ => line.worker.iter().for_each(Thread::unpark),
            }
        }
        self.wake_looker();
    }

    /// The task whose turn it is has been executed; the turn goes on until everybody who waits for it was woken.
    pub(super) fn executed(&mut self, stream: u64) {
        if self.turn.as_ref().is_some_and(|turn| turn.stream == stream) {
            self.leave();
        }
    }

    /// No other process waits any longer for the task that runs here.
    pub(super) fn leave(&mut self) {
        if let Some(script) = &mut self.script {
            script.end();
        }
    }

    pub(super) fn ended(&mut self, stream: u64) {
        let line = self.streams.entry(stream).or_default();
        line.queued = line.queued.saturating_sub(1);
        line.ended += 1;
        (line.head, line.head_since) = (None, None);
        line.astray = false;
        match &self.turn {
            Some(turn) if turn.stream == stream => self.pass_on(),
            _ => self.note_change(None),
        }
        self.forget_if_done(stream);
    }

    /// Nothing more will be queued on a stream.
    pub(super) fn closed(&mut self, stream: u64) {
        if let Some(line) = self.streams.get_mut(&stream) {
            line.closed = true;
            self.forget_if_done(stream);
        }
    }

    fn forget_if_done(&mut self, stream: u64) {
        if self.streams.get(&stream).is_some_and(|line| line.closed && line.queued == 0) {
            self.streams.remove(&stream);
        }
    }

    pub(super) fn discarded(&mut self, stream: u64, tasks: u64) {
        let line = self.streams.entry(stream).or_default();
        line.queued = line.queued.saturating_sub(tasks);
        line.ended += tasks;
        (line.head, line.head_since) = (None, None);
        self.hosts.discarded(stream);
        if tasks > 0 {
            self.note_change(None);
        }
        if self.turn.as_ref().is_some_and(|turn| turn.stream == stream && turn.begun.is_none()) {
            self.pass_on();
        }
        self.forget_if_done(stream);
    }

    pub(super) fn call_began(&mut self, asks: bool) {
        if !asks {
            self.busy_since = None;
        }
        self.hosts.call_began(this_thread(), asks, self.change);
    }

    pub(super) fn call_ended(&mut self) {
        self.hosts.call_ended(this_thread());
    }

    pub(super) fn blocks(&mut self, begins: bool) {
        self.hosts.blocks(this_thread(), begins);
        if begins {
            self.wake_looker();
        }
    }

    pub(super) fn awaits(&mut self, stream: u64, tasks: u64) {
        self.hosts.awaits(this_thread(), stream, tasks);
        self.wake_looker();
    }
}

#[cfg(test)]
#[path = "turns_rules.rs"]
mod rules;
