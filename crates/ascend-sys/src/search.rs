//! Decides where an AscendCL runtime is looked for, and explains a search that found none.

use core::fmt;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Names one library and stops the search there.
const EXPLICIT: &str = "ASCEND_SYS_LIBRARY";
/// The vendor's file names; the older one is kept for old programs.
const NAMES: [&str; 2] = ["libacl_rt.so", "libascendcl.so"];
/// Variables that the vendor's `set_env.sh` exports.
const ROOT_VARIABLES: [&str; 2] = ["ASCEND_HOME_PATH", "ASCEND_TOOLKIT_HOME"];
/// Default installation roots below a prefix: the current layout, then the older one.
const ROOTS: [&str; 2] = ["cann", "ascend-toolkit/latest"];

/// One path that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The path, or the bare name handed to the loader.
    pub path: PathBuf,
    /// Why it failed.
    pub why: String,
}

/// No AscendCL runtime could be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The path that the caller named, or the vendor's names in that folder.
    Explicit(Vec<Attempt>),
    /// The whole search order.
    Search(Vec<Attempt>),
}

impl LoadError {
    /// Every path that was tried, in order, and why each failed.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        match self {
            Self::Explicit(attempts) | Self::Search(attempts) => attempts,
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit(_) => write!(f, "the AscendCL runtime that was asked for cannot be opened")?,
            Self::Search(_) => write!(f, "no AscendCL runtime was found")?,
        }
        for attempt in self.attempts() {
            let path = attempt.path.display().to_string();
            let why = attempt.why.strip_prefix(&path).and_then(|why| why.strip_prefix(": ")); // the loader names it too
            write!(f, "\n  {path}: {}", why.unwrap_or(&attempt.why))?;
        }
        if matches!(self, Self::Search(_)) {
            write!(
                f,
                "\nset {EXPLICIT} to the library, or source CANN's set_env.sh; without an NPU, use the simulator"
            )?;
        }
        Ok(())
    }
}

/// What [`open`](crate::Library::open) tries for `path`.
pub(crate) fn explicit(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    [path.to_owned(), path.join("lib64")].iter().flat_map(|folder| NAMES.map(|name| folder.join(name))).collect()
}

/// The search order, for an environment that `variable` reads.
pub(crate) fn candidates(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(path) = variable(EXPLICIT) {
        return explicit(Path::new(&path));
    }
    let mut roots: Vec<PathBuf> = ROOT_VARIABLES.iter().filter_map(|name| variable(name)).map(PathBuf::from).collect();
    let home = variable("HOME").map(|home| PathBuf::from(home).join("Ascend"));
    for prefix in
        [Some(PathBuf::from("/usr/local/Ascend")), home, Some(PathBuf::from("/opt/Ascend"))].into_iter().flatten()
    {
        roots.extend(ROOTS.map(|root| prefix.join(root)));
    }
    let mut paths = Vec::new();
    for root in roots {
        for name in NAMES {
            let path = root.join("lib64").join(name);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths.extend(NAMES.map(PathBuf::from));
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(environment: &[(&str, &str)]) -> Vec<String> {
        let found =
            candidates(|name| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value)));
        found.iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn an_explicit_library_is_the_only_candidate() {
        let paths = order(&[("ASCEND_SYS_LIBRARY", "/nowhere/libx.so"), ("ASCEND_HOME_PATH", "/cann")]);
        assert_eq!(paths, ["/nowhere/libx.so"]);
    }

    #[test]
    fn the_environment_comes_before_the_default_roots_and_the_loader_last() {
        let paths = order(&[("ASCEND_HOME_PATH", "/a"), ("ASCEND_TOOLKIT_HOME", "/b"), ("HOME", "/home/u")]);
        let expected = [
            "/a/lib64/libacl_rt.so",
            "/a/lib64/libascendcl.so",
            "/b/lib64/libacl_rt.so",
            "/b/lib64/libascendcl.so",
            "/usr/local/Ascend/cann/lib64/libacl_rt.so",
            "/usr/local/Ascend/cann/lib64/libascendcl.so",
            "/usr/local/Ascend/ascend-toolkit/latest/lib64/libacl_rt.so",
            "/usr/local/Ascend/ascend-toolkit/latest/lib64/libascendcl.so",
            "/home/u/Ascend/cann/lib64/libacl_rt.so",
            "/home/u/Ascend/cann/lib64/libascendcl.so",
            "/home/u/Ascend/ascend-toolkit/latest/lib64/libacl_rt.so",
            "/home/u/Ascend/ascend-toolkit/latest/lib64/libascendcl.so",
            "/opt/Ascend/cann/lib64/libacl_rt.so",
            "/opt/Ascend/cann/lib64/libascendcl.so",
            "/opt/Ascend/ascend-toolkit/latest/lib64/libacl_rt.so",
            "/opt/Ascend/ascend-toolkit/latest/lib64/libascendcl.so",
            "libacl_rt.so",
            "libascendcl.so",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn an_empty_variable_counts_as_unset_and_no_path_is_tried_twice() {
        let paths = order(&[("ASCEND_SYS_LIBRARY", ""), ("ASCEND_HOME_PATH", "/usr/local/Ascend/cann")]);
        let unique: std::collections::BTreeSet<_> = paths.iter().collect();
        assert_eq!(unique.len(), paths.len());
        assert_eq!(paths[0], "/usr/local/Ascend/cann/lib64/libacl_rt.so");
    }
}
