//! What `ASCEND_SIM_TRACE` leaves behind: one file of valid JSON for all processes of a run.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::BENCH;

const TWO: &str = "records_in_one_process_release_waits_in_another";
const ROUNDS: usize = 20;

/// The events of a trace.
struct Trace(Vec<Value>);

impl Trace {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let content: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        Self(content["traceEvents"].as_array().unwrap().clone())
    }

    /// Runs a rule of `timeline.c` with a trace.
    fn of(rule: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace.json");
        run(rule, &path, environment);
        Self::read(&path)
    }

    fn phase<'a>(&'a self, phase: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |event| event["ph"] == phase)
    }

    fn slices<'a>(&'a self, name: &'a str) -> Vec<&'a Value> {
        self.phase("X").filter(|event| event["name"] == name).collect()
    }

    fn processes(&self) -> BTreeSet<u64> {
        self.phase("M").filter(|event| event["name"] == "process_name").map(|event| whole(event, "pid")).collect()
    }

    /// The slice of a track in which an end of an arrow lies.
    fn around(&self, end: &Value) -> &Value {
        let same = |slice: &&Value| slice["pid"] == end["pid"] && slice["tid"] == end["tid"];
        let at = number(end, "ts");
        let mut around = self.phase("X").filter(same).filter(|slice| number(slice, "ts") < at && at < ended(slice));
        around.next().unwrap_or_else(|| panic!("{end} lies in no slice"))
    }

    /// Each slice of waits has exactly one arrow, which comes from such a record, in order of time. Whether each of them
    /// crosses from process to process is answered.
    fn arrows(&self, record: &str, wait: &str) -> Vec<bool> {
        let arrive = |slice: &Value| {
            let mut ends = self.phase("f").filter(|end| std::ptr::eq(self.around(end), slice));
            let end = ends.next().unwrap_or_else(|| panic!("no arrow leads to {slice}"));
            assert!(ends.next().is_none(), "several arrows lead to {slice}");
            let starts: Vec<&Value> = self.phase("s").filter(|start| start["id"] == end["id"]).collect();
            assert_eq!(starts.len(), 1, "{end}");
            assert_eq!((&starts[0]["cat"], &starts[0]["name"]), (&end["cat"], &end["name"]), "viewers want them equal");
            let from = self.around(starts[0]);
            assert_eq!(from["name"], record);
            assert_eq!(from["args"]["generation"], slice["args"]["generation"]);
            assert!(number(starts[0], "ts") <= number(end, "ts"));
            assert!(ended(from) <= ended(slice), "{from} released {slice} before it ended");
            from["pid"] != slice["pid"]
        };
        self.slices(wait).into_iter().map(arrive).collect()
    }
}

fn number(event: &Value, key: &str) -> f64 {
    event[key].as_f64().unwrap_or_else(|| panic!("{event} has no {key}"))
}

fn whole(event: &Value, key: &str) -> u64 {
    event[key].as_u64().unwrap_or_else(|| panic!("{event} has no {key}"))
}

fn ended(slice: &Value) -> f64 {
    number(slice, "ts") + number(slice, "dur")
}

fn run(rule: &str, path: &Path, environment: &[(&str, &str)]) -> String {
    let mut variables = vec![("ASCEND_SIM_TRACE", path.to_str().unwrap())];
    variables.extend_from_slice(environment);
    BENCH.run("timeline", &[rule], &variables)
}

#[test]
fn an_arrow_leads_from_each_record_to_the_wait_that_it_released() {
    let trace = Trace::of(TWO, &[]);
    assert_eq!(trace.processes().len(), 2);
    assert_eq!(trace.arrows("record IPC event", "wait for IPC event"), [true; ROUNDS]);
    assert_eq!(trace.arrows("record notify", "wait for notify"), [true; ROUNDS]);
    assert_eq!(trace.arrows("record event", "wait for event"), [false; ROUNDS]);
    // The record waited for its latch until the wait was there, so the wait was blocked.
    let blocked =
        trace.slices("wait for IPC event").into_iter().filter(|wait| number(&wait["args"], "blocked_us") > 0.0);
    assert_eq!(blocked.count(), ROUNDS);
    let unbound: Vec<&Value> = trace.phase("i").collect();
    assert_eq!(unbound.len(), 1, "{unbound:?}");
    assert_eq!(unbound[0]["name"], "wait: nothing to wait for");
    let bound = trace.slices("wait for IPC event")[0];
    assert_eq!(unbound[0]["args"]["event"], bound["args"]["event"]);
}

#[test]
fn calls_carry_their_answer_and_tracks_their_names() {
    let trace = Trace::of(TWO, &[("ASCEND_SIM_PROCESS", "both")]);
    let answers = |name| trace.slices(name).into_iter().map(|call| call["args"]["answer"].as_i64().unwrap());
    assert!(answers("aclrtRecordEvent").eq([0; 2 * ROUNDS]));
    assert!(answers("aclrtDestroyEvent").any(|answer| answer == 107_017), "the refusal");
    assert!(trace.slices("fill").iter().all(|fill| fill["args"]["bytes"] == 4096));
    assert_eq!(trace.slices("host function").len(), ROUNDS);

    let names: Vec<&Value> = trace.phase("M").map(|event| &event["args"]["name"]).collect();
    assert_eq!(names.iter().filter(|name| **name == "timeline (both)").count(), 2, "{names:?}");
    let named = |event: &Value| (whole(event, "pid"), whole(event, "tid"));
    let tracks: BTreeSet<_> = trace.phase("M").filter(|event| event["name"] == "thread_name").map(named).collect();
    assert!(trace.phase("X").all(|slice| tracks.contains(&named(slice))), "{names:?}");
    for task in trace.slices("record IPC event") {
        let track =
            trace.phase("M").find(|event| event["name"] == "thread_name" && named(event) == named(task)).unwrap();
        let name = track["args"]["name"].as_str().unwrap();
        assert!(name.starts_with("stream ") && name.ends_with(" of device 0"), "{name}");
    }
}

#[test]
fn tasks_of_a_stream_follow_each_other() {
    let trace = Trace::of(TWO, &[]);
    let mut tasks: Vec<&Value> = trace.phase("X").filter(|slice| slice["cat"] == "task").collect();
    let track = |slice: &Value| (whole(slice, "pid"), whole(slice, "tid"));
    tasks.sort_by(|a, b| track(a).cmp(&track(b)).then(number(a, "ts").total_cmp(&number(b, "ts"))));
    for pair in tasks.windows(2).filter(|pair| track(pair[0]) == track(pair[1])) {
        assert!(number(pair[1], "ts") > number(pair[0], "ts"), "{pair:?}");
        // Half a nanosecond for the sum of two floats.
        assert!(ended(pair[0]) <= number(pair[1], "ts") + 0.0005, "{pair:?}");
    }
}

#[test]
fn what_was_discarded_releases_nobody() {
    let trace = Trace::of("an_aborted_record_releases_nobody", &[]);
    let waits = trace.slices("wait for IPC event");
    assert_eq!(waits.len(), 1);
    assert!(waits[0]["args"]["ended"].as_str().unwrap().contains("507899"), "{waits:?}");
    assert_eq!((trace.phase("s").count(), trace.phase("f").count()), (0, 0));
}

#[test]
fn a_kill_at_any_moment_leaves_valid_json_with_the_survivors_events() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    for attempt in 0_u32..12 {
        // Anything from at once to some twenty milliseconds; the file is begun anew each time.
        let microseconds = (attempt.wrapping_mul(2_654_435_761) % 20_000).to_string();
        run("one_goes_on_when_the_other_is_killed", &path, &[("TIMELINE_MICROSECONDS", &microseconds)]);
        let trace = Trace::read(&path);
        let finalized = trace.slices("aclFinalize");
        assert_eq!(finalized.len(), 1, "the survivor's last call, and no earlier run's");
        let survivor = whole(finalized[0], "pid");
        assert!(trace.phase("X").any(|slice| whole(slice, "pid") != survivor), "the dead one's first calls");
    }
}

#[test]
fn a_run_does_not_mix_with_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    run(TWO, &path, &[]);
    let first = Trace::read(&path);
    run(TWO, &path, &[]);
    let second = Trace::read(&path);
    assert_eq!((first.processes().len(), second.processes().len()), (2, 2));
    assert!(first.processes().is_disjoint(&second.processes()));
    assert!(second.0.iter().all(|event| second.processes().contains(&whole(event, "pid"))));
}

#[test]
fn a_file_that_cannot_be_written_is_complained_about_once() {
    let folder = tempfile::tempdir().unwrap();
    let letter = folder.path().join("letter");
    std::fs::write(&letter, "not a trace").unwrap();
    for path in [folder.path().join("missing/trace.json"), folder.path().to_owned(), letter.clone()] {
        let said = run("an_aborted_record_releases_nobody", &path, &[]);
        assert_eq!(said.matches("ASCEND_SIM_TRACE=").count(), 1, "{said}");
    }
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "not a trace");
}

rules_of! {
    timeline:
    records_in_one_process_release_waits_in_another;
    one_goes_on_when_the_other_is_killed;
    an_aborted_record_releases_nobody;
}
