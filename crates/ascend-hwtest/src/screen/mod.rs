//! What a run shows while it runs: bars on a terminal, lines elsewhere; both are views of the events.

mod bars;
pub mod end;
mod lines;
#[cfg(test)]
mod shots;
mod tally;

use std::time::Duration;

pub use bars::Bars;
pub use lines::Lines;
pub use tally::Tally;

use crate::event::{Line, Phase};

/// A view of the events as they happen.
pub trait Screen: Send {
    /// Something has happened.
    fn show(&mut self, line: &Line);
    /// There will be so many cases.
    fn planned(&mut self, cases: usize);
    /// Time has passed: `age` since the run began.
    fn tick(&mut self, age: Duration);
    /// Something that is no event.
    fn say(&mut self, text: &str);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl Screen for Nothing {
    fn show(&mut self, _: &Line) {}
    fn planned(&mut self, _: usize) {}
    fn tick(&mut self, _: Duration) {}
    fn say(&mut self, _: &str) {}
}

/// A phase's name on screens.
pub(crate) const fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Plan => "plan",
        Phase::Build => "build",
        Phase::Preflight => "preflight",
        Phase::Lease => "lease",
        Phase::Baseline => "baseline",
        Phase::WarmUp => "warm-up",
        Phase::Matrix => "matrix",
        Phase::PostCheck => "post-check",
        Phase::Report => "report",
    }
}

/// The line of a phase that has ended.
fn phase_line(phase: Phase, ok: bool, summary: &str, seconds: f64) -> String {
    let mark = if ok { '✔' } else { '✘' };
    format!(" {mark} {:<11} {summary}  {}", name(phase), end::time(seconds))
}

/// The first line of a run.
fn head(run: &crate::event::Run) -> String {
    let mut parts = vec![format!("run {}", run.run)];
    parts.push(if run.backend == "sim" { "SIMULATOR, no NPU".to_owned() } else { run.backend.clone() });
    parts.extend(
        run.versions
            .iter()
            .filter(|(name, _)| ["soc", "driver", "runtime"].contains(&name.as_str()))
            .map(|(name, version)| if name == "soc" { version.clone() } else { format!("{name} {version}") }),
    );
    parts.push(format!("seed {:#x}", run.seed));
    format!(" ascend hw-test  {}", parts.join(" · "))
}
