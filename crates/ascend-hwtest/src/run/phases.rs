//! The phases of a run, each with its sentence and its way to end everything.

use std::collections::BTreeMap;

use super::{Backend, Course, Deny, Done, Fatal, Isolation, record};
use crate::baseline::{self, Instruments, State};
use crate::build::{self, Program};
use crate::event::{CaseEnd, Die, Event, Finding, Link, Phase, Severity};
use crate::exit::Exit;
use crate::lease::{self, Holder, Lease, Refusal};
use crate::look::{self, Look};
use crate::matrix::attempt::Setting;
use crate::matrix::known::Known;
use crate::matrix::{Matrix, Policy};
use crate::plan::{self, Planned, Wish};
use crate::postcheck;
use crate::verdict::Verdict;
use crate::warm_up::{Keeper, warm_up};

/// A runtime that was just asked is an instrument: it tells of memory, and of devices that have gone.
impl Instruments for Look {
    fn devices(&self, dies: &[Die]) -> BTreeMap<String, baseline::Device> {
        let known = |die: &&Die| self.dies.iter().any(|seen| seen.bus == die.bus);
        let device = |die: &Die| {
            let used_mib = self.used_mib.get(&die.logic).copied();
            (die.bus.clone(), baseline::Device { used_mib, ..baseline::Device::default() })
        };
        dies.iter().filter(known).map(device).collect()
    }
}

impl Course<'_> {
    /// All phases but the report.
    pub(super) fn all(&mut self) -> Exit {
        let mut dirty = false;
        let fatal = self.sequence(&mut dirty).err();
        if self.stop.interrupted() {
            return Exit::Interrupted;
        }
        match fatal {
            Some((exit, _)) => exit,
            None => self.verdict(dirty),
        }
    }

    fn sequence(&mut self, dirty: &mut bool) -> Result<(), Fatal> {
        let look = self.phase(Phase::Preflight, Self::preflight)?;
        let programs = self.phase(Phase::Build, Self::build)?;
        let (dies, planned) = self.phase(Phase::Plan, |course| course.plan(&look, &programs))?;
        let setting = self.setting(&programs);
        if self.options.dry_run {
            super::record::dry_run(self.journal, &setting, &planned);
            return Ok(());
        }
        let _leases = self.phase(Phase::Lease, |course| course.lease(&dies))?;
        let before = self.phase(Phase::Baseline, |course| course.baseline(&dies))?;
        let keepers = if self.options.no_warm_up {
            Vec::new()
        } else {
            self.phase(Phase::WarmUp, |course| course.warm_up(&dies))?
        };
        let ran = self.phase(Phase::Matrix, |course| course.matrix(&setting, &dies, &look.links, planned));
        drop(keepers);
        // Also after an interrupt: devices must be looked at.
        *dirty = self.phase(Phase::PostCheck, |course| course.post_check(&dies, &before)).is_err();
        // Cases that fail are counted in the end.
        if self.ends.is_empty() { ran } else { Ok(()) }
    }

    fn phase<T>(&mut self, phase: Phase, body: impl FnOnce(&mut Self) -> Done<T>) -> Result<T, Fatal> {
        let early = matches!(phase, Phase::Build | Phase::Plan | Phase::Lease | Phase::Baseline | Phase::WarmUp);
        if let Some(why) = self.stop.reason().filter(|_| early) {
            return Err((Exit::OutOfTime, why.to_owned()));
        }
        self.journal.tell(Event::PhaseBegin { phase });
        let outcome = body(self);
        let (ok, summary) = match &outcome {
            Ok((_, summary)) => (true, summary.clone()),
            Err((_, why)) => (false, why.clone()),
        };
        self.journal.tell(Event::PhaseEnd { phase, ok, summary });
        outcome.map(|(value, _)| value)
    }

    fn look(&self) -> Look {
        look::look(&self.site.root, &self.site.runner, self.backend, &self.environment)
    }

    fn preflight(&mut self) -> Done<Look> {
        let look = self.look();
        for finding in &look.findings {
            self.journal.tell(Event::Finding(finding.clone()));
        }
        if look.is_hopeless() {
            let severe = |finding: &&Finding| finding.severity == Severity::Error;
            let first = look.findings.iter().find(severe).map(|finding| finding.title.clone()).unwrap_or_default();
            let why = format!("no usable hardware: {first}. Run this on an Ascend server, or use --backend sim");
            return Err((Exit::NoHardware, why));
        }
        self.run.versions.clone_from(&look.versions);
        self.run.versions.insert("dies".into(), look.dies.len().to_string());
        let unmet: Vec<String> = self.options.require.iter().filter_map(|one| one.unmet(&self.run.versions)).collect();
        if !unmet.is_empty() {
            return Err((Exit::CannotRun, unmet.join("; ")));
        }
        self.warnings = look.findings.len();
        let soc = look.versions.get("soc").map_or("?", String::as_str);
        let label =
            if self.backend == Backend::Sim { format!("simulator {}: ", self.options.sim) } else { String::new() };
        let summary = format!("{label}{} dies of {soc}, {} notes", look.dies.len(), look.findings.len());
        Ok((look, summary))
    }

    fn build(&mut self) -> Done<Vec<Program>> {
        let programs = match (&self.options.programs, &self.site.workspace) {
            (Some(folder), _) => build::found_in(folder).map_err(|why| (Exit::BuildFailed, why))?,
            (None, None) => {
                let why = "this folder is no checkout of ascend-ipc; give the test programs with --programs DIR";
                return Err((Exit::Usage, why.to_owned()));
            }
            (None, Some(root)) => {
                let kept = (!self.options.dry_run).then(|| self.folder.join("build.log"));
                let log = kept.unwrap_or_else(|| "/dev/null".into());
                let built = build::build(root, &log, self.options.offline);
                built.map_err(|why| (Exit::BuildFailed, why))?
            }
        };
        self.run.programs = programs.iter().map(|one| (one.name.clone(), one.sha256.clone())).collect();
        if let Some(root) = &self.site.workspace {
            self.run.git = build::commit(root);
            self.run.versions.extend(build::rustc(root).map(|version| ("rustc".to_owned(), version)));
        }
        // Again, now that more is known: the last one counts.
        self.journal.tell(Event::RunBegin(Box::new(self.run.clone())));
        let names: Vec<&str> = programs.iter().map(|program| program.name.as_str()).collect();
        let git = self.run.git.as_deref().map(|git| format!(", {git}")).unwrap_or_default();
        let summary = format!("{} test programs: {}{git}", programs.len(), names.join(", "));
        Ok((programs, summary))
    }

    fn plan(&mut self, look: &Look, programs: &[Program]) -> Done<(Vec<Die>, Vec<Planned>)> {
        let visible = std::env::var(crate::warm_up::VISIBLE).ok().filter(|_| self.backend == Backend::Hw);
        let dies = self.options.devices.choose(&look.dies, visible.as_deref()).map_err(|why| (Exit::CannotRun, why))?;
        let mut tests = Vec::new();
        for program in programs {
            let listed = build::tests(program, &self.environment).map_err(|why| (Exit::BuildFailed, why))?;
            tests.extend(listed.into_iter().map(|test| (program.name.clone(), test)));
        }
        let mut filters = self.options.filters.clone();
        let any = self.options.names.iter().cloned().map(plan::filter::Filter::Name);
        filters.extend(any.reduce(|left, right| plan::filter::Filter::Or(Box::new(left), Box::new(right))));
        let wish = Wish {
            filters,
            suite: if self.options.only.is_empty() { self.options.suite } else { plan::Suite::Full },
            topology: self.options.topology.clone(),
            shard: self.options.shard,
            seed: self.run.seed,
            repeat: self.options.stress_count,
        };
        let mut planned = plan::plan(&tests, &dies, &look.links, &wish);
        let only = &self.options.only;
        planned.retain(|planned| only.is_empty() || only.contains(&planned.case.name));
        if planned.is_empty() {
            return Err((Exit::NothingSelected, "nothing is selected".to_owned()));
        }
        self.journal.planned(planned.len());
        let links = look
            .links
            .iter()
            .filter(|link| [link.from, link.to].iter().all(|id| dies.iter().any(|die| die.logic == *id)));
        self.journal.tell(Event::Topology { dies: dies.clone(), links: links.cloned().collect() });
        if !self.options.dry_run {
            let kept = record::write(self.folder, self.backend, self.options, &planned);
            kept.map_err(|error| (Exit::Internal, format!("cannot write the plan: {error}")))?;
        }
        let skipped = planned.iter().filter(|planned| planned.skip.is_some()).count();
        let summary =
            format!("{} cases on {} dies, {skipped} cannot run here, seed {:#x}", planned.len(), dies.len(), wish.seed);
        Ok(((dies, planned), summary))
    }

    fn setting(&self, programs: &[Program]) -> Setting {
        Setting {
            root: self.site.root.clone(),
            runner: self.site.runner.clone(),
            run: self.run.run.clone(),
            folder: self.folder.to_owned(),
            backend: self.run.backend.clone(),
            environment: self.environment.clone(),
            programs: programs.iter().map(|program| (program.name.clone(), program.path.clone())).collect(),
            timeout: self.options.init_timeout.saturating_add(self.options.test_timeout),
            grace: self.options.grace,
        }
    }

    fn lease(&mut self, dies: &[Die]) -> Done<Vec<Lease>> {
        let folder = lease::folder(self.options.lock_dir.as_deref(), self.backend == Backend::Sim, self.folder);
        let buses: Vec<String> = dies.iter().map(|die| die.bus.clone()).collect();
        let holder = Holder {
            run: self.run.run.clone(),
            pid: std::process::id(),
            since: self.run.started.clone(),
            argv: self.run.argv.clone(),
        };
        let mut told = None;
        let mut waiting = |bus: &str, holder: Option<&Holder>| {
            let who = describe(holder);
            if told.as_ref() != Some(&who) && !self.options.wait.is_zero() {
                self.journal.say(&format!(" … waiting for {bus}, which {who} has"));
                told = Some(who);
            }
            self.stop.reason().is_none()
        };
        match lease::take(&folder, &buses, &holder, self.options.wait, &mut waiting) {
            Ok(leases) => Ok((leases, format!("{} dies ({})", dies.len(), self.run.isolation))),
            Err(Refusal::Busy { bus, holder }) => Err((
                Exit::Busy,
                format!("{bus} is busy: {} has it; try again later, or --wait 10m", describe(holder.as_ref())),
            )),
            Err(Refusal::Broken(why)) => Err((Exit::Internal, why)),
        }
    }

    fn state(&self, dies: &[Die]) -> State {
        baseline::look(&self.look(), &self.site.root, dies, &self.run.run)
    }

    fn baseline(&mut self, dies: &[Die]) -> Done<State> {
        let state = self.state(dies);
        state.events(Phase::Baseline).for_each(|event| self.journal.tell(event));
        let used = state.devices.iter().find(|(_, device)| !device.processes.is_empty());
        if let (Some((bus, device)), Isolation::Exclusive) = (used, self.options.isolation) {
            let users: Vec<String> = device.processes.iter().map(|(pid, name)| format!("{pid} `{name}`")).collect();
            return Err((
                Exit::Busy,
                format!("{bus} is used by {}; --isolation shared runs all the same", users.join(", ")),
            ));
        }
        let summary = state.summary();
        Ok((state, summary))
    }

    fn warm_up(&mut self, dies: &[Die]) -> Done<Vec<Keeper>> {
        let mut keepers = Vec::new();
        for die in dies {
            if let Some(why) = self.stop.reason() {
                return Err((Exit::OutOfTime, why.to_owned()));
            }
            let patience = self.options.init_timeout.max(std::time::Duration::from_secs(10));
            let started = warm_up(&self.site.runner, self.backend, &self.environment, die, &self.run.run, patience);
            keepers.push(started.map_err(|why| (Exit::Infra, why))?);
        }
        let times: Vec<f64> = keepers.iter().map(|keeper| keeper.took.as_secs_f64()).collect();
        let slowest = times.iter().copied().fold(0.0, f64::max);
        let first = times.first().copied().unwrap_or_default();
        let summary = format!("first aclrtSetDevice {first:.2}s, slowest {slowest:.2}s");
        Ok((keepers, summary))
    }

    fn matrix(&mut self, setting: &Setting, dies: &[Die], links: &[Link], planned: Vec<Planned>) -> Done<()> {
        let file = self.options.known_issues.clone();
        let file = file.or_else(|| Some(self.site.workspace.as_ref()?.join("ci/hw-test/known-issues.toml")));
        let soc = self.run.versions.get("soc").cloned().unwrap_or_default();
        let known = file.map_or_else(|| Ok(Known::default()), |file| Known::read(&file, &self.run.backend, &soc));
        let known = known.map_err(|why| (Exit::Usage, why))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let free = if self.backend == Backend::Sim { cores } else { dies.len() };
        let policy = Policy {
            jobs: self.options.jobs.unwrap_or(free).clamp(1, dies.len().max(1)),
            retries_infra: self.options.retries_infra,
            retry_failures: self.options.retry_failures,
            fail_fast: self.options.fail_fast,
        };
        let stop = || self.stop.reason();
        let matrix = Matrix { setting, policy, known: &known, dies, links, journal: self.journal, stop: &stop };
        self.ends = matrix.run(planned);
        let last = last(&self.ends);
        let count = |is: fn(Verdict) -> bool| last.values().filter(|end| is(end.verdict)).count();
        let failed = count(|verdict| verdict.is_failure() || verdict.is_infra());
        let summary =
            format!("{} cases, {failed} failed, {} skipped", last.len(), count(|verdict| verdict == Verdict::Skip));
        if failed > 0 { Err((Exit::Failed, summary)) } else { Ok(((), summary)) }
    }

    fn post_check(&mut self, dies: &[Die], before: &State) -> Done<()> {
        let (after, differing) = postcheck::settle(before, &mut || self.state(dies));
        after.events(Phase::PostCheck).for_each(|event| self.journal.tell(event));
        if !differing.is_empty() {
            return Err((Exit::Dirty, format!("devices NOT clean: {}", differing.join("; "))));
        }
        Ok(((), "devices clean: memory back to baseline, no processes, no shared memory left".to_owned()))
    }

    /// The exit code of a run that went through its phases.
    fn verdict(&self, dirty: bool) -> Exit {
        let last = last(&self.ends);
        let any = |is: fn(Verdict) -> bool| last.values().any(|end| is(end.verdict));
        let denied = self.options.deny.iter().any(|deny| match deny {
            Deny::Skips => any(|verdict| verdict == Verdict::Skip),
            Deny::Flaky => self.ends.iter().any(|end| end.verdict.is_failure()),
            Deny::Warnings => self.warnings > 0,
            Deny::Dirty => self.run.git.as_deref().is_none_or(|git| git.ends_with("-dirty")),
        });
        let mut reasons = Vec::new();
        let mut add = |holds: bool, exit: Exit| reasons.extend(holds.then_some(exit));
        add(any(Verdict::is_failure) || denied, Exit::Failed);
        add(dirty, Exit::Dirty);
        add(any(Verdict::is_infra), Exit::Infra);
        add(self.stop.is_late(), Exit::OutOfTime);
        add(!last.is_empty() && last.values().all(|end| end.verdict == Verdict::Skip), Exit::CannotRun);
        let worst = Exit::worst(&reasons);
        let open = self.options.open.iter().any(|case| !last.contains_key(case.as_str()));
        if worst == Exit::Ok && open { Exit::StillOpen } else { worst }
    }
}

fn last(ends: &[CaseEnd]) -> BTreeMap<&str, &CaseEnd> {
    ends.iter().map(|end| (end.case.as_str(), end)).collect()
}

fn describe(holder: Option<&Holder>) -> String {
    holder.map_or_else(
        || "somebody".to_owned(),
        |holder| format!("run {} (pid {}, since {})", holder.run, holder.pid, holder.since),
    )
}
