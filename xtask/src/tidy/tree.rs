//! The files of the workspace: what git tracks or would track.

use std::path::Path;

use super::code::Code;

/// Every file that the checks look at.
pub(super) struct Tree {
    /// By path.
    pub(super) sources: Vec<Source>,
}

/// One file.
pub(super) struct Source {
    /// Where it is, below the workspace, with `/`.
    pub(super) path: String,
    /// What it says; bytes that are not UTF-8 are replaced.
    pub(super) text: String,
    /// Its tokens, for a Rust file that has any; else the line that no Rust program can have.
    pub(super) code: Option<Result<Code, usize>>,
}

impl Source {
    fn new(path: String, text: String) -> Self {
        let code = path.ends_with(".rs").then(|| Code::read(&text));
        Self { path, text, code }
    }

    /// Whether a generator wrote it: its layout is not ours to judge.
    pub(super) fn is_generated(&self) -> bool {
        self.path.split('/').rev().skip(1).any(|folder| folder == "generated")
    }

    /// Whether it belongs to a target of this kind (`tests`, `benches`, `examples`), which stands beside `src`.
    pub(super) fn is_in(&self, targets: &[&str]) -> bool {
        self.path.split('/').take_while(|folder| *folder != "src").any(|folder| targets.contains(&folder))
    }

    /// Its lines, numbered from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

impl Tree {
    /// The tree of these paths and texts.
    pub(super) fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut sources: Vec<Source> = files.into_iter().map(|(path, text)| Source::new(path, text)).collect();
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        Self { sources }
    }

    /// Reads the workspace at `root`.
    pub(super) fn read(root: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let paths = match listed(root) {
            Some(paths) => paths,
            None => walked(root)?,
        };
        let mut files = Vec::new();
        // A file that was deleted but not committed is still listed; a submodule is listed as a folder.
        for path in paths.into_iter().filter(|path| root.join(path).is_file()) {
            let bytes = std::fs::read(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
            files.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
        Ok(Self::of(files))
    }

    /// The Rust files, with their tokens.
    pub(super) fn code(&self) -> impl Iterator<Item = (&Source, &Code)> {
        self.sources.iter().filter_map(|source| match &source.code {
            Some(Ok(code)) => Some((source, code)),
            _ => None,
        })
    }
}

/// What git lists; `None` where git is absent, or where this is no work tree of its own (an unpacked archive).
fn listed(root: &Path) -> Option<Vec<String>> {
    let options = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
    let list = duct::cmd("git", options).dir(root).stderr_null().read().ok()?;
    let paths: Vec<String> = list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    (!paths.is_empty()).then_some(paths)
}

/// Every file below `root`, except what git would never list.
fn walked(root: &Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = format!("{folder}{}", entry.file_name().to_string_lossy());
            if !entry.file_type()?.is_dir() {
                found.push(path);
            } else if path != ".git" && path != "target" {
                folders.push(format!("{path}/"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str) -> Source {
        Source::new(path.to_owned(), String::new())
    }

    #[test]
    fn a_file_is_generated_by_its_folder_not_by_its_name() {
        assert!(source("crates/a/src/generated/abi.rs").is_generated());
        assert!(!source("crates/a/src/generated.rs").is_generated());
        assert!(!source("crates/a/src/generated").is_generated());
    }

    #[test]
    fn a_tests_folder_below_src_is_not_a_test_target() {
        assert!(source("crates/a/tests/ui/x.rs").is_in(&["tests"]));
        assert!(!source("crates/a/src/tests/x.rs").is_in(&["tests"]));
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a.rs", "deep/er/b.rs", "target/c.rs", ".git/d.rs"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "//! x\n").unwrap();
        }
        folder
    }

    fn paths(tree: &Tree) -> Vec<&str> {
        tree.sources.iter().map(|source| source.path.as_str()).collect()
    }

    #[test]
    fn without_git_the_folders_are_walked_except_what_is_built() {
        let folder = folder();
        assert_eq!(paths(&Tree::read(folder.path()).unwrap()), ["a.rs", "deep/er/b.rs"]);
    }

    #[test]
    fn with_git_untracked_files_count_and_ignored_and_deleted_ones_do_not() {
        let folder = folder();
        let git = |arguments: &[&str]| duct::cmd("git", arguments).dir(folder.path()).stdout_null().stderr_null().run();
        std::fs::remove_dir_all(folder.path().join(".git")).unwrap();
        git(&["init"]).unwrap();
        std::fs::write(folder.path().join(".gitignore"), "/target\n").unwrap();
        std::fs::write(folder.path().join("gone.rs"), "//! x\n").unwrap();
        git(&["add", "gone.rs", "a.rs"]).unwrap();
        std::fs::remove_file(folder.path().join("gone.rs")).unwrap();
        assert_eq!(paths(&Tree::read(folder.path()).unwrap()), [".gitignore", "a.rs", "deep/er/b.rs"]);
    }
}
