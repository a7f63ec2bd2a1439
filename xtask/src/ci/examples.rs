//! Builds every example, and runs those that compare what several processes handed over, on the simulator.

use std::time::Duration;

use super::deadline;
use crate::cargo::{self, cargo};
use crate::workspace::Outcome;

const BUILD: &str = "build --workspace --examples";

/// In small sizes: whether they work is asked here, not how fast they are.
const EXAMPLES: [&str; 4] = [
    "run -q -p ascend-ipc --example two_processes -- --backend sim --size 4MiB",
    "run -q -p ascend-ipc --example fan_out -- --backend sim --rounds 3 --elements 4096",
    "run -q -p ascend-ipc --example ring -- --backend sim --rounds 20",
    "run -q -p ascend-ipc --example key_value_cache -- --backend sim --pages 7 --batch 3",
];

/// All of them as one would type them.
pub(super) const SHOWN: &[&str] = &[
    "cargo ",
    BUILD,
    " && cargo ",
    EXAMPLES[0],
    " && cargo ",
    EXAMPLES[1],
    " && cargo ",
    EXAMPLES[2],
    " && cargo ",
    EXAMPLES[3],
];

const LIMIT: Duration = Duration::from_secs(120);

pub(super) fn run() -> Outcome {
    cargo::run(BUILD, &[])?;
    for example in EXAMPLES {
        // Alone, the package may be built with other features than in the workspace; that time is not the example's.
        cargo::run(&built_alone(example), &[])?;
        deadline::run(&cargo(example), LIMIT).map_err(|error| format!("`cargo {example}` {error}"))?;
    }
    Ok(())
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

    #[test]
    fn every_example_that_is_run_is_shown() {
        let shown = SHOWN.concat();
        assert!(EXAMPLES.iter().all(|example| shown.contains(example)), "{shown}");
    }
}
