//! Builds every example, and runs the one that shows the house whole: two processes, one event, on the simulator.

use std::time::Duration;

use super::deadline;
use crate::cargo::{self, cargo};
use crate::workspace::Outcome;

const BUILD: &str = "build --workspace --examples";

const EXAMPLE: &str = "run -q -p ascend-ipc --example two_processes -- --backend sim --size 4MiB";

/// Both as one would type them.
pub(super) const SHOWN: &[&str] = &["cargo ", BUILD, " && cargo ", EXAMPLE];

const LIMIT: Duration = Duration::from_secs(120);

pub(super) fn run() -> Outcome {
    cargo::run(BUILD, &[])?;
    // Alone, the package may be built with other features than in the workspace; that time is not the example's.
    cargo::run(&built_alone(EXAMPLE), &[])?;
    deadline::run(&cargo(EXAMPLE), LIMIT).map_err(|error| format!("`cargo {EXAMPLE}` {error}").into())
}

/// The command that builds what `run` would run.
fn built_alone(run: &str) -> String {
    let (options, _) = run.split_once(" -- ").unwrap_or((run, ""));
    options.replacen("run", "build", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_run_is_built_first_by_the_same_options() {
        assert_eq!(built_alone("run -q --example a -- --size 1"), "build -q --example a");
    }
}
