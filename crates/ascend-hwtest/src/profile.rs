//! `hw-test.toml`: where hardware can be reached, without a secret in it.
//!
//! Only the tables `[remote.NAME]`, `[slurm.NAME]` and `[k8s.NAME]` are read here; the rest of the file belongs to others.
//! An unknown key in these tables is an error, so a password has no place to be. Every value that ends up in a command line
//! consists of [plain characters](is_plain), so nothing has to be quoted and nothing can be smuggled in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where the runner keeps its files on another machine, unless the profile says otherwise.
pub const CACHE: &str = "~/.cache/ascend-hwtest";

/// The profiles of a file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Profiles {
    /// Machines that ssh reaches.
    pub remote: BTreeMap<String, Remote>,
    /// Slurm clusters.
    pub slurm: BTreeMap<String, Slurm>,
    /// Kubernetes clusters.
    pub k8s: BTreeMap<String, Kubernetes>,
}

/// A machine that ssh reaches. Users, ports, keys and jump hosts are ssh's own configuration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    /// What `ssh` is called with: a host, `user@host`, or an alias of `~/.ssh/config`.
    pub host: String,
    /// Folder for bundles and runs, below the home or absolute; nothing is written outside it.
    #[serde(default = "cache")]
    pub dir: String,
    /// A configuration file to use instead of `~/.ssh/config`.
    #[serde(default)]
    pub config: Option<PathBuf>,
}

/// A Slurm cluster, used from this machine or from a login node.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slurm {
    /// Name of a `[remote.*]` profile whose machine has `sbatch`; none: this machine has it.
    #[serde(default)]
    pub login: Option<String>,
    /// Folder that the login node and the compute nodes share.
    pub dir: String,
    /// The site's name for NPUs, with its type if it has one: `npu` or `npu:910b`.
    pub gres: String,
    /// How many of them a job takes.
    pub count: u32,
    /// Partition.
    #[serde(default)]
    pub partition: Option<String>,
    /// Account.
    #[serde(default)]
    pub account: Option<String>,
    /// `user`: no other user's job on the node; `node`: no other job at all; none: what the site does.
    #[serde(default)]
    pub exclusive: Option<Exclusive>,
    /// `SLURM_CONF`, for a machine with several clusters.
    #[serde(default)]
    pub conf: Option<String>,
}

/// Whom a Slurm job shuts out of its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exclusive {
    /// Other users.
    User,
    /// All other jobs.
    Node,
}

/// A Kubernetes cluster, as `kubectl` reaches it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kubernetes {
    /// Image with CANN; the tests are brought to it.
    pub image: String,
    /// How many NPUs a job takes.
    pub count: u32,
    /// Name of the resource; none: the one that the cluster's nodes offer.
    #[serde(default)]
    pub resource: Option<String>,
    /// Context of kubectl's configuration.
    #[serde(default)]
    pub context: Option<String>,
    /// Namespace.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Another scheduler, such as `volcano`.
    #[serde(default)]
    pub scheduler: Option<String>,
    /// Folder in the pod.
    #[serde(default = "pod_dir")]
    pub dir: String,
    /// Whether the driver's folders of the node are mounted; not needed where the container runtime does it.
    #[serde(default = "yes")]
    pub mount_driver: bool,
    /// Labels that the node must have.
    #[serde(default)]
    pub node_selector: BTreeMap<String, String>,
}

fn cache() -> String {
    CACHE.to_owned()
}

const fn yes() -> bool {
    true
}

fn pod_dir() -> String {
    "/var/lib/ascend-hwtest".to_owned()
}

impl Profiles {
    /// Reads a file; one that does not exist has no profiles.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong in it.
    pub fn read(path: &Path) -> Result<Self, String> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|error| format!("{}: {error}", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let profiles: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        profiles.check()?;
        Ok(profiles)
    }

    /// The machine of `ssh://user@host/dir`, or of the profile of this name.
    ///
    /// # Errors
    /// A sentence: there is no such profile, or the address is none.
    pub fn remote(&self, name: &str) -> Result<Remote, String> {
        let Some(address) = name.strip_prefix("ssh://") else {
            return find(&self.remote, "remote", name).cloned();
        };
        let (host, dir) = match address.split_once('/') {
            Some((host, dir)) if !dir.is_empty() => (host, format!("/{dir}")),
            Some((host, _)) => (host, cache()),
            None => (address, cache()),
        };
        let remote = Remote { host: host.to_owned(), dir, config: None };
        remote.check(name)?;
        Ok(remote)
    }

    /// The Slurm cluster of this name.
    ///
    /// # Errors
    /// A sentence: there is no such profile.
    pub fn slurm(&self, name: &str) -> Result<&Slurm, String> {
        find(&self.slurm, "slurm", name)
    }

    /// The Kubernetes cluster of this name.
    ///
    /// # Errors
    /// A sentence: there is no such profile.
    pub fn k8s(&self, name: &str) -> Result<&Kubernetes, String> {
        find(&self.k8s, "k8s", name)
    }

    fn check(&self) -> Result<(), String> {
        for (name, remote) in &self.remote {
            remote.check(name)?;
        }
        for (name, slurm) in &self.slurm {
            let values = [Some(&slurm.gres), slurm.partition.as_ref(), slurm.account.as_ref(), slurm.conf.as_ref()];
            plain(&format!("slurm.{name}"), values.into_iter().flatten())?;
            folder(&format!("slurm.{name}"), &slurm.dir)?;
            if slurm.count == 0 {
                return Err(format!("slurm.{name}: count is 0, and a job without an NPU tests nothing"));
            }
            if let Some(login) = &slurm.login {
                find(&self.remote, "remote", login).map_err(|error| format!("slurm.{name}: {error}"))?;
            }
        }
        for (name, k8s) in &self.k8s {
            let values = [Some(&k8s.image), k8s.resource.as_ref(), k8s.context.as_ref(), k8s.namespace.as_ref()];
            plain(&format!("k8s.{name}"), values.into_iter().flatten().chain(&k8s.scheduler))?;
            folder(&format!("k8s.{name}"), &k8s.dir)?;
            if k8s.count == 0 || !k8s.dir.starts_with('/') {
                return Err(format!("k8s.{name}: count must be at least 1, and dir absolute"));
            }
        }
        Ok(())
    }
}

impl Remote {
    fn check(&self, name: &str) -> Result<(), String> {
        plain(name, [&self.host])?;
        folder(name, &self.dir)
    }
}

fn find<'a, T>(table: &'a BTreeMap<String, T>, kind: &str, name: &str) -> Result<&'a T, String> {
    table.get(name).ok_or_else(|| {
        let known: Vec<&str> = table.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        format!("hw-test.toml has no [{kind}.{name}]; there is: {known}")
    })
}

/// Whether a value means itself to every shell and begins no option.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._:,=@/+-".contains(letter);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain)
}

fn plain<'a>(table: &str, values: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    match values.into_iter().find(|value| !is_plain(value)) {
        Some(value) => {
            Err(format!("{table}: {value:?} has other characters than letters, digits and ._:,=@/+- or begins with -"))
        }
        None => Ok(()),
    }
}

/// A folder that is plain, goes nowhere by `..`, and can be removed without removing more than ours.
fn folder(table: &str, dir: &str) -> Result<(), String> {
    let below = dir.strip_prefix("~/").or_else(|| dir.strip_prefix('/'));
    let parts = below.map(|below| below.trim_end_matches('/').split('/').collect::<Vec<_>>()).unwrap_or_default();
    if parts.is_empty() || !parts.iter().all(|part| is_plain(part) && ![".", ".."].contains(part)) {
        return Err(format!("{table}: {dir:?} is no folder of its own below / or ~/, in plain characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_in_the_repository_is_read() {
        let text = include_str!("../../../ci/hw-test/hw-test.toml");
        let profiles = Profiles::parse(text).unwrap();
        assert_eq!(profiles.slurm("rack").unwrap().gres, "npu:910b");
        assert_eq!(profiles.remote("lab").unwrap().dir, CACHE);
        assert_eq!(profiles.k8s("cluster").unwrap().resource, None);
    }

    #[test]
    fn a_password_has_no_place() {
        let error = Profiles::parse("[remote.a]\nhost = \"h\"\npassword = \"x\"\n").unwrap_err();
        assert!(error.contains("unknown field `password`"), "{error}");
    }

    #[test]
    fn other_tables_of_the_file_are_no_concern() {
        assert_eq!(
            Profiles::parse("[suites.smoke]\nx = 1\n[[known-issue]]\nid = \"a\"\n").unwrap(),
            Profiles::default()
        );
    }

    #[test]
    fn nothing_that_a_shell_or_an_option_parser_would_read_gets_in() {
        for host in ["-oProxyCommand=x", "a b", "a;b", "$(x)", "a'b", "", "a\nb"] {
            let text = format!("[remote.a]\nhost = {host:?}\n");
            assert!(Profiles::parse(&text).is_err(), "{host}");
        }
        for dir in ["", "/", "~", "~/", "a", "../a", "~/..", "/a/../b", "/a b", "~root/a", "/a//b"] {
            let text = format!("[remote.a]\nhost = \"h\"\ndir = {dir:?}\n");
            assert!(Profiles::parse(&text).is_err(), "{dir}");
        }
    }

    #[test]
    fn an_address_needs_no_profile() {
        let profiles = Profiles::default();
        let remote = profiles.remote("ssh://me@server/srv/hwtest").unwrap();
        assert_eq!((remote.host.as_str(), remote.dir.as_str()), ("me@server", "/srv/hwtest"));
        assert_eq!(profiles.remote("ssh://server").unwrap().dir, CACHE);
        assert!(profiles.remote("ssh://-oX/a").is_err());
    }

    #[test]
    fn a_name_that_is_missing_is_told_with_those_that_are_there() {
        let profiles = Profiles::parse("[remote.lab]\nhost = \"h\"\n").unwrap();
        assert_eq!(profiles.remote("lap").unwrap_err(), "hw-test.toml has no [remote.lap]; there is: lab");
        let error =
            Profiles::parse("[slurm.a]\nlogin = \"x\"\ndir = \"/d/e\"\ngres = \"npu\"\ncount = 1\n").unwrap_err();
        assert_eq!(error, "slurm.a: hw-test.toml has no [remote.x]; there is: none");
    }
}
