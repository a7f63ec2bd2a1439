//! A folder with test programs, and `hwrun` in it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ascend_hwtest::event::{CaseEnd, Event, Line};
use ascend_hwtest::verdict::Verdict;

pub(crate) const HWRUN: &str = env!("CARGO_BIN_EXE_hwrun");

/// A test program, as a shell script: `--list` names the tests, and then comes what each of them does.
const HARNESS: &str = r#"#!/bin/sh
hwrun=HWRUN
ok() { echo "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"; }
tests="TESTS"
if [ "$1" = --list ]; then for test in $tests; do echo "$test: test"; done; exit; fi
test="$2"
"#;

pub(crate) struct Stage {
    folder: tempfile::TempDir,
}

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) screen: String,
    pub(crate) lines: Vec<Line>,
}

impl Ran {
    /// The last end of the case of this test.
    pub(crate) fn end(&self, test: &str) -> &CaseEnd {
        let mut ends = self.lines.iter().filter_map(|line| match &line.event {
            Event::CaseEnd(end) if end.case.starts_with(&format!("fake::{test}@")) => Some(end),
            _ => None,
        });
        ends.next_back().unwrap_or_else(|| panic!("no case {test}: {}", self.screen))
    }

    pub(crate) fn verdict(&self, test: &str) -> Verdict {
        self.end(test).verdict
    }
}

impl Stage {
    /// A stage whose only program has these tests; `body` is what they do.
    pub(crate) fn new(tests: &str, body: &str) -> Self {
        let stage = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(stage.path("programs")).unwrap();
        stage.program(tests, body);
        stage
    }

    pub(crate) fn program(&self, tests: &str, body: &str) {
        let text = HARNESS.replace("HWRUN", HWRUN).replace("TESTS", tests) + body;
        let path = self.path("programs/fake");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(HWRUN);
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).stdin(Stdio::null());
        command
    }

    /// Starts a run in the folder `out`.
    pub(crate) fn start(&self, out: &str, arguments: &[&str]) -> Child {
        let usual =
            ["run", "--backend", "sim", "--sim", "a2x2", "--programs", "programs", "--progress", "lines", "--out", out];
        self.command(&[&usual, arguments].concat()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.ended("out", self.start("out", arguments))
    }

    pub(crate) fn ended(&self, out: &str, child: Child) -> Ran {
        let output = child.wait_with_output().unwrap();
        let screen = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let lines = ascend_hwtest::journal::read(&self.path(out)).unwrap_or_default();
        Ran { code: output.status.code().unwrap_or(-1), screen, lines }
    }
}

/// Waits for what must come, which on a busy machine may take its time.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !holds() {
        assert!(std::time::Instant::now() < end, "not within a minute: {what}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Whether the process whose id is in this file is there.
pub(crate) fn lives(file: &Path) -> bool {
    let pid = std::fs::read_to_string(file).unwrap_or_default();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    !pid.trim().is_empty() && !stat.is_empty() && !stat.contains(") Z ")
}
