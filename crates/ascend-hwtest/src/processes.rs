//! The processes of a run, found by a variable in their environment, wherever they have gone.

use std::fs;
use std::path::Path;

/// The variable that marks the processes of an attempt: `RUN/NUMBER`.
pub const MARK: &str = "ASCEND_HWTEST_ATTEMPT";

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// Its name, as the kernel shortens it.
    pub name: String,
    /// The kernel's letter: `R`, `S`, `D`, …
    pub state: char,
}

/// The processes whose mark begins with `prefix`, except this one and those that are dead and only waited for.
#[must_use]
pub fn marked(root: &Path, prefix: &str) -> Vec<Process> {
    let wanted = format!("{MARK}={prefix}").into_bytes();
    let entries = fs::read_dir(root.join("proc")).into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != std::process::id())
        .filter(|pid| {
            let environment = fs::read(root.join(format!("proc/{pid}/environ"))).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(&wanted))
        })
        .filter_map(|pid| {
            let (name, state) = stat(&fs::read_to_string(root.join(format!("proc/{pid}/stat"))).ok()?)?;
            (!"ZX".contains(state)).then_some(Process { pid, name, state })
        })
        .collect()
}

/// Name and state in the text of a `stat` file; the name may hold anything.
fn stat(text: &str) -> Option<(String, char)> {
    let (begin, end) = (text.find('(')?, text.rfind(')')?);
    let name = text.get(begin + 1..end)?.to_owned();
    Some((name, text.get(end + 1..)?.trim_start().chars().next()?))
}

/// Where a process is: what `/proc` says of it and of its threads.
#[must_use]
pub fn place(root: &Path, pid: u32) -> String {
    let folder = root.join(format!("proc/{pid}"));
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| format!("({error})"));
    let mut text = format!("== process {pid}\n-- status\n{}", read(&folder.join("status")));
    for file in ["wchan", "stack"] {
        text.push_str(&format!("-- {file}\n{}\n", read(&folder.join(file)).trim_end()));
    }
    for task in fs::read_dir(folder.join("task")).into_iter().flatten().flatten() {
        let (name, wait) = (read(&task.path().join("comm")), read(&task.path().join("wchan")));
        let id = task.file_name().to_string_lossy().into_owned();
        text.push_str(&format!("-- task {id} `{}`, wchan {}\n", name.trim_end(), wait.trim_end()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_and_torn_lines_are_read() {
        let text = "42 (a (b) c) S 1 2";
        assert_eq!(stat(text), Some(("a (b) c".into(), 'S')));
        for cut in 0..text.len() {
            let _ = stat(&text[..cut]);
        }
    }

    #[test]
    fn a_marked_process_is_found_until_it_has_ended() {
        let mark = format!("test-{}/1", std::process::id());
        let mut child = std::process::Command::new("sleep").arg("600").env(MARK, &mark).spawn().unwrap();
        let found = marked(Path::new("/"), &mark);
        assert_eq!(found.iter().map(|process| process.pid).collect::<Vec<_>>(), [child.id()]);
        assert!(place(Path::new("/"), child.id()).contains("-- task"));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(marked(Path::new("/"), &mark).is_empty());
    }
}
