//! A bar on a terminal: how far the cases are, how each placement goes, and what runs now.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Screen, Tally, end, head, phase_line};
use crate::event::{Event, Line, Phase, Severity};

/// So many running cases are named.
const NAMED: usize = 3;

/// A bar, and lines above it.
pub struct Bars {
    bar: ProgressBar,
    folder: PathBuf,
    tally: Tally,
    colours: bool,
    shown_head: bool,
}

impl Bars {
    /// A bar on standard error about the run in `folder`.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let template = " ▸ matrix      {bar:30.green}  {pos}/{len}  {elapsed} eta {eta}  {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("█▉░"));
        }
        let colours = std::env::var_os("NO_COLOR").is_none() && std::io::stderr().is_terminal();
        Self { bar, folder, tally: Tally::default(), colours, shown_head: false }
    }

    #[allow(clippy::print_stderr, reason = "the screen")]
    fn line(&self, text: &str) {
        let text = text.trim_end_matches('\n');
        let text = if self.colours { coloured(text) } else { text.to_owned() };
        self.bar.suspend(|| eprintln!("{text}"));
    }

    fn redraw(&self, age: Duration) {
        self.bar.set_position(u64::try_from(self.tally.last.len()).unwrap_or(u64::MAX));
        self.bar.set_message(below(&self.tally, age));
    }
}

impl Screen for Bars {
    fn show(&mut self, line: &Line) {
        let dies = match &line.event {
            Event::CaseEnd(end) => self.tally.running.get(&end.case).map(|running| running.dies.clone()),
            _ => None,
        };
        self.tally.add(line);
        match &line.event {
            Event::RunBegin(run) if !self.shown_head => {
                self.shown_head = true;
                self.line(&head(run));
            }
            Event::PhaseBegin { phase: Phase::Matrix } => {
                self.bar.reset_elapsed();
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            Event::PhaseEnd { phase, ok, summary } => {
                if *phase == Phase::Matrix {
                    self.bar.finish_and_clear();
                }
                let seconds = self.tally.phases.last().map_or(0.0, |(.., seconds)| *seconds);
                self.line(&phase_line(*phase, *ok, summary, seconds));
            }
            Event::Finding(finding) => {
                let mark = if finding.severity == Severity::Error { "✘" } else { "!" };
                self.line(&end::finding(finding, mark));
            }
            Event::CaseEnd(ended) if ended.verdict.is_failure() || ended.verdict.is_infra() => {
                self.line(&end::failure(ended, &dies.unwrap_or_default(), &self.folder));
            }
            Event::RunEnd { exit } => self.line(&format!("\n{}", end::text(&self.tally, Some(&self.folder), *exit))),
            _ => {}
        }
    }

    fn planned(&mut self, cases: usize) {
        self.tally.planned = cases;
        self.bar.set_length(u64::try_from(cases).unwrap_or(u64::MAX));
    }

    fn tick(&mut self, age: Duration) {
        self.redraw(age);
    }

    fn say(&mut self, text: &str) {
        self.line(text);
    }
}

/// What stands below the bar.
pub(super) fn below(tally: &Tally, age: Duration) -> String {
    let skipped = tally.count(|verdict| verdict == crate::verdict::Verdict::Skip);
    let failed = tally.count(crate::verdict::Verdict::is_failure);
    let placements = tally.by_placement().into_iter().map(|(placement, (ended, failed))| {
        let mark = if failed == 0 { '✔' } else { '✘' };
        format!("{placement} {ended} {mark}")
    });
    let now = tally.running.iter().take(NAMED).map(|(case, running)| {
        let dies: Vec<String> = running.dies.iter().map(u32::to_string).collect();
        let time = age.saturating_sub(Duration::from_nanos(running.since)).as_secs_f64();
        format!("{case} {} · {}", dies.join("→"), end::time(time))
    });
    format!(
        "{} running   {skipped} skipped   {failed} failed\n     {}\n     now: {}",
        tally.running.len(),
        placements.collect::<Vec<_>>().join("   "),
        now.collect::<Vec<_>>().join(" │ ")
    )
}

fn coloured(text: &str) -> String {
    text.replace('✔', "\x1b[32m✔\x1b[0m").replace('✘', "\x1b[31m✘\x1b[0m")
}
