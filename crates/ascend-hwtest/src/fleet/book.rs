//! The folder of a fleet: which jobs there are, so that any later command finds them again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::job::Job;
use super::{State, Ticket};
use crate::remote::{Error, Result};

/// The file with a job's entry, below the job's own folder.
const FILE: &str = "job.json";

/// What is remembered of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Name of its folder: engine, profile, and a number if there are several.
    pub name: String,
    /// What it is.
    pub job: Job,
    /// By what it is found.
    pub ticket: Ticket,
    /// How it was doing when somebody looked last.
    pub state: State,
    /// Whether the run's folder has been brought here.
    pub fetched: bool,
}

/// A folder with one folder for each job.
#[derive(Clone, Debug)]
pub struct Book {
    dir: PathBuf,
}

impl Book {
    /// The book of this folder, which need not exist.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Folder of a job: a run's folder like that of a run on this machine, once it is fetched.
    #[must_use]
    pub fn folder(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Remembers a job, whole or not at all.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, entry: &Entry) -> Result<()> {
        let folder = self.folder(&entry.name).join("fleet");
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&folder)?;
            let file = tempfile::NamedTempFile::new_in(&folder)?;
            serde_json::to_writer_pretty(&file, entry)?;
            file.persist(folder.join(FILE))?;
            Ok(())
        };
        write().map_err(|error| Error::Local(format!("{}: {error}", folder.display())))
    }

    /// Every job, by name.
    ///
    /// # Errors
    /// There is no such folder, or no job in it; an entry makes no sense.
    pub fn read(&self) -> Result<Vec<Entry>> {
        let local = |path: &Path, error: &dyn std::fmt::Display| Error::Local(format!("{}: {error}", path.display()));
        let mut entries = Vec::new();
        for found in self.dir.read_dir().map_err(|error| local(&self.dir, &error))? {
            let path = found.map_err(|error| local(&self.dir, &error))?.path().join("fleet").join(FILE);
            match std::fs::read(&path) {
                Ok(text) => entries.push(serde_json::from_slice(&text).map_err(|error| local(&path, &error))?),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {}
                Err(error) => return Err(local(&path, &error)),
            }
        }
        entries.sort_by(|one: &Entry, other| one.name.cmp(&other.name));
        if entries.is_empty() {
            return Err(Error::Usage(format!("{} has no job of a fleet", self.dir.display())));
        }
        Ok(entries)
    }
}
