//! A Kubernetes cluster, through `kubectl` and with its configuration.
//!
//! A pod is a host like any other once it is up: the bundle is brought to it, the run is started in it and followed, by
//! `kubectl exec`. So no registry has to hold an image with tests; one with CANN is enough. After its end the events can still
//! be read from the pod's log.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use duct::Expression;
use serde_json::Value;

use super::host::{self, Host, Input};
use super::k8s_manifest::{LABEL, manifest, name, offered};
use super::k8s_state::{Pod, judge};
use super::place::{Place, Seen};
use super::{Error, Result};
use crate::fleet::job::{Job, is_id};
use crate::fleet::{Engine, State, Ticket};
use crate::profile::{Kubernetes as Profile, Profiles};

/// For a question to the cluster.
const ASK: Duration = Duration::from_secs(60);

/// A cluster.
pub struct Kubernetes {
    name: String,
    profile: Profile,
    path: Option<OsString>,
}

impl Kubernetes {
    /// The cluster of a profile.
    ///
    /// # Errors
    /// There is no such profile.
    pub fn new(name: &str, profiles: &Profiles) -> Result<Self> {
        Ok(Self { name: name.to_owned(), profile: profiles.k8s(name)?.clone(), path: None })
    }

    /// Looks for `kubectl` in these folders instead of those of `PATH`.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<OsString>) -> Self {
        self.path = Some(path.into());
        self
    }

    fn kubectl(&self, arguments: &[&str]) -> Expression {
        let mut all = Vec::new();
        if let Some(context) = &self.profile.context {
            all.extend(["--context", context]);
        }
        if let Some(namespace) = &self.profile.namespace {
            all.extend(["--namespace", namespace]);
        }
        all.extend(arguments);
        let command = duct::cmd("kubectl", all);
        self.path.iter().fold(command, |command, path| command.env("PATH", path))
    }

    /// What `kubectl` answers.
    fn ask(&self, arguments: &[&str], input: Option<Vec<u8>>) -> Result<String> {
        let command = self.kubectl(arguments);
        let command = match input {
            Some(bytes) => command.stdin_bytes(bytes),
            None => command.stdin_null(),
        };
        host::capture(&self.describe(), &command, ASK)
    }

    /// The resource of the profile, or the only one that the cluster offers.
    ///
    /// # Errors
    /// There is none, none is large enough, or there are several.
    pub fn resource(&self) -> Result<String> {
        if let Some(resource) = &self.profile.resource {
            return Ok(resource.clone());
        }
        let nodes = self.json(&["get", "nodes", "-o", "json"])?;
        let all = offered(&nodes);
        let wanted = u64::from(self.profile.count);
        let enough: Vec<&String> = all.iter().filter(|(_, most)| **most >= wanted).map(|(name, _)| name).collect();
        let listed: Vec<String> = all.iter().map(|(name, most)| format!("{name} ({most} on a node)")).collect();
        match (&enough[..], all.is_empty()) {
            ([one], _) => Ok((*one).clone()),
            ([], true) => Err(Error::Usage(format!(
                "no node of {} offers huawei.com/ascend…; is the device plugin there?",
                self.name
            ))),
            ([], false) => Err(Error::Usage(format!("no node has {wanted} NPUs; there is: {}", listed.join(", ")))),
            _ => Err(Error::Usage(format!(
                "the cluster offers several resources; say `resource = …` in [k8s.{}]: {}",
                self.name,
                listed.join(", ")
            ))),
        }
    }

    fn json(&self, arguments: &[&str]) -> Result<Value> {
        let said = self.ask(arguments, None)?;
        serde_json::from_str(&said)
            .map_err(|error| Error::Refused { host: self.describe(), said: format!("no JSON: {error}") })
    }

    fn pod(&self, run: &str) -> Result<Pod> {
        if !is_id(run) {
            return Err(Error::Usage(format!("{run:?} is no id of a run")));
        }
        Ok(judge(&self.json(&["get", "jobs,pods", "-l", &format!("{LABEL}={run}"), "-o", "json"])?))
    }

    fn inside(&self, pod: String) -> Inside<'_> {
        Inside { cluster: self, pod }
    }

    /// The pod's log, which is `events.jsonl`, for when nothing can be run in the pod any more.
    fn log(&self, pod: &str) -> Result<String> {
        self.ask(&["logs", pod, "-c", "hwrun"], None)
    }

    fn place<'a>(&'a self, inside: &'a Inside<'_>) -> Place<'a> {
        Place { host: inside, dir: &self.profile.dir }
    }
}

/// A pod in which scripts can be run.
struct Inside<'a> {
    cluster: &'a Kubernetes,
    pod: String,
}

impl Host for Inside<'_> {
    fn name(&self) -> String {
        format!("pod {}", self.pod)
    }

    fn command(&self, script: &str) -> Expression {
        self.cluster.kubectl(&["exec", "-i", &self.pod, "-c", "hwrun", "--", "sh", "-c", script])
    }
}

impl Engine for Kubernetes {
    fn describe(&self) -> String {
        format!("Kubernetes {}", self.name)
    }

    fn submit(&self, job: &Job, sha256: &str) -> Result<Ticket> {
        let manifest = manifest(job, &self.profile, &self.resource()?);
        self.ask(&["apply", "-f", "-"], Some(manifest.to_string().into_bytes()))?;
        let (engine, profile) = ("k8s".into(), self.name.clone());
        Ok(Ticket { engine, profile, id: name(&job.run), sha256: sha256.to_owned() })
    }

    fn look(&self, job: &Job, ticket: &Ticket) -> Result<State> {
        let pod = match self.pod(&job.run)? {
            Pod::Gone => return Ok(State::Infra("the cluster has no such job any more".into())),
            Pod::Queued(why) => return Ok(State::Queued(why)),
            Pod::Ended(_, code) => return Ok(State::Ended(code)),
            Pod::Failed(why) => return Ok(State::Infra(why)),
            Pod::Up(pod) => pod,
        };
        let inside = self.inside(pod);
        let place = self.place(&inside);
        Ok(match place.look(&job.run)? {
            // It has just come up: here is its work.
            Seen::Absent | Seen::Waiting => {
                place.upload(&job.bundle, &ticket.sha256)?;
                place.prepare(job, &ticket.sha256)?;
                place.start(job, &ticket.sha256)?;
                State::Running
            }
            Seen::Running => State::Running,
            Seen::Ended(code) => State::Ended(code),
            Seen::Died => State::Infra("hwrun died in its pod".into()),
        })
    }

    fn follow(&self, job: &Job, _: &Ticket, mirror: &Path, take: &mut dyn FnMut(&[u8])) -> Result<()> {
        match self.pod(&job.run)? {
            Pod::Up(pod) => self.place(&self.inside(pod)).follow(&job.run, mirror, take),
            Pod::Ended(pod, _) => {
                let local = |error: std::io::Error| Error::Local(format!("{}: {error}", mirror.display()));
                let log = self.log(&pod)?;
                let mut file = std::fs::OpenOptions::new().create(true).append(true).open(mirror).map_err(local)?;
                let have = usize::try_from(file.metadata().map_err(local)?.len()).unwrap_or(usize::MAX);
                let rest = log.as_bytes().get(have..).unwrap_or_default();
                file.write_all(rest).map_err(local)?;
                take(rest);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn cancel(&self, job: &Job, ticket: &Ticket) -> Result<()> {
        if let Pod::Up(pod) = self.pod(&job.run)? {
            let inside = self.inside(pod);
            if self.place(&inside).look(&job.run)? != Seen::Absent {
                // The results stay until they are fetched; then the pod ends by itself.
                return self.place(&inside).cancel(&job.run);
            }
        }
        self.ask(&["delete", "job", &ticket.id, "--wait=false", "--ignore-not-found"], None).map(|_| ())
    }

    fn fetch(&self, job: &Job, _: &Ticket, into: &Path) -> Result<()> {
        match self.pod(&job.run)? {
            Pod::Up(pod) => {
                let inside = self.inside(pod);
                self.place(&inside).fetch(&job.run, into)?;
                let mark = format!("touch {}/runs/{}/fetched", self.profile.dir, job.run);
                host::run(&inside, &mark, Input::Nothing, ASK).map(|_| ())
            }
            Pod::Ended(pod, _) => {
                let path = into.join("events.jsonl");
                std::fs::create_dir_all(into)
                    .and_then(|()| std::fs::write(&path, self.log(&pod).unwrap_or_default()))
                    .map_err(|error| Error::Local(format!("{}: {error}", path.display())))
            }
            other => Err(Error::Refused { host: self.describe(), said: format!("nothing to fetch: {other:?}") }),
        }
    }

    fn clean(&self) -> Result<String> {
        let jobs = self.json(&["get", "jobs", "-l", LABEL, "-o", "json"])?;
        let (mut gone, mut kept) = (0, 0);
        for job in jobs.get("items").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = job.pointer("/metadata/name").and_then(Value::as_str) else { continue };
            if job.pointer("/status/active").and_then(Value::as_u64).unwrap_or(0) > 0 {
                kept += 1;
            } else {
                self.ask(&["delete", "job", name, "--wait=false", "--ignore-not-found"], None)?;
                gone += 1;
            }
        }
        Ok(format!("{gone} jobs removed, {kept} go on"))
    }
}
