//! A runner that is killed at any moment takes everything with it, and leaves a journal that can be read.

use std::time::{Duration, Instant};

use ascend_hwtest::event::Event;

use crate::stage::{Stage, until};

/// How often: more, if somebody asks for it.
fn rounds() -> u32 {
    std::env::var("HWTEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(10)
}

#[test]
fn a_killed_runner_leaves_no_process_and_a_readable_journal() {
    // A role asks to die with its parent, as those of the kit do. Program and role would stay for minutes without a runner.
    let role = "\"$hwrun\" guard $$ -- sleep 600 & role=$!";
    let body = format!("{role}; sleep 0.1; kill -0 $PPID || sleep 600; kill $role; wait; ok");
    let stage = Stage::new("a b c d e f", &body);
    let begin = Instant::now();
    assert_eq!(stage.run(&["--stress-count", "2"]).code, 0);
    let whole = begin.elapsed();
    for round in 0..rounds() {
        let out = format!("round-{round}");
        let mut child = stage.start(&out, &["--stress-count", "2"]);
        // Moments all over a run; which ones they really are is up to the machine.
        std::thread::sleep(whole * ((round * 7) % 20) / 20 + Duration::from_millis(u64::from(round)));
        let _ = child.kill();
        child.wait().unwrap();
        let ours = stage.path("").display().to_string();
        until(&format!("round {round}: everything has died"), || !anybody(&ours));
        let Ok(text) = std::fs::read_to_string(stage.path(&out).join("events.jsonl")) else { continue };
        let lines = ascend_hwtest::journal::read(&stage.path(&out)).unwrap();
        assert!(text.is_empty() || matches!(lines[0].event, Event::RunBegin(_)), "{text}");
        assert!(text.lines().count() <= lines.len() + 1, "{text}");
        let report = stage.command(&["report", &out]).output().unwrap();
        assert!(matches!(report.status.code(), Some(0 | 1)), "{report:?}");
    }
}

/// Whether a process works in the folder of this stage.
fn anybody(folder: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let is_process = entry.file_name().to_string_lossy().bytes().all(|byte| byte.is_ascii_digit());
        let current = std::fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        is_process && format!("{}/", current.display()).starts_with(folder)
    })
}
