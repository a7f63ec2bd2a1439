//! `plan.json`: what a run set out to do, so that it can be repeated even if it was killed; and the plan as a text.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Backend, Options};
use crate::event::{Event, Line};
use crate::journal::Journal;
use crate::matrix::attempt::Setting;
use crate::matrix::reproduce::quoted;
use crate::plan::Planned;
use crate::verdict::Verdict;
use crate::warm_up::VISIBLE;

const NAME: &str = "plan.json";

/// What a run set out to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    /// On what.
    pub backend: Backend,
    /// The simulator's machine; of no meaning on hardware.
    pub sim: String,
    /// The seed, and with it the order.
    pub stress_count: u32,
    /// Every case.
    pub cases: Vec<Planned>,
    /// Cases of the run before that are still open.
    pub open: Vec<String>,
}

/// Writes it.
pub(super) fn write(folder: &Path, backend: Backend, options: &Options, planned: &[Planned]) -> io::Result<()> {
    let record = Record {
        backend,
        sim: options.sim.to_string(),
        stress_count: options.stress_count,
        cases: planned.to_vec(),
        open: options.open.clone(),
    };
    std::fs::write(folder.join(NAME), serde_json::to_vec_pretty(&record)?)
}

/// Reads it.
///
/// # Errors
/// If there is none, or it is torn.
pub fn read(folder: &Path) -> io::Result<Record> {
    Ok(serde_json::from_slice(&std::fs::read(folder.join(NAME))?)?)
}

impl Record {
    /// The cases that have neither passed nor been skipped nor failed as they must, by the run's journal; with how they
    /// ended, if they did.
    #[must_use]
    pub fn open(&self, journal: &[Line]) -> BTreeMap<String, Option<Verdict>> {
        let mut open: BTreeMap<String, Option<Verdict>> =
            self.cases.iter().map(|planned| (planned.case.name.clone(), None)).collect();
        open.extend(self.open.iter().cloned().map(|name| (name, None)));
        for line in journal {
            if let Event::CaseEnd(end) = &line.event {
                let never_ran = end.reason.starts_with("not run") || end.reason.starts_with("the run ended");
                match end.verdict {
                    Verdict::Pass | Verdict::XFail => open.remove(&end.case),
                    Verdict::Skip if !never_ran => open.remove(&end.case),
                    verdict => open.insert(end.case.clone(), Some(verdict)),
                };
            }
        }
        open
    }
}

/// Says every case with its command, and the environment of all.
pub(super) fn dry_run(journal: &Journal, setting: &Setting, planned: &[Planned]) {
    journal.say(" environment");
    for (name, value) in &setting.environment {
        journal.say(&format!("   {name}={}", quoted(value)));
    }
    for Planned { case, skip } in planned {
        let dies: Vec<String> = case.dies.iter().map(u32::to_string).collect();
        match (skip, setting.programs.get(&case.program)) {
            (Some(reason), _) => journal.say(&format!(" SKIP  {}: {reason}", case.name)),
            (None, program) => {
                let program = program.map(|path| path.display().to_string()).unwrap_or_default();
                let command =
                    format!("{} --exact {} --nocapture --test-threads=1", quoted(&program), quoted(&case.test));
                journal.say(&format!(" {}\n   {VISIBLE}={} {command}", case.name, dies.join(",")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Case, CaseEnd, Placement, VERSION};

    #[test]
    fn open_are_the_cases_that_failed_or_never_ended() {
        let planned = |name: &str| {
            let (program, test) = (String::new(), String::new());
            let case = Case { name: name.into(), program, test, placement: Placement::SameDie, dies: vec![] };
            Planned { case, skip: None }
        };
        let cases = ["passed", "failed", "lost", "skipped", "stopped"].map(planned).to_vec();
        let record =
            Record { backend: Backend::Sim, sim: "a2x8".into(), stress_count: 1, cases, open: vec!["before".into()] };
        let end = |case: &str, verdict: Verdict, reason: &str| {
            let (case, reason) = (case.to_owned(), reason.to_owned());
            let end = CaseEnd { case, attempt: 1, verdict, reason, known: None, seconds: 0.0, logs: None, again: None };
            Line { v: VERSION, t: 0, event: Event::CaseEnd(end) }
        };
        let journal = [
            end("passed", Verdict::Pass, ""),
            end("failed", Verdict::Fail, "x"),
            end("skipped", Verdict::Skip, "need 2 dies, have 1"),
            end("stopped", Verdict::Skip, "not run: interrupted"),
        ];
        let open: Vec<String> = record.open(&journal).into_keys().collect();
        assert_eq!(open, ["before", "failed", "lost", "stopped"]);
    }
}
