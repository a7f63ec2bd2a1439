//! Counts of verdicts, and spreads of samples.

use serde::Serialize;

use crate::verdict::Verdict;
use crate::view::{CaseView, View};

/// How many cases ended how; a case counts once, by its last attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Cases.
    pub cases: usize,
    /// Passed, at once or in the end.
    pub pass: usize,
    /// Not run, for a reason.
    pub skip: usize,
    /// Failed as a known issue says.
    pub xfail: usize,
    /// Passed although a known issue says otherwise.
    pub xpass: usize,
    /// Failed.
    pub fail: usize,
    /// Left something behind.
    pub leak: usize,
    /// Did not end in time.
    pub hang: usize,
    /// Stuck in the driver.
    pub hang_in_driver: usize,
    /// The environment failed.
    pub infra: usize,
    /// Begun, and the run ended before they did.
    pub unfinished: usize,
    /// Of those that passed, how many not at once.
    pub flaky: usize,
}

impl Tally {
    /// Counts cases.
    #[must_use]
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseView>) -> Self {
        let mut tally = Self::default();
        for case in cases {
            tally.cases += 1;
            tally.flaky += usize::from(case.is_flaky());
            *match case.verdict() {
                Some(Verdict::Pass) => &mut tally.pass,
                Some(Verdict::Skip) => &mut tally.skip,
                Some(Verdict::XFail) => &mut tally.xfail,
                Some(Verdict::XPass) => &mut tally.xpass,
                Some(Verdict::Fail) => &mut tally.fail,
                Some(Verdict::Leak) => &mut tally.leak,
                Some(Verdict::Hang) => &mut tally.hang,
                Some(Verdict::HangInDriver) => &mut tally.hang_in_driver,
                Some(Verdict::Infra) => &mut tally.infra,
                None => &mut tally.unfinished,
            } += 1;
        }
        tally
    }

    /// Those that count against the code under test.
    #[must_use]
    pub const fn failures(&self) -> usize {
        self.xpass + self.fail + self.leak + self.hang
    }

    /// Those that say something about the environment.
    #[must_use]
    pub const fn errors(&self) -> usize {
        self.hang_in_driver + self.infra + self.unfinished
    }

    /// The words and counts that are not 0.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, usize)> {
        let all = [
            ("pass", self.pass),
            ("fail", self.fail),
            ("hang", self.hang),
            ("leak", self.leak),
            ("xpass", self.xpass),
            ("infra", self.infra),
            ("hang in driver", self.hang_in_driver),
            ("unfinished", self.unfinished),
            ("xfail", self.xfail),
            ("skip", self.skip),
        ];
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

/// How samples are spread, in their unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// How many there are.
    pub samples: usize,
    /// The least.
    pub min: f64,
    /// Half are below.
    pub p50: f64,
    /// Nine in ten are below.
    pub p90: f64,
    /// All but one in a hundred are below.
    pub p99: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// The spread of samples, if there are any.
    #[must_use]
    pub fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = samples.iter().copied().filter(|sample| sample.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        // The nearest rank: always a sample, never something between two.
        let rank = |percent: usize| sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1).min(last)];
        Some(Self {
            samples: sorted.len(),
            min: sorted[0],
            p50: rank(50),
            p90: rank(90),
            p99: rank(99),
            max: sorted[last],
        })
    }
}

/// Baseline against post-check: what a device was left with that it did not have, a sentence each, by bus id.
pub(super) fn dirt(view: &View) -> Vec<(String, String)> {
    use crate::event::Phase;
    const TOLERATED_MIB: u64 = 64;
    let mut dirt = Vec::new();
    for after in view.states.iter().filter(|state| state.phase == Phase::PostCheck) {
        // Of several looks the last one counts: memory may need seconds to come back.
        if view.states.iter().rfind(|state| state.phase == Phase::PostCheck && state.bus == after.bus) != Some(after) {
            continue;
        }
        let Some(before) = view.states.iter().find(|state| state.phase == Phase::Baseline && state.bus == after.bus)
        else {
            continue;
        };
        let mut add = |text| dirt.push((after.bus.clone(), text));
        if let (Some(was), Some(is)) = (before.used_mib, after.used_mib)
            && is > was + TOLERATED_MIB
        {
            add(format!("{} MiB more of its memory are used", is - was));
        }
        if before.health.is_some() && before.health != after.health {
            let word = |health: &Option<String>| health.clone().unwrap_or_else(|| "unknown".to_owned());
            add(format!("its health was {} and is {}", word(&before.health), word(&after.health)));
        }
        for (pid, name) in
            after.processes.iter().filter(|(pid, _)| !before.processes.iter().any(|(known, _)| known == pid))
        {
            add(format!("process {pid} {name} uses it"));
        }
    }
    dirt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        let samples: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let spread = Spread::of(&samples).unwrap();
        assert_eq!((spread.min, spread.p50, spread.p90, spread.p99, spread.max), (1.0, 50.0, 90.0, 99.0, 100.0));
        assert_eq!(Spread::of(&[3.0]).unwrap().p99, 3.0);
        assert_eq!(Spread::of(&[f64::NAN]), None);
    }
}
