//! What `/proc` tells about a process that hangs.

use std::fmt::Write as _;
use std::fs;

/// Lines of `/proc/PID/status` that tell something about a hang.
const STATUS: [&str; 6] = ["State", "PPid", "Threads", "SigBlk", "SigIgn", "SigCgt"];

/// An excerpt for a report.
pub(crate) fn excerpt(pid: u32) -> String {
    let read = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let status = read("status");
    let mut text = String::new();
    for line in status.lines() {
        if line.split_once(':').is_some_and(|(key, _)| STATUS.contains(&key)) {
            let _ = writeln!(text, "status   {}", line.replace('\t', " ")); // writing to a string cannot fail
        }
    }
    let mut tasks: Vec<_> = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten().collect();
    tasks.sort_by_key(fs::DirEntry::file_name);
    for task in tasks {
        let of_task = |file: &str| fs::read_to_string(task.path().join(file)).unwrap_or_default();
        let stat = of_task("stat");
        let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()).unwrap_or('?');
        let wchan = of_task("wchan");
        let wchan = if wchan.is_empty() || wchan == "0" { "none" } else { &wchan };
        let id = task.file_name().to_string_lossy().into_owned();
        let _ = writeln!(text, "task {id} `{}` {state}, wchan {wchan}", of_task("comm").trim_end());
        for frame in of_task("stack").lines().take(5) {
            let _ = writeln!(text, "  {}", frame.split_once("] ").map_or(frame, |(_, name)| name));
        }
    }
    if text.is_empty() { "nothing: it is gone".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_names_state_and_threads_and_says_if_there_is_nobody() {
        let text = excerpt(std::process::id());
        assert!(text.contains("State: ") && text.contains("\ntask ") && text.contains("wchan"), "{text}");
        assert_eq!(excerpt(0), "nothing: it is gone");
    }
}
