//! Strict mode of the embedded simulator names the program's own line, not one of the layers below it.

use std::process::Command;

use ascend_ipc::{IpcEvent, Runtime};

const LEAKS: &str = "ASCEND_IPC_TEST_LEAKS";

/// Leaves an event behind; the line that creates it.
fn leak() -> u32 {
    let device = Runtime::simulated().unwrap().device(0).unwrap();
    let line = line!() + 1;
    let event = IpcEvent::create(&device).unwrap();
    std::mem::forget(event);
    line
}

#[test]
fn what_an_embedding_program_leaves_is_named_by_its_own_line() {
    let line = leak();
    if std::env::var_os(LEAKS).is_some() {
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "what_an_embedding_program_leaves_is_named_by_its_own_line"])
        .envs([(LEAKS, "1"), ("ASCEND_SIM_STRICT", "report")])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let place = format!("tests/strict.rs:{line} by process ");
    let found = text.lines().find(|found| found.starts_with("ascend-sim: strict: leaked: 1 event: "));
    assert!(found.is_some_and(|found| found.contains(&place)), "{text}");
}
