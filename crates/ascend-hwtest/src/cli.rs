//! The command line: of `hwrun`, and of `cargo xtask hw-test`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::exit::Exit;
use crate::machine::Machine;
use crate::run::{Asked, Backend, Options, Site, record};
use crate::screen::Tally;
use crate::verdict::Verdict;
use crate::{child, journal, lease, look, preflight, processes, warm_up};

#[derive(Parser)]
#[command(
    name = "hw-test",
    about = "Runs the suite on Ascend servers, or on the simulator",
    version,
    args_conflicts_with_subcommands = true
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Run cases; the default
    Run(Box<Options>),
    /// Look whether this machine can run them, and say what is in the way
    Doctor {
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
        /// Look at the simulator instead of the hardware
        #[arg(long)]
        simulator: bool,
    },
    /// Say more about a code of preflight, a verdict or an exit code
    Explain {
        /// Such as P16, XFAIL or 75
        word: String,
    },
    /// Pack what runs the cases on a machine without cargo and source
    Bundle {
        /// The archive
        #[arg(short, long, value_name = "FILE", default_value = crate::bundle::NAME)]
        out: PathBuf,
        /// Build for this target, as cargo names it
        #[arg(long, value_name = "TRIPLE")]
        target: Option<String>,
    },
    /// Run on other machines: over ssh, Slurm or Kubernetes
    Fleet(Box<crate::fleet::options::Options>),
    /// Print plan, environment and commands of a run
    Plan(Box<Options>),
    /// Repeat the cases of a run that are open
    Rerun(Box<Rerun>),
    /// Tell the end of a run again, from its events
    Report {
        /// The run's folder
        #[arg(value_name = "RUN", required = true)]
        runs: Vec<PathBuf>,
    },
    /// Who has leased which devices
    Who {
        /// Where the locks are
        #[arg(long, value_name = "DIR", default_value = lease::FOLDER, env = "HWTEST_LOCK_DIR")]
        lock_dir: PathBuf,
    },
    /// Remove the folders of runs that have ended
    Clean {
        /// Only say what would be removed
        #[arg(long)]
        dry_run: bool,
    },
    /// Become a program that dies with its parent
    #[command(hide = true)]
    Guard {
        parent: u32,
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Say what the runtime says of this machine, as JSON
    #[command(hide = true)]
    Look { backend: Backend },
    /// Keep a device up until standard input ends
    #[command(hide = true)]
    Keep { backend: Backend },
}

#[derive(Args)]
struct Rerun {
    /// The run's folder
    folder: PathBuf,
    /// Those that failed only
    #[arg(long, conflicts_with_all = ["infra", "test"])]
    failed: bool,
    /// Those that the environment failed only
    #[arg(long, conflicts_with = "test")]
    infra: bool,
    /// This case, whatever became of it
    #[arg(long, value_name = "NAME")]
    test: Vec<String>,
    #[command(flatten)]
    options: Options,
}

/// Does what these arguments say, of which the first is the program's name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> std::process::ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Ok }.code().into();
        }
    };
    let done = match cli.command.unwrap_or(Command::Run(Box::new(cli.run))) {
        Command::Guard { parent, command } => return child::guard(parent, &command).code().into(),
        Command::Look { backend } => return look::answer(backend).code().into(),
        Command::Keep { backend } => return warm_up::keep(backend).code().into(),
        Command::Run(options) if options.job.is_some() => Err(take_over()),
        Command::Run(mut options) => unpacked(&mut options).and_then(|()| crate::run::run(&site()?, &options)),
        Command::Bundle { out, target } => bundle(&out, target.as_deref()),
        Command::Plan(mut options) => {
            options.dry_run = true;
            unpacked(&mut options).and_then(|()| crate::run::run(&site()?, &options))
        }
        Command::Doctor { json, simulator } => doctor(json, simulator),
        Command::Explain { word } => match crate::explain::explain(&word) {
            Some(text) => {
                answer(&text);
                Ok(Exit::Ok)
            }
            None => Err(format!("{word:?} is no code of preflight, verdict or exit code, such as P16, XFAIL or 75")),
        },
        Command::Fleet(options) => return fleet(&options),
        Command::Rerun(rerun) => again(*rerun),
        Command::Report { runs } => report(&runs),
        Command::Who { lock_dir } => who(&lock_dir),
        Command::Clean { dry_run } => site().and_then(|site| clean(&site, dry_run)),
    };
    let exit = done.unwrap_or_else(|why| {
        complain(&why);
        Exit::Usage
    });
    exit.code().into()
}

/// Becomes the `hwrun` that a job on standard input describes; returns only why it cannot.
fn take_over() -> String {
    let started = crate::fleet::job::Spec::read(std::io::stdin()).and_then(|spec| {
        let own = std::env::current_exe().map_err(|error| format!("cannot tell where I am: {error}"))?;
        Ok(std::process::Command::new(own).args(spec.command_line()).envs(spec.environment).exec())
    });
    started.map_or_else(|why| why, |error| format!("the job cannot be started: {error}"))
}

/// Checks a bundle that is to be run, and takes what is in it.
fn unpacked(options: &mut Options) -> Result<(), String> {
    let Some(folder) = options.bundle.take() else { return Ok(()) };
    let opened = crate::bundle::open_dir(&folder).and_then(|bundle| bundle.check_target().map(|()| bundle));
    let bundle = opened.map_err(|error| format!("{}: {error}", folder.display()))?;
    options.known_issues = options.known_issues.take().or_else(|| bundle.data("known-issues.toml"));
    options.programs = Some(bundle.dir);
    Ok(())
}

fn bundle(out: &Path, target: Option<&str>) -> Result<Exit, String> {
    let site = site()?;
    let workspace = site.workspace.ok_or("this folder is no checkout of ascend-ipc, from which a bundle is made")?;
    let packed = crate::bundle::gather(&workspace, target, &crate::build::BUNDLED).and_then(|mut contents| {
        contents.data.push(("known-issues.toml".to_owned(), workspace.join("ci/hw-test/known-issues.toml")));
        crate::bundle::pack(&contents, out)
    });
    let packed = packed.map_err(|error| error.to_string())?;
    answer(&format!("{}  sha256 {}", packed.path.display(), packed.sha256));
    Ok(Exit::Ok)
}

fn doctor(json: bool, simulator: bool) -> Result<Exit, String> {
    let mut machine = Machine::this(Path::new("target/hw-test"));
    machine.simulated = simulator;
    let found = preflight::look(&machine);
    let text = if json {
        crate::doctor::json(&found).map_err(|error| error.to_string())?
    } else {
        crate::doctor::text(&found)
    };
    answer(&text);
    Ok(found.exit())
}

fn fleet(options: &crate::fleet::options::Options) -> std::process::ExitCode {
    match options.run(&mut std::io::stdout()) {
        Ok(code) => code.into(),
        Err(error) => {
            complain(&error.to_string());
            error.exit().code().into()
        }
    }
}

fn site() -> Result<Site, String> {
    Site::here().map_err(|error| format!("cannot tell where I am: {error}"))
}

#[allow(clippy::print_stderr, reason = "a command answers on its terminal")]
fn complain(why: &str) {
    eprintln!("hw-test: {why}");
}

#[allow(clippy::print_stdout, reason = "a command answers on its terminal")]
fn answer(text: &str) {
    println!("{}", text.trim_end_matches('\n'));
}

fn again(rerun: Rerun) -> Result<Exit, String> {
    let unreadable = |error: std::io::Error| format!("{} is no run: {error}", rerun.folder.display());
    let record = record::read(&rerun.folder).map_err(unreadable)?;
    let open = record.open(&journal::read(&rerun.folder).map_err(unreadable)?);
    let mut options = rerun.options;
    let is_chosen = |name: &String, verdict: Option<Verdict>| match verdict {
        _ if !rerun.test.is_empty() => rerun.test.contains(name),
        Some(verdict) if rerun.failed => verdict.is_failure(),
        Some(verdict) if rerun.infra => verdict.is_infra(),
        None if rerun.failed || rerun.infra => false,
        _ => true,
    };
    options.only =
        open.iter().filter(|(name, verdict)| is_chosen(name, **verdict)).map(|(name, _)| name.clone()).collect();
    let known = |name: &String| record.cases.iter().any(|planned| planned.case.name == *name);
    options.only.extend(rerun.test.iter().filter(|name| !open.contains_key(*name) && known(name)).cloned());
    if options.only.is_empty() {
        answer(" nothing of that run is open");
        return Ok(Exit::NothingSelected);
    }
    options.open = open.into_keys().filter(|name| !options.only.contains(name)).collect();
    options.backend = if record.backend == Backend::Sim { Asked::Sim } else { Asked::Hw };
    options.sim = record.sim.parse()?;
    options.stress_count = record.stress_count;
    crate::run::run(&site()?, &options)
}

fn report(runs: &[PathBuf]) -> Result<Exit, String> {
    let mut worst = Exit::Ok;
    for folder in runs {
        let lines = journal::read(folder).map_err(|error| format!("{} is no run: {error}", folder.display()))?;
        let tally = Tally::of(&lines);
        crate::report::write(folder, &crate::report::Options::default()).map_err(|error| error.to_string())?;
        for end in tally.last.values().filter(|end| end.verdict.is_failure() || end.verdict.is_infra()) {
            answer(&crate::screen::end::failure(end, &[], folder));
        }
        match tally.exit {
            Some(exit) => answer(&crate::screen::end::text(&tally, Some(folder), exit)),
            None => {
                answer(&crate::screen::end::text(&tally, Some(folder), Exit::Internal.code()));
                answer(" the run was killed: this is what it had done");
                worst = Exit::Internal;
            }
        }
    }
    Ok(worst)
}

fn who(folder: &Path) -> Result<Exit, String> {
    let held =
        lease::who(folder, Path::new("/")).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    if held.is_empty() {
        answer(" no device is leased");
    }
    for one in held {
        let holder = one.holder.unwrap_or_default();
        answer(&format!(" {}  pid {}  run {}  since {}", one.bus, one.pid, holder.run, holder.since));
    }
    Ok(Exit::Ok)
}

fn clean(site: &Site, dry_run: bool) -> Result<Exit, String> {
    for entry in std::fs::read_dir(site.runs()).into_iter().flatten().flatten() {
        let folder = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_running = !processes::marked(&site.root, &format!("{name}/")).is_empty();
        let Ok(lines) = journal::read(&folder) else { continue };
        let is_recent = Tally::of(&lines).exit.is_none() && is_fresh(&folder);
        if is_running || is_recent {
            answer(&format!(" kept     {} (it runs)", folder.display()));
            continue;
        }
        if !dry_run {
            std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        answer(&format!(" {} {}", if dry_run { "would remove" } else { "removed" }, folder.display()));
    }
    Ok(Exit::Ok)
}

/// Whether its journal was written to within the last hour.
fn is_fresh(folder: &Path) -> bool {
    let written = std::fs::metadata(folder.join(journal::NAME)).and_then(|meta| meta.modified());
    written.is_ok_and(|time| time.elapsed().is_ok_and(|age| age.as_secs() < 3600))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
