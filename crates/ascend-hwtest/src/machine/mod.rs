//! The machine that is looked at: its files, environment and programs, real or made up.
//!
//! Everything that a server would answer goes through a [`Machine`], so that tests give one with other files
//! ([`Machine::below`]), another `PATH`, and programs that replay what servers said.

mod command;
mod host;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub use command::{End, Ran};
pub use host::Host;

/// Folders with tools that are often missing from `PATH`.
const TOOLS: [&str; 3] = ["/usr/local/bin", "/usr/local/sbin", "/usr/local/dcmi"];
/// No file that is read here is larger.
const LARGEST: u64 = 4 << 20;

/// A machine, as far as preflight looks at it.
#[derive(Clone, Debug)]
pub struct Machine {
    root: PathBuf,
    env: BTreeMap<OsString, OsString>,
    refusals: BTreeMap<PathBuf, i32>,
    /// What was measured, and not read from a file.
    pub host: Host,
    /// The program that [`probe`](crate::probe) runs: a `hwrun`.
    pub prober: PathBuf,
    /// Whether the embedded simulator is looked at, not hardware.
    pub simulated: bool,
}

impl Machine {
    /// The machine that this process runs on; runs put their files into `folder`, or in the nearest one that exists above.
    #[must_use]
    pub fn this(folder: &Path) -> Self {
        Self {
            root: PathBuf::from("/"),
            env: std::env::vars_os().collect(),
            refusals: BTreeMap::new(),
            host: Host::look(Path::new("/"), folder),
            prober: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("hwrun")),
            simulated: false,
        }
    }

    /// A made-up machine: files below `root`, an empty environment, and numbers of a sound host.
    #[must_use]
    pub fn below(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            env: BTreeMap::new(),
            refusals: BTreeMap::new(),
            host: Host::sound(),
            prober: PathBuf::from("hwrun"),
            simulated: false,
        }
    }

    /// The same machine with the embedded simulator instead of its hardware.
    #[must_use]
    pub fn simulated(mut self) -> Self {
        self.simulated = true;
        self
    }

    /// Sets a variable of the environment.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.env.insert(name.into(), value.into());
    }

    /// Puts a folder in front of `PATH`, such as one with an `npu-smi` that replays.
    pub fn prefer(&mut self, folder: &Path) {
        let old = self.variable("PATH").map(OsStr::to_os_string).unwrap_or_default();
        let mut folders = vec![folder.to_owned()];
        folders.extend(std::env::split_paths(&old).filter(|path| !path.as_os_str().is_empty()));
        if let Ok(path) = std::env::join_paths(folders) {
            self.set("PATH", path);
        }
    }

    /// Lets `open` of a path fail with this error number: for made-up machines, whose nodes are plain files.
    pub fn refuse(&mut self, path: impl Into<PathBuf>, errno: i32) {
        self.refusals.insert(path.into(), errno);
    }

    /// A variable of the environment, if it is set and not empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.env.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// A variable as text, also if it is empty.
    #[must_use]
    pub fn assigned(&self, name: &str) -> Option<String> {
        self.env.get(OsStr::new(name)).map(|value| value.to_string_lossy().into_owned())
    }

    /// A variable as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.variable(name).map(|value| value.to_string_lossy().into_owned())
    }

    /// Where an absolute path of the machine really is.
    #[must_use]
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Whether there is something at this path.
    #[must_use]
    pub fn has(&self, path: impl AsRef<Path>) -> bool {
        self.path(path).exists()
    }

    /// The text of a small file; bytes that are no text are replaced.
    #[must_use]
    pub fn read(&self, path: impl AsRef<Path>) -> Option<String> {
        let file = std::fs::File::open(self.path(path)).ok()?;
        let mut bytes = Vec::new();
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The names in a folder, sorted; none if it cannot be read.
    #[must_use]
    pub fn names(&self, folder: impl AsRef<Path>) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    /// Opens a path for reading and writing, and closes it again.
    ///
    /// # Errors
    /// Whatever `open` says.
    pub fn open(&self, path: impl AsRef<Path>) -> std::io::Result<()> {
        if let Some(errno) = self.refusals.get(path.as_ref()) {
            return Err(std::io::Error::from_raw_os_error(*errno));
        }
        let real = self.path(path);
        std::fs::OpenOptions::new().read(true).write(true).open(real).map(drop)
    }

    /// A program on `PATH`, or where tools of servers are.
    #[must_use]
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        let path = self.variable("PATH").map(OsStr::to_os_string).unwrap_or_default();
        let listed: Vec<PathBuf> = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
        let known = TOOLS.iter().map(|folder| self.path(folder));
        let mut candidates = listed.into_iter().chain(known).map(|folder| folder.join(program));
        candidates.find(|path| rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file())
    }

    /// The environment, for programs that are run.
    pub fn environment(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.env.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_made_up_machine_lie_below_its_root() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("dev")).unwrap();
        std::fs::write(root.path().join("dev/davinci0"), "x").unwrap();
        let mut machine = Machine::below(root.path());
        assert_eq!(machine.names("/dev"), ["davinci0"]);
        assert_eq!(machine.read("/dev/davinci0").as_deref(), Some("x"));
        assert!(machine.has("/dev/davinci0") && !machine.has("/dev/null"));
        assert!(machine.open("/dev/davinci0").is_ok());
        machine.refuse("/dev/davinci0", 1);
        assert_eq!(machine.open("/dev/davinci0").unwrap_err().raw_os_error(), Some(1));
    }

    #[test]
    fn a_tool_is_also_found_where_servers_put_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("usr/local/sbin");
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink("/bin/sh", folder.join("npu-smi")).unwrap();
        let machine = Machine::below(root.path());
        assert_eq!(machine.find("npu-smi"), Some(folder.join("npu-smi")));
        assert_eq!(machine.find("sh"), None);
    }
}
