//! The ends of the logs of cases that did not pass, as far as a report has room for them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use crate::redact::Redactor;
use crate::verdict::Verdict;
use crate::view::View;

/// Bytes shown of one file.
const FILE: u64 = 64 << 10;
/// Bytes shown of all files together: a page must still open.
const ALL: usize = 8 << 20;
/// Files shown of one attempt, and folders below each other.
const FILES: usize = 24;
const DEPTH: usize = 4;

/// The end of a file.
#[derive(Debug)]
pub(super) struct Log {
    /// Its path below the attempt's folder.
    pub(super) name: String,
    /// Its end, without secrets.
    pub(super) text: String,
    /// Bytes before it that are not shown.
    pub(super) omitted: u64,
}

/// Logs by case and number of the attempt.
#[derive(Debug, Default)]
pub(super) struct Logs {
    by_attempt: BTreeMap<(String, u32), Vec<Log>>,
}

impl Logs {
    /// Reads them below `run`. A path that leads out of it is not followed, nor is a link.
    pub(super) fn collect(run: &Path, view: &View, redactor: &Redactor) -> Self {
        let mut logs = Self::default();
        let mut room = ALL;
        for outcome in view.cases.iter().flat_map(|case| &case.attempts).filter_map(|attempt| attempt.outcome.as_ref())
        {
            if matches!(outcome.verdict, Verdict::Pass | Verdict::Skip) {
                continue;
            }
            let Some(folder) = outcome.logs.as_deref().and_then(|logs| below(run, logs)) else { continue };
            let mut paths = Vec::new();
            walk(&folder, 0, &mut paths);
            for path in paths {
                let Some((bytes, omitted)) = end_of(&path, FILE.min(room as u64)) else { continue };
                room -= bytes.len();
                let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
                let text = redactor.text(&String::from_utf8_lossy(&bytes));
                logs.by_attempt.entry((outcome.case.clone(), outcome.attempt)).or_default().push(Log {
                    name,
                    text,
                    omitted,
                });
            }
        }
        logs
    }

    /// Those of an attempt.
    pub(super) fn of(&self, case: &str, attempt: u32) -> &[Log] {
        self.by_attempt.get(&(case.to_owned(), attempt)).map_or(&[], Vec::as_slice)
    }
}

/// `path` below `run`, if it stays there.
fn below(run: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return None;
    }
    let (run, folder) = (run.canonicalize().ok()?, run.join(path).canonicalize().ok()?);
    folder.starts_with(&run).then_some(folder)
}

/// Files below `folder`, those that are directly in it first, in the order of their names.
fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let kind = |entry: &std::fs::DirEntry| entry.file_type().ok();
    for entry in &entries {
        if kind(entry).is_some_and(|kind| kind.is_file()) && found.len() < FILES {
            found.push(entry.path());
        }
    }
    for entry in &entries {
        if kind(entry).is_some_and(|kind| kind.is_dir()) && depth < DEPTH {
            walk(&entry.path(), depth + 1, found);
        }
    }
}

/// At most `most` bytes at the end of a file, and how many come before; nothing of an empty file.
fn end_of(path: &Path, most: u64) -> Option<(Vec<u8>, u64)> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let omitted = length.saturating_sub(most);
    file.seek(SeekFrom::Start(omitted)).ok()?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).ok()?;
    (!bytes.is_empty()).then_some((bytes, omitted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_out_of_the_run_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        std::fs::create_dir_all(run.join("cases/a")).unwrap();
        std::fs::create_dir(folder.path().join("other")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("other"), run.join("cases/link")).unwrap();
        assert!(below(&run, "cases/a").is_some());
        for path in ["../other", "/etc", "cases/../../other", "cases/link"] {
            assert_eq!(below(&run, path), None, "{path}");
        }
    }

    #[test]
    fn of_a_long_file_the_end_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stdout");
        std::fs::write(&path, "0123456789").unwrap();
        assert_eq!(end_of(&path, 4), Some((b"6789".to_vec(), 6)));
        assert_eq!(end_of(&path, 40), Some((b"0123456789".to_vec(), 0)));
        assert_eq!(end_of(&path, 0), None);
    }
}
