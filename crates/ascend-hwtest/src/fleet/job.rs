//! What is to be run somewhere else, and how it is told to the `hwrun` there.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The version of [`Spec`].
pub const VERSION: u32 = 1;

/// A specification is small; whatever is longer is none.
const LONGEST: u64 = 1 << 20;

/// A command line for `hwrun`, and the bundle that it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id, which names folders, jobs and pods: a few lower-case hexadecimal digits.
    pub run: String,
    /// The archive, on this machine.
    pub bundle: PathBuf,
    /// What follows `hwrun`, such as `run --suite smoke`.
    pub arguments: Vec<String>,
    /// Further environment.
    pub environment: BTreeMap<String, String>,
    /// After this it is ended from outside.
    pub limit: Duration,
}

/// The standard input of `hwrun run --job -`: no shell ever reads a user's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// [`VERSION`].
    pub v: u32,
    /// Id of the run.
    pub run: String,
    /// As in [`Job`].
    pub arguments: Vec<String>,
    /// As in [`Job`].
    pub environment: BTreeMap<String, String>,
    /// The bundle's folder, from the working folder of `hwrun`.
    pub bundle: PathBuf,
    /// Folder of the run, which exists already, from the working folder of `hwrun`.
    pub out: PathBuf,
}

impl Job {
    /// A new id: the time and this process are in it, so two machines hardly ever make the same.
    #[must_use]
    pub fn new_id() -> String {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let mixed = (now.as_nanos() as u64) ^ (u64::from(std::process::id()) << 40);
        format!("{:012x}", mixed & 0xffff_ffff_ffff)
    }

    /// The specification for a bundle that is unpacked as `bundles/SHA256` of the working folder.
    #[must_use]
    pub fn spec(&self, sha256: &str) -> Spec {
        Spec {
            v: VERSION,
            run: self.run.clone(),
            arguments: self.arguments.clone(),
            environment: self.environment.clone(),
            bundle: format!("bundles/{sha256}").into(),
            out: format!("runs/{}", self.run).into(),
        }
    }
}

impl Spec {
    /// Reads one.
    ///
    /// # Errors
    /// A sentence: it is too long, no JSON, or of another version.
    pub fn read(from: impl Read) -> Result<Self, String> {
        let mut text = String::new();
        from.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| format!("the job cannot be read: {error}"))?;
        if text.len() as u64 > LONGEST {
            return Err(format!("the job is longer than {LONGEST} bytes"));
        }
        let spec: Self = serde_json::from_str(&text).map_err(|error| format!("the job makes no sense: {error}"))?;
        if spec.v != VERSION {
            return Err(format!("the job has version {}, and this hwrun knows {VERSION}", spec.v));
        }
        if !is_id(&spec.run) {
            return Err(format!("{:?} is no id of a run", spec.run));
        }
        Ok(spec)
    }

    /// The command line that it stands for: `run …` with `--bundle` and `--out`.
    #[must_use]
    pub fn command_line(&self) -> Vec<String> {
        let places = ["--bundle".to_owned(), self.bundle.display().to_string(), "--out".to_owned()];
        self.arguments.iter().cloned().chain(places).chain([self.out.display().to_string()]).collect()
    }
}

/// Whether a text may name a run: it becomes part of paths, and of a Kubernetes name.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Spec {
        let job = Job {
            run: "7f3a".into(),
            bundle: "/b.tar.gz".into(),
            arguments: vec!["run".into(), "-E".into(), "test(~it's $(x))".into()],
            environment: BTreeMap::from([("A".into(), "b c".into())]),
            limit: Duration::from_secs(60),
        };
        job.spec("0123")
    }

    #[test]
    fn a_specification_comes_back_as_it_was() {
        let text = serde_json::to_string(&spec()).unwrap();
        assert_eq!(Spec::read(text.as_bytes()).unwrap(), spec());
        assert_eq!(
            spec().command_line(),
            ["run", "-E", "test(~it's $(x))", "--bundle", "bundles/0123", "--out", "runs/7f3a"]
        );
    }

    #[test]
    fn what_is_cut_short_or_of_another_version_is_refused_with_a_sentence() {
        let text = serde_json::to_string(&spec()).unwrap();
        for end in 0..text.len() {
            assert!(Spec::read(&text.as_bytes()[..end]).is_err());
        }
        let later = text.replace("\"v\":1", "\"v\":2");
        assert_eq!(Spec::read(later.as_bytes()).unwrap_err(), "the job has version 2, and this hwrun knows 1");
        let elsewhere = text.replace("\"7f3a\"", "\"../x\"");
        assert_eq!(Spec::read(elsewhere.as_bytes()).unwrap_err(), "\"../x\" is no id of a run");
        let long = vec![b' '; LONGEST as usize + 1];
        assert_eq!(Spec::read(&long[..]).unwrap_err(), "the job is longer than 1048576 bytes");
    }

    #[test]
    fn a_new_id_may_name_a_run() {
        assert!(is_id(&Job::new_id()));
        for text in ["", "A", "a/b", "..", "a-b", "a b"] {
            assert!(!is_id(text), "{text}");
        }
    }
}
