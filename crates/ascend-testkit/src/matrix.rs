//! A kill matrix: one scenario for each role, point and fault, each with a name of its own.

use std::fmt;

use serde::Serialize;

use crate::fault::{At, Fault};
use crate::report::Report;
use crate::role::{RoleCx, RoleResult, registry};
use crate::scenario::{Role, Scenario, Setup};

/// The variable that chooses one case, by its name: `consumer@wait.submitted/SIGKILL`.
pub const CASE: &str = "ASCEND_TEST_CASE";

/// Which roles are struck, where, and how: every combination is a case.
///
/// ```no_run
/// # use ascend_testkit::{Fault, Matrix, RoleCx, RoleResult, roles};
/// # roles![producer, consumer];
/// # fn producer(_: &mut RoleCx, _: ()) -> RoleResult { Ok(()) }
/// # fn consumer(_: &mut RoleCx, _: ()) -> RoleResult { Ok(()) }
/// # /*
/// #[test]
/// # */
/// fn nobody_hangs_when_a_peer_dies() {
///     let matrix = Matrix::new()
///         .victim("producer", &["created", "recorded"])
///         .victim("consumer", &["opened", "wait.submitted"])
///         .faults(&[Fault::KILL, Fault::SEGV]);
///     matrix.run(|s, case| {
///         let producer = case.spawn(s, producer, ());
///         let consumer = case.spawn(s, consumer, ());
///         let (victim, survivor) = case.sort(producer, consumer);
///         victim.strike();
///         assert!(survivor.outcome().passed());
///     });
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is run before `run`"]
pub struct Matrix {
    setup: Setup,
    victims: Vec<(String, Vec<String>)>,
    faults: Vec<Fault>,
}

/// One case of a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    victim: String,
    at: At,
}

impl Matrix {
    /// A matrix without a case.
    pub fn new() -> Self {
        Self::default()
    }

    /// The budgets of each case.
    pub fn setup(mut self, setup: Setup) -> Self {
        self.setup = setup;
        self
    }

    /// A role that is struck, by the name of its function, and the points at which it is.
    pub fn victim(mut self, role: &str, points: &[&str]) -> Self {
        self.victims.push((role.to_owned(), points.iter().map(|point| (*point).to_owned()).collect()));
        self
    }

    /// What is done at each point.
    pub fn faults(mut self, faults: &[Fault]) -> Self {
        self.faults.extend(faults);
        self
    }

    /// All cases.
    pub fn cases(&self) -> impl Iterator<Item = Case> {
        self.victims.iter().flat_map(move |(victim, points)| {
            points.iter().flat_map(move |point| {
                self.faults.iter().map(move |fault| Case { victim: victim.clone(), at: At::point(point).fault(*fault) })
            })
        })
    }

    /// Runs each case as a scenario of its own, all of them even if some fail; panics with the reports of those.
    ///
    /// # Panics
    /// If a case fails, or the environment asks for a case that is none.
    #[track_caller]
    pub fn run<F: Fn(&mut Scenario, &Case)>(&self, body: F) {
        let reports = self.run_reports(body);
        let failed: Vec<String> =
            reports.iter().filter(|report| !report.failures().is_empty()).map(ToString::to_string).collect();
        assert!(failed.is_empty(), "{} of {} cases failed\n\n{}", failed.len(), reports.len(), failed.join("\n"));
    }

    /// Runs each case as a scenario of its own, and returns their reports.
    ///
    /// # Panics
    /// If the environment asks for a case that is none.
    pub fn run_reports<F: Fn(&mut Scenario, &Case)>(&self, body: F) -> Vec<Report> {
        crate::role::enter_if_role();
        let wanted = std::env::var(CASE).ok();
        let is_wanted = |case: &Case| wanted.as_ref().is_none_or(|wanted| *wanted == case.to_string());
        let cases: Vec<Case> = self.cases().filter(is_wanted).collect();
        assert!(
            !cases.is_empty(),
            "the matrix has no case{}",
            wanted.map_or_else(String::new, |name| format!(" {name}"))
        );
        let setup = self.setup.clone().test_of::<F>();
        cases
            .iter()
            .map(|case| setup.clone().case(&case.to_string()).run_report(|s: &mut Scenario| body(s, case)))
            .collect()
    }
}

impl Case {
    /// The function that is struck.
    pub fn victim(&self) -> &str {
        &self.victim
    }

    /// Where, and how.
    pub fn at(&self) -> &At {
        &self.at
    }

    /// Whether a role is the one that is struck.
    pub fn is_victim(&self, role: &Role) -> bool {
        role.name() == self.victim
    }

    /// Starts a role, armed if it is the one that is struck.
    #[track_caller]
    pub fn spawn<A: Serialize, F: Fn(&mut RoleCx, A) -> RoleResult>(&self, s: &mut Scenario, role: F, args: A) -> Role {
        let is_victim = registry::names(&role).1 == self.victim;
        let prepared = s.prepare(role, args);
        if is_victim { prepared.armed(self.at.clone()).start() } else { prepared.start() }
    }

    /// The two roles of a case: the one that is struck, and the other.
    pub fn sort(&self, a: Role, b: Role) -> (Role, Role) {
        if self.is_victim(&a) { (a, b) } else { (b, a) }
    }
}

/// `role@point/SIGKILL`.
impl fmt::Display for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}@{}", self.victim, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_is_a_case_with_a_name() {
        let matrix = Matrix::new().victim("a", &["p", "q"]).victim("b", &["r"]).faults(&[Fault::KILL, Fault::Vanish]);
        let names: Vec<String> = matrix.cases().map(|case| case.to_string()).collect();
        assert_eq!(names, ["a@p/SIGKILL", "a@p/EXIT0", "a@q/SIGKILL", "a@q/EXIT0", "b@r/SIGKILL", "b@r/EXIT0"]);
    }
}
