//! Runs the cases on the leased devices: as many at a time as devices allow, each attempt in a process group of its own.

pub mod attempt;
mod dump;
pub mod judge;
pub mod known;
mod measure;
pub(crate) mod reproduce;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::event::{Case, CaseEnd, Die, Event, Link};
use crate::journal::Journal;
use crate::plan::{Planned, again};
use crate::verdict::Verdict;
use attempt::Setting;
use known::Known;

/// So many infra verdicts in a row, and a device is not used any more in this run.
const STREAK: u32 = 2;

/// What to do with cases that do not pass.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Cases at a time.
    pub jobs: usize,
    /// Further attempts after the environment failed.
    pub retries_infra: u32,
    /// Further attempts after a failure.
    pub retry_failures: u32,
    /// Whether the first failure ends the run.
    pub fail_fast: bool,
}

/// All that a matrix needs.
pub struct Matrix<'a> {
    /// How attempts are run.
    pub setting: &'a Setting,
    /// What becomes of those that fail.
    pub policy: Policy,
    /// What must fail.
    pub known: &'a Known,
    /// The leased devices.
    pub dies: &'a [Die],
    /// How they reach each other.
    pub links: &'a [Link],
    /// Where everything is told.
    pub journal: &'a Journal,
    /// Why the run has to end now, if it has to.
    pub stop: &'a (dyn Fn() -> Option<&'static str> + Sync),
}

struct Job {
    case: Case,
    attempt: u32,
    infra: u32,
    failures: u32,
}

#[derive(Default)]
struct Table {
    queue: VecDeque<Job>,
    busy: BTreeSet<u32>,
    running: usize,
    started: u64,
    streaks: BTreeMap<u32, u32>,
    quarantined: BTreeSet<u32>,
    stopped: Option<&'static str>,
    ends: Vec<CaseEnd>,
}

impl Matrix<'_> {
    /// Runs all of them; every attempt's end, in the order in which they ended.
    #[must_use]
    pub fn run(&self, planned: Vec<Planned>) -> Vec<CaseEnd> {
        let mut table = Table::default();
        for Planned { case, skip } in planned {
            match skip {
                Some(reason) => {
                    let end = ended(&case, 1, Verdict::Skip, reason);
                    self.journal.tell(Event::CaseEnd(end.clone()));
                    table.ends.push(end);
                }
                None => table.queue.push_back(Job { case, attempt: 1, infra: 0, failures: 0 }),
            }
        }
        let (table, changed) = (Mutex::new(table), Condvar::new());
        std::thread::scope(|scope| {
            // A worker outlives the processes that it starts: they die with the thread that started them.
            let workers: Vec<_> =
                (0..self.policy.jobs.max(1)).map(|_| scope.spawn(|| self.work(&table, &changed))).collect();
            while workers.iter().any(|worker| !worker.is_finished()) {
                self.journal.tick();
                // sleep: the screen's pace
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        table.into_inner().unwrap_or_else(PoisonError::into_inner).ends
    }

    fn work(&self, table: &Mutex<Table>, changed: &Condvar) {
        while let Some((job, number)) = self.next(table, changed) {
            self.journal.tell(Event::CaseBegin { case: job.case.clone(), attempt: job.attempt });
            let stops = || (self.stop)().is_some() || lock(table).stopped.is_some();
            let end = match attempt::run(self.setting, &job.case, job.attempt, number, &stops) {
                Ok(Some(end)) => end,
                Ok(None) => ended(&job.case, job.attempt, Verdict::Skip, "the run ended before it did".to_owned()),
                Err(error) => ended(&job.case, job.attempt, Verdict::Infra, format!("cannot be run: {error}")),
            };
            let (verdict, known) = self.known.apply(&job.case, end.verdict);
            let end = CaseEnd { verdict, known, ..end };
            for measure in measure::of(self.setting, &end) {
                self.journal.tell(measure);
            }
            self.journal.tell(Event::CaseEnd(end.clone()));
            self.settle(&mut lock(table), job, end);
            changed.notify_all();
        }
        changed.notify_all();
    }

    /// The next case whose devices are free; waits for one. `None` when there will be no more.
    fn next(&self, table: &Mutex<Table>, changed: &Condvar) -> Option<(Job, u64)> {
        let mut table = lock(table);
        loop {
            if let Some(why) = (self.stop)().or(table.stopped) {
                self.give_up(&mut table, &format!("not run: {why}"));
                return None;
            }
            if table.queue.is_empty() && table.running == 0 {
                return None;
            }
            self.move_away(&mut table);
            let is_free = |job: &Job| job.case.dies.iter().all(|die| !table.busy.contains(die));
            if let Some(job) = table.queue.iter().position(is_free).and_then(|index| table.queue.remove(index)) {
                table.busy.extend(&job.case.dies);
                table.running += 1;
                table.started += 1;
                return Some((job, table.started));
            }
            let waited = changed.wait_timeout(table, Duration::from_millis(100));
            table = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Frees the devices, and decides whether there is another attempt.
    fn settle(&self, table: &mut Table, mut job: Job, end: CaseEnd) {
        table.running -= 1;
        for die in &job.case.dies {
            table.busy.remove(die);
            let streak = table.streaks.entry(*die).or_default();
            *streak = if end.verdict.is_infra() { *streak + 1 } else { 0 };
            if (*streak >= STREAK || end.verdict == Verdict::HangInDriver) && table.quarantined.insert(*die) {
                self.journal.say(&format!("die {die} is in quarantine: {}", end.reason));
            }
        }
        if end.verdict.is_failure() && self.policy.fail_fast && job.failures >= self.policy.retry_failures {
            table.stopped = Some("a case failed (--fail-fast)");
        }
        let retries = if end.verdict.is_infra() && job.infra < self.policy.retries_infra {
            job.infra += 1;
            let used = job.case.dies.clone();
            let avoid = |die: u32| used.contains(&die) || table.quarantined.contains(&die);
            job.case = again(&job.case, &avoid, self.dies, self.links).unwrap_or(job.case);
            true
        } else if end.verdict.is_failure() && job.failures < self.policy.retry_failures {
            job.failures += 1;
            true
        } else {
            false
        };
        table.ends.push(end);
        if retries {
            job.attempt += 1;
            table.queue.push_back(job);
        }
    }

    /// Moves waiting cases off devices that are in quarantine; those that fit nowhere else end.
    fn move_away(&self, table: &mut Table) {
        if table.quarantined.is_empty() {
            return;
        }
        let Table { queue, quarantined, ends, .. } = table;
        queue.retain_mut(|job| {
            if !job.case.dies.iter().any(|die| quarantined.contains(die)) {
                return true;
            }
            if let Some(case) = again(&job.case, &|die| quarantined.contains(&die), self.dies, self.links) {
                job.case = case;
                return true;
            }
            let end = ended(&job.case, job.attempt, Verdict::Infra, "no device is left for it".to_owned());
            self.journal.tell(Event::CaseEnd(end.clone()));
            ends.push(end);
            false
        });
    }

    fn give_up(&self, table: &mut Table, reason: &str) {
        for job in std::mem::take(&mut table.queue) {
            let end = ended(&job.case, job.attempt, Verdict::Skip, reason.to_owned());
            self.journal.tell(Event::CaseEnd(end.clone()));
            table.ends.push(end);
        }
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An end without a process.
fn ended(case: &Case, attempt: u32, verdict: Verdict, reason: String) -> CaseEnd {
    CaseEnd { case: case.name.clone(), attempt, verdict, reason, known: None, seconds: 0.0, logs: None, again: None }
}
