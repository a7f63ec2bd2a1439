//! A machine behind the system's own ssh, with the user's own configuration, keys and known hosts.

use std::path::PathBuf;
use std::time::Duration;

use duct::Expression;

use super::host::Host;
use super::place::{Place, Seen};
use super::{Error, Result};
use crate::fleet::job::Job;
use crate::fleet::{Engine, State, Ticket};
use crate::profile::Remote;

/// For a connection with all its jumps; ssh's own limit is for each.
const CONNECT: Duration = Duration::from_secs(60);

/// A machine, and a folder on it.
pub struct Ssh {
    name: String,
    remote: Remote,
    /// Of the connection that all commands share; it ends with this value.
    sockets: tempfile::TempDir,
}

impl Ssh {
    /// The machine of a profile; nothing is connected yet.
    ///
    /// # Errors
    /// No private folder can be made.
    pub fn new(name: &str, remote: Remote) -> Result<Self> {
        // A socket's path has at most 108 bytes, so not below a deep TMPDIR.
        let base = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
        let made = tempfile::Builder::new().prefix("hwtest-").tempdir_in(base);
        let sockets = made.or_else(|_| tempfile::Builder::new().prefix("hwtest-").tempdir_in("/tmp"));
        let sockets = sockets.map_err(|error| Error::Local(format!("no folder for ssh's socket: {error}")))?;
        Ok(Self { name: name.to_owned(), remote, sockets })
    }

    /// The options of every call. Host keys are checked as the user's configuration says: nothing is switched off.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let socket = self.sockets.path().join("s");
        let mut arguments: Vec<String> = ["-a", "-x", "-T"].map(str::to_owned).to_vec();
        if let Some(config) = &self.remote.config {
            arguments.extend(["-F".to_owned(), config.display().to_string()]);
        }
        let options = [
            "BatchMode=yes".to_owned(), // never a question that nobody answers
            "ConnectTimeout=15".to_owned(),
            "ServerAliveInterval=15".to_owned(), // a dead line is noticed within a minute
            "ServerAliveCountMax=3".to_owned(),
            "ControlPersist=60".to_owned(), // should we be killed, the connection outlives us by a minute
            format!("ControlPath={}", socket.display()),
        ];
        arguments.extend(options.into_iter().flat_map(|option| ["-o".to_owned(), option]));
        arguments
    }

    /// Opens the connection that all commands share, unless it is there. Not by `ControlMaster=auto`: the command that happens
    /// to be first would leave a process behind that keeps its standard error open. That it fails is no error here: the
    /// command that comes next connects by itself, and says what is wrong.
    fn connect(&self) {
        if self.sockets.path().join("s").exists() {
            return;
        }
        let mut arguments = self.arguments();
        arguments.extend(["-M", "-N", "-f", "--", &self.remote.host].map(str::to_owned));
        let command = duct::cmd("ssh", arguments).stdin_null().stdout_null().stderr_null().unchecked();
        if let Ok(handle) = command.start()
            && !matches!(handle.wait_timeout(CONNECT), Ok(Some(_)))
        {
            let _ = handle.kill(); // it may have ended just now
        }
    }

    /// Our folder there.
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        Place { host: self, dir: &self.remote.dir }
    }
}

impl Host for Ssh {
    fn name(&self) -> String {
        self.remote.host.clone()
    }

    fn command(&self, script: &str) -> Expression {
        self.connect();
        let mut arguments = self.arguments();
        // The login shell may be any; it only has to understand one quoted word.
        let quoted = format!("exec sh -c '{}'", script.replace('\'', "'\\''"));
        arguments.extend(["--".to_owned(), self.remote.host.clone(), quoted]);
        duct::cmd("ssh", arguments)
    }
}

impl Drop for Ssh {
    fn drop(&mut self) {
        let mut arguments = self.arguments();
        arguments.extend(["-O", "exit", "--", &self.remote.host].map(str::to_owned));
        // Without a connection there is nothing to end.
        let _ = duct::cmd("ssh", arguments).stdin_null().stdout_null().stderr_null().unchecked().run();
    }
}

impl Engine for Ssh {
    fn describe(&self) -> String {
        format!("ssh {}", self.remote.host)
    }

    fn submit(&self, job: &Job, sha256: &str) -> Result<Ticket> {
        let place = self.place();
        place.upload(&job.bundle, sha256)?;
        place.prepare(job, sha256)?;
        place.start(job, sha256)?;
        Ok(Ticket { engine: "ssh".into(), profile: self.name.clone(), id: job.run.clone(), sha256: sha256.to_owned() })
    }

    fn look(&self, job: &Job, ticket: &Ticket) -> Result<State> {
        Ok(match self.place().look(&job.run)? {
            // The connection broke between the two halves of a submission.
            Seen::Waiting => {
                self.place().start(job, &ticket.sha256)?;
                State::Running
            }
            Seen::Running => State::Running,
            Seen::Ended(code) => State::Ended(code),
            Seen::Absent => State::Infra(format!("{} knows nothing of this run", self.remote.host)),
            Seen::Died => {
                State::Infra(format!("hwrun died with its session on {}; was it rebooted?", self.remote.host))
            }
        })
    }

    fn follow(&self, job: &Job, _: &Ticket, mirror: &std::path::Path, take: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.place().follow(&job.run, mirror, take)
    }

    fn cancel(&self, job: &Job, _: &Ticket) -> Result<()> {
        self.place().cancel(&job.run)
    }

    fn fetch(&self, job: &Job, _: &Ticket, into: &std::path::Path) -> Result<()> {
        self.place().fetch(&job.run, into)
    }

    fn clean(&self) -> Result<String> {
        self.place().clean()
    }
}
