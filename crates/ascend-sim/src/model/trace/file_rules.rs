//! Rules of the trace file: it is JSON, whoever writes, dies, or was there before.

use std::fmt::Write as _;

use serde_json::Value;

use super::*;

/// A file that a trace may have, in a folder of its own.
fn place() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    (folder, path)
}

fn events(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let content: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    content["traceEvents"].as_array().unwrap().clone()
}

fn lines(writer: usize, numbers: std::ops::Range<usize>) -> String {
    numbers.fold(String::new(), |mut text, number| {
        let padding = "x".repeat(number % 97);
        let _ = writeln!(text, "{{\"writer\":{writer},\"number\":{number},\"padding\":\"{padding}\"}}");
        text
    })
}

fn append(file: &TraceFile, text: &str) {
    assert!(file.append(text.as_bytes(), Duration::from_secs(20)).unwrap());
}

#[test]
fn a_new_file_has_no_events_and_is_json() {
    let (_folder, path) = place();
    let _file = TraceFile::open(&path).unwrap();
    assert_eq!(events(&path).len(), 0);
}

#[test]
fn several_writers_lose_nothing_and_each_keeps_its_order() {
    const EACH: usize = 500;
    let (_folder, path) = place();
    let open: Vec<TraceFile> = (0..3).map(|_| TraceFile::open(&path).unwrap()).collect();
    std::thread::scope(|threads| {
        for (writer, file) in open.iter().enumerate() {
            threads.spawn(move || {
                for number in (0..EACH).step_by(5) {
                    append(file, &lines(writer, number..number + 5));
                }
            });
        }
    });
    let events = events(&path);
    assert_eq!(events.len(), 3 * EACH);
    for writer in 0..3 {
        let of_writer = events.iter().filter(|event| event["writer"] == writer);
        let numbers: Vec<u64> = of_writer.map(|event| event["number"].as_u64().unwrap()).collect();
        assert!(numbers.iter().copied().eq(0..EACH as u64), "{numbers:?}");
    }
}

#[test]
fn only_an_event_that_fits_into_no_rest_of_a_page_crosses_its_end() {
    let text = lines(0, 0..200);
    let (mut left, mut at) = (text.as_str(), HEADER.len() as u64);
    while !left.is_empty() {
        let now = portion(left.as_bytes(), at);
        let count = left[..now].lines().count();
        let end = at + (now + count) as u64 + TAIL.len() as u64;
        assert!(count == 1 || (end - 1) / PAGE == at / PAGE, "{count} lines from {at} to {end}");
        assert!(left[..now].ends_with('\n'));
        at += (now + count) as u64;
        left = &left[now..];
    }
}

#[test]
fn a_file_is_joined_while_somebody_has_it_open_and_begun_anew_afterwards() {
    let (_folder, path) = place();
    let first = TraceFile::open(&path).unwrap();
    append(&first, &lines(0, 0..3));
    let second = TraceFile::open(&path).unwrap();
    append(&second, &lines(1, 0..1));
    drop(first);
    drop(TraceFile::open(&path).unwrap());
    assert_eq!(events(&path).len(), 4, "the second lives");
    drop(second);
    let third = TraceFile::open(&path).unwrap();
    assert_eq!(events(&path).len(), 0);
    append(&third, &lines(2, 0..1));
    assert_eq!(events(&path).len(), 1);
}

#[test]
fn a_file_that_is_no_trace_is_not_touched() {
    let (folder, path) = place();
    for content in ["a letter to my mother, which is longer than what a trace begins with", "{", "[]\n"] {
        std::fs::write(&path, content).unwrap();
        assert_eq!(TraceFile::open(&path).err().unwrap().kind(), ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
    }
    assert!(TraceFile::open(folder.path()).is_err());
}

#[test]
fn a_write_that_was_torn_anywhere_is_mended_by_the_next() {
    let (_folder, path) = place();
    let file = TraceFile::open(&path).unwrap();
    append(&file, &lines(0, 0..90));
    let before = std::fs::read(&path).unwrap();
    append(&file, &lines(1, 96..97)); // long
    let after = std::fs::read(&path).unwrap();
    let end = before.len() - TAIL.len();
    for torn in end..=after.len() {
        // What was written of the new, and what is left of the old behind it.
        let mut content = after[..torn].to_vec();
        content.extend_from_slice(before.get(torn..).unwrap_or_default());
        std::fs::write(&path, &content).unwrap();
        append(&file, "{\"writer\":2}\n");
        let events = events(&path);
        let whole = events.iter().filter(|event| event["writer"] == 0).count();
        assert_eq!((whole, events.last().unwrap()["writer"].as_u64()), (90, Some(2)), "torn at {torn}");
    }
}

#[test]
fn a_file_that_somebody_emptied_is_begun_again() {
    let (_folder, path) = place();
    let file = TraceFile::open(&path).unwrap();
    append(&file, &lines(0, 0..9));
    std::fs::write(&path, "").unwrap();
    append(&file, &lines(0, 9..10));
    assert_eq!(events(&path)[0]["number"], 9);
}

#[test]
fn a_writer_that_keeps_its_turn_holds_nobody_up_for_long() {
    let (_folder, path) = place();
    let (stopped, other) = (TraceFile::open(&path).unwrap(), TraceFile::open(&path).unwrap());
    let turn = stopped.turn(PATIENCE).unwrap().unwrap();
    assert!(!other.append(b"{}\n", Duration::from_millis(5)).unwrap());
    drop(turn);
    append(&other, "{}\n");
    assert_eq!(events(&path).len(), 1);
}
