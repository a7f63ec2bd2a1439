//! Runs what CI runs, except the tests: `cargo xtask ci [--list] [STEP]...`.

mod deadline;
mod examples;
mod step;

use std::time::{Duration, Instant};

use clap::{Args, builder::PossibleValuesParser};

use crate::workspace::Outcome;
use step::{STEPS, Step};

/// Flags of `cargo xtask ci`.
#[derive(Args)]
pub(crate) struct Options {
    /// Run nothing; print each step and its command
    #[arg(long)]
    list: bool,

    /// Run only these steps (in the usual order); all, if none is named
    #[arg(value_name = "STEP", value_parser = PossibleValuesParser::new(STEPS.map(|step| step.name)))]
    steps: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Outcome {
    let chosen = choose(&options.steps);
    if options.list {
        for step in chosen {
            println!("{:<9}  {}", step.name, step.work);
        }
        return Ok(());
    }
    let failed: Vec<&str> = chosen.iter().filter(|step| !passes(step)).map(|step| step.name).collect();
    println!("ci: {} of {} steps passed", chosen.len() - failed.len(), chosen.len());
    if failed.is_empty() { Ok(()) } else { Err(format!("ci: failed: {}", failed.join(", ")).into()) }
}

/// The named steps, or all, in the order of CI.
fn choose(names: &[String]) -> Vec<&'static Step> {
    STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect()
}

/// Runs one step, and reports it in one line; a failure says what mends it in a second one.
fn passes(step: &Step) -> bool {
    println!("---- {}: {}", step.name, step.work);
    let start = Instant::now();
    let outcome = step.work.run();
    println!("{}", report(step, &outcome, start.elapsed()));
    outcome.is_ok()
}

fn report(step: &Step, outcome: &Outcome, elapsed: Duration) -> String {
    let (name, seconds) = (step.name, elapsed.as_secs_f64());
    match outcome {
        Ok(()) => format!("ok   {name:<9}  {seconds:6.1} s"),
        Err(error) => format!("FAIL {name:<9}  {seconds:6.1} s  {error}\n     mend: {}", step.mend),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(chosen: &[&Step]) -> Vec<&'static str> {
        chosen.iter().map(|step| step.name).collect()
    }

    #[test]
    fn without_names_every_step_runs_in_the_order_of_ci() {
        assert_eq!(names(&choose(&[])), ["fmt", "clippy", "tidy", "doc", "generated", "linked", "examples"]);
    }

    #[test]
    fn named_steps_run_in_the_order_of_ci_and_once() {
        assert_eq!(names(&choose(&["doc", "fmt", "doc"].map(str::to_owned))), ["fmt", "doc"]);
    }

    #[test]
    fn a_failure_is_reported_with_its_duration_its_error_and_its_mend() {
        let line = report(&STEPS[0], &Err("it is crooked".into()), Duration::from_millis(1250));
        assert_eq!(line, "FAIL fmt           1.2 s  it is crooked\n     mend: cargo fmt --all");
        assert_eq!(report(&STEPS[0], &Ok(()), Duration::from_secs(61)), "ok   fmt          61.0 s");
    }
}
