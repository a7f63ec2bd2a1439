//! A Slurm cluster, whose login node is this machine or one behind ssh.
//!
//! Stock Slurm knows an NPU as a name and a number: a job gets no variable that says which ones are its own, so `hwrun` finds
//! them by opening devices. The results stay in a folder that the nodes share.

use std::path::Path;
use std::time::Duration;

use super::host::{self, Host, Input, Local};
use super::place::{Place, waiter};
use super::slurm_state::{from_sacct, from_scontrol, judge};
use super::ssh::Ssh;
use super::{Error, Result};
use crate::fleet::job::Job;
use crate::fleet::{Engine, State, Ticket};
use crate::profile::{Exclusive, Profiles, Slurm as Profile};

/// For a question to the controller, which may be busy.
const ASK: Duration = Duration::from_secs(60);

/// A cluster.
pub struct Slurm {
    name: String,
    profile: Profile,
    login: Box<dyn Host>,
}

impl Slurm {
    /// The cluster of a profile.
    ///
    /// # Errors
    /// There is no such profile.
    pub fn new(name: &str, profiles: &Profiles) -> Result<Self> {
        let profile = profiles.slurm(name)?.clone();
        let login: Box<dyn Host> = match &profile.login {
            Some(remote) => Box::new(Ssh::new(remote, profiles.remote(remote)?)?),
            None => Box::new(Local::default()),
        };
        Ok(Self { name: name.to_owned(), profile, login })
    }

    fn place(&self) -> Place<'_> {
        Place { host: &*self.login, dir: &self.profile.dir }
    }

    /// Runs a command of Slurm in the shared folder of the login node.
    fn ask(&self, command: &str, input: Input<'_>) -> Result<String> {
        let conf = self.profile.conf.as_ref().map_or_else(String::new, |conf| format!("export SLURM_CONF={conf}\n"));
        let script = format!("{conf}cd {} || exit 9\n{command}", self.profile.dir);
        host::run(&*self.login, &script, input, ASK)
    }

    /// The options of `sbatch` for a job.
    #[must_use]
    pub fn options(&self, job: &Job) -> Vec<String> {
        // Five minutes to bring the bundle in and the results out.
        let minutes = job.limit.as_secs().div_ceil(60) + 5;
        let Profile { gres, count, .. } = &self.profile;
        let run = &job.run;
        let mut options = vec![
            "--parsable".to_owned(),
            "--no-requeue".to_owned(), // a lost node is told, not run again in silence
            "--nodes=1".to_owned(),    // the processes of a case share a machine
            format!("--job-name=hwtest-{run}"),
            format!("--gres={gres}:{count}"),
            format!("--time={minutes}"),
            "--signal=B:TERM@60".to_owned(), // a minute before the end, for the report
            format!("--output=runs/{run}/slurm.out"),
        ];
        options.extend(self.profile.partition.iter().map(|name| format!("--partition={name}")));
        options.extend(self.profile.account.iter().map(|name| format!("--account={name}")));
        options.extend(self.profile.exclusive.map(|whom| match whom {
            Exclusive::User => "--exclusive=user".to_owned(),
            Exclusive::Node => "--exclusive".to_owned(),
        }));
        options
    }

    /// The script of a job; it begins in the shared folder, where `sbatch` was called.
    #[must_use]
    pub fn script(job: &Job, sha256: &str) -> String {
        format!("#!/bin/sh\n{}exit $code\n", waiter(&job.run, sha256))
    }
}

impl Engine for Slurm {
    fn describe(&self) -> String {
        format!("Slurm {} ({} of {} on {})", self.name, self.profile.count, self.profile.gres, self.login.name())
    }

    fn submit(&self, job: &Job, sha256: &str) -> Result<Ticket> {
        let place = self.place();
        place.upload(&job.bundle, sha256)?;
        place.prepare(job, sha256)?;
        let script = Self::script(job, sha256);
        let said = self.ask(&format!("sbatch {}", self.options(job).join(" ")), Input::Bytes(script.into_bytes()))?;
        // `ID` or `ID;CLUSTER`.
        let id = said.trim().lines().last().and_then(|line| line.split(';').next()).unwrap_or_default().to_owned();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::Refused { host: self.describe(), said: format!("sbatch said {said:?}") });
        }
        Ok(Ticket { engine: "slurm".into(), profile: self.name.clone(), id, sha256: sha256.to_owned() })
    }

    fn look(&self, job: &Job, ticket: &Ticket) -> Result<State> {
        let id = number(ticket)?;
        // Accounting may be off, or late; the controller forgets a job some minutes after its end.
        let accounting =
            self.ask(&format!("sacct -n -P -X -j {id} -o State,ExitCode,Reason 2>/dev/null || :"), Input::Nothing)?;
        let told = match from_sacct(&accounting) {
            Some(told) => Some(told),
            None => {
                let command = format!("scontrol show job {id} -o 2>&1 || :");
                let said = self.ask(&command, Input::Nothing)?;
                let told = from_scontrol(&said);
                if told.is_none() && !said.contains("Invalid job id") {
                    return Err(Error::Lost { host: self.describe(), said: said.trim().to_owned() });
                }
                told
            }
        };
        let written = self.place().ended(&job.run)?;
        Ok(match (told, written) {
            (Some(told), written) => judge(&told, written),
            (None, Some(code)) => State::Ended(code),
            (None, None) => State::Infra(format!("Slurm has forgotten job {id}, which wrote no exit code")),
        })
    }

    fn follow(&self, job: &Job, _: &Ticket, mirror: &Path, take: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.place().follow(&job.run, mirror, take)
    }

    fn cancel(&self, _: &Job, ticket: &Ticket) -> Result<()> {
        // TERM to the script first, which passes it on; Slurm itself kills what is left after its own time.
        let id = number(ticket)?;
        self.ask(&format!("scancel --batch --signal=TERM {id}; sleep 5; scancel {id}"), Input::Nothing).map(|_| ())
    }

    fn fetch(&self, job: &Job, _: &Ticket, into: &Path) -> Result<()> {
        self.place().fetch(&job.run, into)
    }

    fn clean(&self) -> Result<String> {
        self.place().clean()
    }
}

/// The job's number, checked again: a ticket comes from a file.
fn number(ticket: &Ticket) -> Result<&str> {
    let is_number = !ticket.id.is_empty() && ticket.id.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Ok(&ticket.id) } else { Err(Error::Usage(format!("{:?} is no number of a job", ticket.id))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_asks_for_npus_time_and_a_warning() {
        let text = "[slurm.a]\ndir = \"/shared/me\"\ngres = \"npu:910b\"\ncount = 2\npartition = \"p\"\nexclusive = \"user\"\n";
        let slurm = Slurm::new("a", &Profiles::parse(text).unwrap()).unwrap();
        let job = Job {
            run: "7f3a".into(),
            bundle: "/b".into(),
            arguments: vec!["run".into(), "$(it)".into()],
            environment: Default::default(),
            limit: Duration::from_secs(601),
        };
        let options = slurm.options(&job).join(" ");
        assert_eq!(
            options,
            "--parsable --no-requeue --nodes=1 --job-name=hwtest-7f3a --gres=npu:910b:2 --time=16 --signal=B:TERM@60 \
             --output=runs/7f3a/slurm.out --partition=p --exclusive=user"
        );
        let script = Slurm::script(&job, "0123");
        assert!(script.starts_with("#!/bin/sh\n") && script.contains("bundles/0123/hwrun run --job -"), "{script}");
        assert!(!script.contains("$(it)"), "a user's words are in no script");
    }
}
