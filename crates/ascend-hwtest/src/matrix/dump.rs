//! What a hanging attempt was doing: every process of it, from the kernel's and the debugger's side.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::attempt::Setting;
use crate::processes::{marked, place};

/// How long the debugger may take for a process.
const DEBUGGER: Duration = Duration::from_secs(10);
/// How much of a debugger's answer is kept.
const LIMIT: usize = 1 << 16;

/// The text of `hang.txt`.
pub(super) fn dump(setting: &Setting, leader: u32, mark: &str) -> String {
    let mut pids = vec![leader];
    pids.extend(marked(&setting.root, mark).iter().map(|process| process.pid).filter(|pid| *pid != leader));
    let mut text = format!("backend {}, run {}; {} processes\n", setting.backend, setting.run, pids.len());
    for pid in pids {
        text.push_str(&place(&setting.root, pid));
        if let Some(stacks) = stacks(setting, pid) {
            text.push_str(&format!("-- gdb\n{stacks}\n"));
        }
    }
    text
}

/// The stacks of all threads, if there is a debugger and it may look.
fn stacks(setting: &Setting, pid: u32) -> Option<String> {
    let file = tempfile::tempfile().ok()?;
    let mut child = Command::new("gdb")
        .args([
            "-nx",
            "-batch",
            "-ex",
            "set debuginfod enabled off",
            "-ex",
            "thread apply all bt",
            "-p",
            &pid.to_string(),
        ])
        .env_clear()
        .envs(setting.environment.iter().filter(|(name, _)| *name == "PATH" || *name == "HOME"))
        .stdin(Stdio::null())
        .stdout(file.try_clone().ok()?)
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    if crate::child::wait(&mut child, DEBUGGER, &|| false).is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let mut text = String::new();
    let mut file = file;
    std::io::Seek::rewind(&mut file).ok()?;
    std::io::Read::read_to_string(&mut file, &mut text).ok()?;
    text.truncate((0..=LIMIT.min(text.len())).rev().find(|end| text.is_char_boundary(*end))?);
    Some(text)
}
