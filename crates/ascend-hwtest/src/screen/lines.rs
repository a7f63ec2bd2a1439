//! One line for each case that has ended, a sign of life when none does, and the commands that GitHub understands.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use super::{Screen, Tally, end, head, name, phase_line};
use crate::event::{CaseEnd, Event, Line, Severity};

/// A sign of life, so often.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// GitHub shows ten annotations of a step; one is left for the step itself.
const ANNOTATIONS: usize = 9;

/// Lines, without colours.
pub struct Lines {
    out: Box<dyn Write + Send>,
    folder: PathBuf,
    tally: Tally,
    github: bool,
    /// Only failures.
    quiet: bool,
    shown_head: bool,
    heartbeat: Duration,
    annotations: usize,
}

impl Lines {
    /// Lines to `out` about the run in `folder`.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, folder: PathBuf, github: bool, quiet: bool) -> Self {
        let (tally, heartbeat) = (Tally::default(), HEARTBEAT);
        Self { out, folder, tally, github, quiet, shown_head: false, heartbeat, annotations: 0 }
    }

    /// Nobody may read it any more; the run goes on.
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}", text.trim_end_matches('\n')).and_then(|()| self.out.flush());
    }

    fn case_end(&mut self, ended: &CaseEnd, dies: &[u32]) {
        if ended.verdict.is_failure() || ended.verdict.is_infra() {
            self.line(&end::failure(ended, dies, &self.folder));
            if self.github && self.annotations < ANNOTATIONS {
                self.annotations += 1;
                self.line(&annotation(ended));
            }
        } else if !self.quiet {
            let count = format!("[{}/{}]", self.tally.last.len(), self.tally.planned);
            let why = [ended.known.clone().unwrap_or_default(), ended.reason.clone()].join(" ");
            let text =
                format!(" {:<5} {count} {}  {:.2}s  {}", ended.verdict.word(), ended.case, ended.seconds, why.trim());
            self.line(text.trim_end());
        }
    }
}

impl Screen for Lines {
    fn show(&mut self, line: &Line) {
        let running =
            if let Event::CaseEnd(end) = &line.event { self.tally.running.get(&end.case).cloned() } else { None };
        self.tally.add(line);
        self.heartbeat = Duration::from_nanos(line.t) + HEARTBEAT;
        match &line.event {
            Event::RunBegin(run) if !self.quiet && !self.shown_head => {
                self.shown_head = true;
                self.line(&head(run));
            }
            Event::PhaseBegin { phase } if self.github => self.line(&format!("::group::{}", name(*phase))),
            Event::PhaseEnd { phase, ok, summary } => {
                let seconds = self.tally.phases.last().map_or(0.0, |(.., seconds)| *seconds);
                if !self.quiet || !ok {
                    self.line(&phase_line(*phase, *ok, summary, seconds));
                }
                if self.github {
                    self.line("::endgroup::");
                }
            }
            Event::Finding(finding) if !self.quiet || finding.severity == Severity::Error => {
                let mark = if finding.severity == Severity::Error { "✘" } else { "!" };
                self.line(&end::finding(finding, mark));
            }
            Event::CaseEnd(ended) => self.case_end(ended, &running.map(|running| running.dies).unwrap_or_default()),
            Event::RunEnd { exit } => {
                let text = end::text(&self.tally, Some(&self.folder), *exit);
                self.line(&text);
            }
            _ => {}
        }
    }

    fn planned(&mut self, cases: usize) {
        self.tally.planned = cases;
    }

    fn tick(&mut self, age: Duration) {
        if age < self.heartbeat || self.quiet {
            return;
        }
        self.heartbeat = age + HEARTBEAT;
        let slowest = self.tally.running.iter().min_by_key(|(_, running)| running.since);
        let slowest = slowest.map(|(case, running)| {
            let time = age.saturating_sub(Duration::from_nanos(running.since));
            format!(", slowest {case} for {}", end::time(time.as_secs_f64()))
        });
        let text = format!(" … {}/{}{}", self.tally.last.len(), self.tally.planned, slowest.unwrap_or_default());
        self.line(&text);
    }

    fn say(&mut self, text: &str) {
        self.line(text);
    }
}

/// A failure as GitHub shows it beside the source, if the reason names a place in it.
fn annotation(ended: &CaseEnd) -> String {
    let place = ended.reason.rsplit_once(" at ").and_then(|(_, place)| {
        let mut parts = place.split([':', ')']);
        let (file, line) = (parts.next()?, parts.next()?.parse::<u32>().ok()?);
        file.ends_with(".rs").then(|| format!("file={},line={line},", escaped(file)))
    });
    let place = place.or_else(|| {
        let (_, place) = ended.reason.rsplit_once("(at ")?;
        let (file, rest) = place.split_once(':')?;
        let line: u32 = rest.split(':').next()?.parse().ok()?;
        file.ends_with(".rs").then(|| format!("file={},line={line},", escaped(file)))
    });
    let (place, word) = (place.unwrap_or_default(), ended.verdict.word());
    format!("::error {place}title={}::{word}: {}", escaped(&ended.case), escaped(&ended.reason))
}

/// As GitHub's commands want it.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace(',', "%2C").replace("::", "%3A%3A")
}
