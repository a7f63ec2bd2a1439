//! The time line of the example: two processes, and an arrow from each record to each wait that it released.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Chunks that the example hands over here; each is recorded and waited for, and drained and waited for but the last two.
const CHUNKS: usize = 8;

/// Builds the example: cargo does it for all tests of the package, but not for one.
fn example() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "ascend-ipc", "--example", "two_processes", "--message-format=json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "building the example failed");
    let messages = String::from_utf8(output.stdout).unwrap();
    let mut programs = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    programs.next_back().expect("cargo names the program that it built")
}

fn events(path: &Path) -> Vec<Value> {
    let content: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    content["traceEvents"].as_array().unwrap().clone()
}

fn number(event: &Value, key: &str) -> f64 {
    event[key].as_f64().unwrap_or_else(|| panic!("{event} has no {key}"))
}

fn ended(slice: &Value) -> f64 {
    number(slice, "ts") + number(slice, "dur")
}

/// The slice of a track in which an end of an arrow lies.
fn around<'a>(events: &'a [Value], end: &Value) -> &'a Value {
    let same = |slice: &&Value| slice["ph"] == "X" && slice["pid"] == end["pid"] && slice["tid"] == end["tid"];
    let at = number(end, "ts");
    let mut found = events.iter().filter(same).filter(|slice| number(slice, "ts") < at && at < ended(slice));
    found.next().unwrap_or_else(|| panic!("{end} lies in no slice"))
}

#[test]
fn an_embedding_program_starts_a_trace_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    ascend_sim::trace::start(&path).unwrap();
    assert!(ascend_sim::trace::start(folder.path().join("another.json")).is_err());
    let device = ascend_ipc::Runtime::simulated().unwrap().device(0).unwrap();
    let stream = device.create_stream().unwrap();
    ascend_sim::trace::flush();
    let calls = events(&path);
    assert_eq!(calls.iter().filter(|call| call["name"] == "aclrtCreateStream").count(), 1, "{calls:?}");
    drop(stream);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the refused one made no file");
}

#[test]
fn each_wait_of_the_example_has_one_arrow_from_the_other_process() {
    let folder = tempfile::tempdir().unwrap();
    // The path is relative, to where the example starts.
    let output = Command::new(example())
        .args(["--backend", "sim", "--size", "8KiB", "--chunk", "1KiB"])
        .current_dir(folder.path())
        .env("ASCEND_SIM_TRACE", "trace.json")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let events = events(&folder.path().join("trace.json"));
    let names = events.iter().filter(|event| event["name"] == "process_name");
    assert_eq!(names.count(), 2, "the driver never calls the simulator");

    let waits: Vec<&Value> = events.iter().filter(|event| event["name"] == "wait for IPC event").collect();
    let unbound = events.iter().filter(|event| event["name"] == "wait: nothing to wait for").count();
    assert_eq!(waits.len() + unbound, 2 * CHUNKS - 2, "as many as the example has calls");
    let records = events.iter().filter(|event| event["name"] == "record IPC event").count();
    assert_eq!(records, 2 * CHUNKS);
    for wait in waits {
        let arrives = |end: &&Value| end["ph"] == "f" && std::ptr::eq(around(&events, end), wait);
        let ends: Vec<&Value> = events.iter().filter(arrives).collect();
        assert_eq!(ends.len(), 1, "{wait}");
        let starts: Vec<&Value> =
            events.iter().filter(|start| start["ph"] == "s" && start["id"] == ends[0]["id"]).collect();
        assert_eq!(starts.len(), 1, "{wait}");
        let record = around(&events, starts[0]);
        assert_eq!(record["name"], "record IPC event");
        for what in ["event", "slot", "generation"] {
            assert_eq!(record["args"][what], wait["args"][what]);
        }
        assert_ne!(record["pid"], wait["pid"]);
        assert!(ended(record) <= ended(wait), "{record} {wait}");
    }
}
