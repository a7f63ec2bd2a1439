//! What can be asked of a run.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::require::Require;
use super::sim::Topology;
use crate::event::Placement;
use crate::plan::filter::{Filter, placement};
use crate::plan::{Shard, Suite};

/// Where tests run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Asked {
    /// Hardware; without any, exit 20
    Auto,
    /// Hardware
    Hw,
    /// The simulator
    Sim,
}

/// Whether others may use the devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Isolation {
    /// A device that others use is busy
    Exclusive,
    /// It is used all the same, and the run is labelled
    Shared,
}

/// What makes a run fail although every case is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Cases that are skipped
    Skips,
    /// Cases that pass after a failure
    Flaky,
    /// Warnings of preflight
    Warnings,
    /// A source that is not committed
    Dirty,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Progress {
    /// A bar on a terminal, lines elsewhere
    Auto,
    /// A bar
    Bar,
    /// A line for each case
    Lines,
    /// Failures and the end only
    None,
}

/// Yes, no, or as the environment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Github {
    /// If GITHUB_ACTIONS is set
    Auto,
    /// Yes
    On,
    /// No
    Off,
}

/// What to run, where, and how.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Parts of names; a case that holds one of them is run
    #[arg(value_name = "FILTER")]
    pub names: Vec<String>,
    /// A set of cases, as in `test(~killed) & topo(cross-card)`
    #[arg(short = 'E', long = "filter", value_name = "EXPR", value_parser = Filter::parse, help_heading = "What")]
    pub filters: Vec<Filter>,
    /// A named selection of tests
    #[arg(long, value_enum, default_value = "smoke", help_heading = "What")]
    pub suite: Suite,
    /// same-die, sibling-die, cross-card; all of them if it is not given
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = read_placement, help_heading = "What")]
    pub topology: Vec<Placement>,
    /// Only part K of N parts
    #[arg(long, value_name = "K/N", value_parser = Shard::parse, help_heading = "What")]
    pub shard: Option<Shard>,
    /// The order of the cases; it is always told
    #[arg(long, value_name = "U64", value_parser = read_seed, help_heading = "What")]
    pub seed: Option<u64>,
    /// Where to run; nothing ever falls back to the simulator
    #[arg(long, value_enum, default_value = "auto", env = "HWTEST_BACKEND", help_heading = "Where")]
    pub backend: Asked,
    /// The machine that the simulator is: a2, a3 or a5, x, and the number of dies
    #[arg(long, value_name = "TOPOLOGY", default_value = "a2x8", env = "HWTEST_SIM", help_heading = "Where")]
    pub sim: Topology,
    /// auto, count:N, ids such as 0,3, or bus:ID,ID
    #[arg(long, value_name = "SPEC", default_value = "auto", env = "HWTEST_DEVICES", help_heading = "Where")]
    pub devices: super::select::Devices,
    /// Root of the CANN installation to use
    #[arg(long, value_name = "PATH", help_heading = "Where")]
    pub cann: Option<PathBuf>,
    /// A folder of test programs; without it cargo builds them
    #[arg(long, value_name = "DIR", env = "HWTEST_PROGRAMS", help_heading = "Where")]
    pub programs: Option<PathBuf>,
    /// The folder of an unpacked bundle: its programs and known issues, after they were checked
    #[arg(long, value_name = "DIR", conflicts_with = "programs", help_heading = "Where")]
    pub bundle: Option<PathBuf>,
    /// Take the command line and environment from standard input, as a fleet sends them
    #[arg(long, value_name = "-", value_parser = ["-"], exclusive = true, hide = true)]
    pub job: Option<String>,
    /// For an attempt, beside --init-timeout
    #[arg(long, value_name = "D", default_value = "30s", value_parser = humantime::parse_duration, help_heading = "Time")]
    pub test_timeout: Duration,
    /// For bringing devices up
    #[arg(long, value_name = "D", default_value = "90s", value_parser = humantime::parse_duration, help_heading = "Time")]
    pub init_timeout: Duration,
    /// For the whole run
    #[arg(long, value_name = "D", default_value = "30m", value_parser = humantime::parse_duration, help_heading = "Time")]
    pub max_time: Duration,
    /// Between SIGTERM and SIGKILL
    #[arg(long, value_name = "D", default_value = "5s", value_parser = humantime::parse_duration, help_heading = "Time")]
    pub grace: Duration,
    /// How long to wait for devices that are leased by others
    #[arg(long, value_name = "D", default_value = "0s", value_parser = humantime::parse_duration, help_heading = "Time")]
    pub wait: Duration,
    /// Do not wait for devices
    #[arg(long, conflicts_with = "wait", help_heading = "Time")]
    pub no_wait: bool,
    /// What to do about devices that others use
    #[arg(long, value_enum, default_value = "exclusive", help_heading = "Trust")]
    pub isolation: Isolation,
    /// Where the locks of devices are [default: /run/lock/ascend-hwtest; on the simulator, in the run]
    #[arg(long, value_name = "DIR", env = "HWTEST_LOCK_DIR", help_heading = "Trust")]
    pub lock_dir: Option<PathBuf>,
    /// Leave devices cold before the cases
    #[arg(long, help_heading = "Trust")]
    pub no_warm_up: bool,
    /// Run each case so often
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Repeat")]
    pub stress_count: u32,
    /// Further attempts after the environment failed
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Repeat")]
    pub retries_infra: u32,
    /// Further attempts after a failure
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Repeat")]
    pub retry_failures: u32,
    /// Cases at a time [default: one for each die; on the simulator, one for each core]
    #[arg(long, short, value_name = "N", help_heading = "Repeat")]
    pub jobs: Option<usize>,
    /// What makes the run fail all the same
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',', help_heading = "Verdict")]
    pub deny: Vec<Deny>,
    /// What the machine must be, as in `dies>=4,driver>=25.5,soc=Ascend910B`; else exit 21
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = Require::parse, help_heading = "Verdict")]
    pub require: Vec<Require>,
    /// The first failure ends the run
    #[arg(long, help_heading = "Verdict")]
    pub fail_fast: bool,
    /// Failures do not end the run, which is the default
    #[arg(long, conflicts_with = "fail_fast", help_heading = "Verdict")]
    pub keep_going: bool,
    /// Known issues [default: ci/hw-test/known-issues.toml]
    #[arg(long, value_name = "FILE", help_heading = "Verdict")]
    pub known_issues: Option<PathBuf>,
    /// The run's folder [default: target/hw-test/RUN]
    #[arg(long, value_name = "DIR", env = "HWTEST_OUT", help_heading = "Output")]
    pub out: Option<PathBuf>,
    /// Groups and errors for GitHub Actions
    #[arg(long, value_enum, default_value = "auto", help_heading = "Output")]
    pub github: Github,
    /// How progress is shown
    #[arg(long, value_enum, default_value = "auto", help_heading = "Output")]
    pub progress: Progress,
    /// Print plan, environment and commands; run nothing
    #[arg(long, help_heading = "Safety")]
    pub dry_run: bool,
    /// No network at all
    #[arg(long, help_heading = "Safety")]
    pub offline: bool,
    /// Only these cases, by full name: set by `rerun`.
    #[arg(skip)]
    pub only: Vec<String>,
    /// Cases of the run that is repeated, other than `only`, that have not passed: set by `rerun`.
    #[arg(skip)]
    pub open: Vec<String>,
}

fn read_placement(text: &str) -> Result<Placement, String> {
    placement(text).ok_or_else(|| "it is same-die, sibling-die or cross-card".to_owned())
}

fn read_seed(text: &str) -> Result<u64, String> {
    let number = text.strip_prefix("0x").map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16));
    number.map_err(|error| error.to_string())
}
