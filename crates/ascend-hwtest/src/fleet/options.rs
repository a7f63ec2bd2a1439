//! The command line of `fleet`, and what it shows on a terminal that may be none.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::book::Book;
use super::job::Job;
use super::verbs::{self, Progress, Row, Target};
use super::watch::Patience;
use crate::event::{Event, Line};
use crate::exit::Exit;
use crate::profile::Profiles;
use crate::remote::Result;

/// Runs on other machines: over ssh, Slurm or Kubernetes
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    verb: Verb,
    /// Profiles of machines
    #[arg(long, value_name = "FILE", default_value = "hw-test.toml", global = true)]
    profiles: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Bring a bundle to each target, run it there, follow it, and fetch the results
    Run {
        /// ssh:NAME, ssh://user@host/dir, slurm:NAME or k8s:NAME
        #[arg(long = "on", value_name = "TARGET", required = true)]
        targets: Vec<Target>,
        /// The archive that `bundle` made
        #[arg(long, value_name = "FILE", default_value = crate::bundle::NAME)]
        bundle: PathBuf,
        /// Folder of the fleet
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Minutes that a job may take
        #[arg(long, value_name = "N", default_value_t = 30)]
        minutes: u32,
        /// Submit, and wait for nothing
        #[arg(long)]
        detach: bool,
        /// What follows `hwrun run` there
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// How each job is doing
    Status {
        /// Folder of the fleet
        dir: PathBuf,
    },
    /// Take up every job that has not been fetched, and follow it to its end
    Logs {
        /// Folder of the fleet
        dir: PathBuf,
    },
    /// End every job that goes on
    Cancel {
        /// Folder of the fleet
        dir: PathBuf,
    },
    /// Remove everything of ours from these machines
    Clean {
        /// Where
        #[arg(required = true)]
        targets: Vec<Target>,
    },
}

impl Options {
    /// Does it, tells `out` about it, and returns the exit code.
    ///
    /// # Errors
    /// What is wrong with the profiles, the folder or the bundle; [`Error::exit`](crate::remote::Error::exit) is its code.
    pub fn run(&self, out: &mut (dyn Write + Send)) -> Result<u8> {
        let profiles = Profiles::read(&self.profiles)?;
        let make = |target: &Target| verbs::engine(target, &profiles);
        let rows = match &self.verb {
            Verb::Run { targets, bundle, out: dir, minutes, detach, arguments } => {
                let run = Job::new_id();
                let dir = dir.clone().unwrap_or_else(|| PathBuf::from("target/hw-test").join(format!("fleet-{run}")));
                let engines: Result<Vec<_>> =
                    targets.iter().map(|target| Ok((target.clone(), make(target)?))).collect();
                let job = Job {
                    run,
                    bundle: bundle.clone(),
                    arguments: std::iter::once("run".to_owned()).chain(arguments.iter().cloned()).collect(),
                    environment: Default::default(),
                    limit: verbs::limit(Duration::from_secs(60 * u64::from(*minutes))),
                };
                let follow = (!detach).then(Patience::default);
                let rows = verbs::run(&engines?, &job, &Book::new(&dir), follow, &mut Lines::new(out))?;
                if *detach {
                    let _ = writeln!(out, "submitted; to follow: hwrun fleet logs {}", dir.display());
                    let refused = rows.iter().any(|row| row.state.is_final());
                    show(out, &rows);
                    return Ok(if refused { Exit::Infra } else { Exit::Ok }.code());
                }
                rows
            }
            Verb::Status { dir } => {
                show(out, &verbs::status(&Book::new(dir), &make)?);
                return Ok(Exit::Ok.code());
            }
            Verb::Logs { dir } => verbs::logs(&Book::new(dir), &make, Patience::default(), &mut Lines::new(out))?,
            Verb::Cancel { dir } => {
                let rows = verbs::cancel(&Book::new(dir), &make)?;
                show(out, &rows);
                let is_open = |row: &Row| !row.state.is_final();
                return Ok(if rows.iter().any(is_open) { Exit::Infra } else { Exit::Ok }.code());
            }
            Verb::Clean { targets } => {
                let mut exit = Exit::Ok;
                for (target, found) in verbs::clean(targets, &make) {
                    let said = found.unwrap_or_else(|error| {
                        exit = Exit::Infra;
                        error.to_string()
                    });
                    let _ = writeln!(out, "{}:{}  {said}", target.engine, target.profile);
                }
                return Ok(exit.code());
            }
        };
        show(out, &rows);
        Ok(Row::worst(&rows))
    }
}

/// A terminal that is gone is no reason to stop: the files have everything.
fn show(out: &mut dyn Write, rows: &[Row]) {
    for row in rows {
        let _ = writeln!(out, "{}  {}", row.name, row.state);
        if let Some(note) = &row.note {
            let _ = writeln!(out, "    {note}");
        }
    }
}

/// One line for each sentence, and for each case that ends.
struct Lines<'a> {
    out: &'a mut (dyn Write + Send),
    /// Of each job, the begin of a line whose end has not come yet.
    begun: std::collections::BTreeMap<String, Vec<u8>>,
}

impl<'a> Lines<'a> {
    fn new(out: &'a mut (dyn Write + Send)) -> Self {
        Self { out, begun: Default::default() }
    }
}

impl Progress for Lines<'_> {
    fn tell(&mut self, job: &str, sentence: &str) {
        let _ = writeln!(self.out, "{job}  {sentence}");
    }

    fn events(&mut self, job: &str, part: &[u8]) {
        let begun = self.begun.entry(job.to_owned()).or_default();
        begun.extend_from_slice(part);
        while let Some(end) = begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = begun.drain(..=end).collect();
            let Ok(line) = serde_json::from_slice::<Line>(&line) else { continue };
            let _ = match line.event {
                Event::CaseEnd(end) if end.reason.is_empty() => {
                    writeln!(self.out, "{job}  {} {} ({:.1} s)", end.verdict.word(), end.case, end.seconds)
                }
                Event::CaseEnd(end) => {
                    writeln!(
                        self.out,
                        "{job}  {} {} ({:.1} s): {}",
                        end.verdict.word(),
                        end.case,
                        end.seconds,
                        end.reason
                    )
                }
                Event::PhaseEnd { phase, summary, .. } => writeln!(self.out, "{job}  {phase:?}: {summary}"),
                _ => Ok(()),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        fleet: Options,
    }

    #[test]
    fn what_follows_two_dashes_is_for_the_runner_there() {
        let cli = Cli::parse_from(["fleet", "run", "--on", "ssh:a", "--on", "k8s:b", "--", "--suite", "smoke"]);
        let Verb::Run { targets, arguments, .. } = cli.fleet.verb else { panic!("another verb") };
        assert_eq!((targets.len(), arguments), (2, vec!["--suite".to_owned(), "smoke".to_owned()]));
        assert!(Cli::try_parse_from(["fleet", "run", "--on", "pbs:a"]).is_err());
    }

    #[test]
    fn events_are_shown_a_line_each_however_they_are_cut() {
        let text =
            b"{\"v\":1,\"t\":1,\"ev\":\"case-end\",\"case\":\"event::a@same-die\",\"attempt\":1,\"verdict\":\"fail\",\
            \"reason\":\"late\",\"known\":null,\"seconds\":1.0,\"logs\":null,\"again\":null}\nno json\n";
        for cut in 0..text.len() {
            let mut out = Vec::new();
            let mut lines = Lines::new(&mut out);
            lines.events("a", &text[..cut]);
            lines.events("a", &text[cut..]);
            assert_eq!(String::from_utf8(out).unwrap(), "a  FAIL event::a@same-die (1.0 s): late\n");
        }
    }

    #[test]
    fn a_target_without_a_profile_is_a_fault_of_the_command_line() {
        let cli = Cli::parse_from(["fleet", "run", "--on", "ssh:a", "--profiles", "/nowhere"]);
        let error = cli.fleet.run(&mut Vec::new()).unwrap_err();
        assert_eq!(
            (error.exit(), error.to_string().as_str()),
            (Exit::Usage, "hw-test.toml has no [remote.a]; there is: none")
        );
    }
}
