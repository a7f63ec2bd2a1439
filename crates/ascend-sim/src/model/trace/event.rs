//! Events of the trace format, each a line of JSON.

use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;

/// A moment of the machine's monotonic clock, in nanoseconds; all processes share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    /// This very moment.
    pub(crate) fn now() -> Self {
        let now = clock_gettime(ClockId::Monotonic);
        Self(now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs())
    }

    const fn plus(self, nanoseconds: u64) -> Self {
        Self(self.0 + nanoseconds)
    }
}

/// Microseconds with a fraction, which a float would round on a machine that has run for months.
fn microseconds(nanoseconds: u64) -> String {
    format!("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000)
}

/// A line of the picture: a thread of a process, or one of its streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Track {
    pub(super) process: u32,
    pub(super) number: u64,
}

/// A span of time on a track.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    from: Moment,
    to: Moment,
}

impl Span {
    /// A span; never so short that nothing lies inside.
    pub(super) fn new(from: Moment, to: Moment) -> Self {
        Self { from, to: to.max(from.plus(2)) }
    }

    /// How long it is, in microseconds.
    pub(super) fn microseconds(self) -> f64 {
        (self.to.0 - self.from.0) as f64 / 1000.0
    }
}

/// What a track or process is called.
pub(super) fn name(what: &str, track: Track, name: &str) -> String {
    metadata(what, track, &serde_json::json!({ "name": name }))
}

/// Puts a track below those with a smaller index.
pub(super) fn position(track: Track, index: u64) -> String {
    metadata("thread_sort_index", track, &serde_json::json!({ "sort_index": index }))
}

fn metadata(what: &str, track: Track, args: &Value) -> String {
    format!("{{\"ph\":\"M\",\"name\":\"{what}\",{},\"args\":{args}}}\n", on(track))
}

/// A complete slice.
pub(super) fn slice(category: &str, title: &str, track: Track, span: Span, args: &Value) -> String {
    format!(
        "{{\"ph\":\"X\",\"cat\":\"{category}\",\"name\":{},{},\"ts\":{},\"dur\":{},\"args\":{args}}}\n",
        Value::from(title),
        on(track),
        microseconds(span.from.0),
        microseconds(span.to.0 - span.from.0),
    )
}

/// A moment on a track.
pub(super) fn instant(title: &str, track: Track, at: Moment, args: &Value) -> String {
    format!(
        "{{\"ph\":\"i\",\"s\":\"t\",\"cat\":\"task\",\"name\":{},{},\"ts\":{},\"args\":{args}}}\n",
        Value::from(title),
        on(track),
        microseconds(at.0),
    )
}

/// An arrow leaves a slice, right behind its beginning.
pub(super) fn arrow_leaves(id: u64, track: Track, span: Span) -> String {
    arrow("\"ph\":\"s\"", id, track, span.from.0 + 1)
}

/// An arrow arrives in a slice, right before its end.
pub(super) fn arrow_arrives(id: u64, track: Track, span: Span) -> String {
    arrow("\"ph\":\"f\",\"bp\":\"e\"", id, track, span.to.0 - 1)
}

/// Both ends of an arrow have the same category, name and id; the id is text, since it does not fit into a float.
fn arrow(phase: &str, id: u64, track: Track, at: u64) -> String {
    format!(
        "{{{phase},\"cat\":\"order\",\"name\":\"releases\",\"id\":\"{id:#x}\",{},\"ts\":{}}}\n",
        on(track),
        microseconds(at)
    )
}

fn on(track: Track) -> String {
    format!("\"pid\":{},\"tid\":{}", track.process, track.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACK: Track = Track { process: 7, number: 9 };

    fn parsed(line: &str) -> Value {
        assert!(line.ends_with('\n') && line.lines().count() == 1, "{line}");
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn a_slice_is_one_line_whatever_its_name_and_keeps_nanoseconds() {
        let span = Span::new(Moment(90_000_000_000_000_001), Moment(90_000_000_000_002_001));
        let line = slice("task", "a\n\"b\"", TRACK, span, &serde_json::json!({ "n": 1 }));
        assert!(line.contains("\"ts\":90000000000000.001,\"dur\":2.000,"), "{line}");
        let event = parsed(&line);
        assert_eq!((event["name"].as_str(), event["args"]["n"].as_u64()), (Some("a\n\"b\""), Some(1)));
    }

    #[test]
    fn an_arrow_begins_and_ends_inside_of_its_slices_however_short_they_are() {
        let span = Span::new(Moment(1000), Moment(1000));
        for arrow in [arrow_leaves(u64::MAX, TRACK, span), arrow_arrives(u64::MAX, TRACK, span)] {
            let event = parsed(&arrow);
            assert_eq!((event["ts"].as_f64(), event["id"].as_str()), (Some(1.001), Some("0xffffffffffffffff")));
        }
        assert!(slice("task", "x", TRACK, span, &Value::Null).contains("\"dur\":0.002"));
    }
}
