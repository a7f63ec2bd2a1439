//! From a test function to its report: names, budgets, the body, the end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use super::wait::Stop;
use super::{Scenario, finish};
use crate::backend::{Backend, VARIABLE};
use crate::clock::Budgets;
use crate::listen::Listener;
use crate::process::{files, nursery};
use crate::report::{Failure, FailureKind, Report};
use crate::state::Shared;

/// Runs a scenario; panics with its report if it fails.
///
/// Stands first in its test, which a role's process runs again: what comes before it happens in every role, too.
///
/// # Panics
/// If the scenario fails.
#[track_caller]
pub fn run<F: FnOnce(&mut Scenario)>(body: F) {
    Setup::new().run(body);
}

/// Runs a scenario, and returns its report instead of panicking.
pub fn run_report<F: FnOnce(&mut Scenario)>(body: F) -> Report {
    Setup::new().run_report(body)
}

/// A scenario with more to say about it before it runs.
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is run before `run`"]
pub struct Setup {
    budgets: Budgets,
    test: Option<String>,
    /// The type of the closure that stands in the test.
    closure: Option<&'static str>,
    case: Option<String>,
}

impl Setup {
    /// A scenario with 10 s for the start-up, 30 s for the body, and 5 s for the teardown.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long roles may take, in all, to come to their functions and through [`start_up`](crate::RoleCx::start_up).
    pub fn start_up(mut self, budget: Duration) -> Self {
        self.budgets.start_up = budget;
        self
    }

    /// How long everything else may take until every role has ended.
    pub fn body(mut self, budget: Duration) -> Self {
        self.budgets.body = budget;
        self
    }

    /// How long it may take, after a failure, to end every process.
    pub fn teardown(mut self, budget: Duration) -> Self {
        self.budgets.teardown = budget;
        self
    }

    /// The path of the test, as `--exact` takes it. Needed only if the body is not a closure of the test function itself.
    pub fn test(mut self, path: &str) -> Self {
        self.test = Some(path.to_owned());
        self
    }

    /// The test is the one in which a closure of this type stands.
    pub(crate) fn test_of<F>(mut self) -> Self {
        self.closure = Some(std::any::type_name::<F>());
        self
    }

    /// Which case of the test this is.
    pub(crate) fn case(mut self, label: &str) -> Self {
        self.case = Some(label.to_owned());
        self
    }

    /// Runs the scenario; panics with its report if it fails.
    ///
    /// # Panics
    /// If the scenario fails.
    #[track_caller]
    pub fn run<F: FnOnce(&mut Scenario)>(self, body: F) {
        let report = self.run_report(body);
        assert!(report.failures().is_empty(), "{report}");
    }

    /// Runs the scenario, and returns its report instead of panicking.
    pub fn run_report<F: FnOnce(&mut Scenario)>(self, body: F) -> Report {
        crate::role::enter_if_role();
        let path = self.closure.unwrap_or_else(std::any::type_name::<F>);
        let test = self.test.clone().unwrap_or_else(|| test_of(path).to_owned());
        let case = self.case.as_ref().map_or_else(String::new, |case| format!("[{case}]"));
        let rerun = rerun(path, &test, self.case.as_deref());
        let (scenario, name) = match Backend::from_env() {
            Ok(backend) => {
                let name = format!("{test}{case}@{backend}");
                (self.set_up(&name, test, backend).map_err(|error| error.to_string()), name)
            }
            Err(error) => (Err(error.to_string()), format!("{test}{case}")),
        };
        let report = match scenario {
            Ok(mut scenario) => {
                let end = catch_unwind(AssertUnwindSafe(|| {
                    body(&mut scenario);
                    scenario.join();
                }));
                let skipped = end.err().and_then(|thrown| booked(&scenario.shared, thrown));
                finish::finish(scenario, skipped, rerun)
            }
            Err(text) => Report {
                name,
                skipped: None,
                failures: vec![Failure::new(FailureKind::Setup, text)],
                roles: Vec::new(),
                hang: None,
                times: [Duration::ZERO; 3],
                rerun,
            },
        };
        match report.skipped() {
            Some(reason) if report.failures().is_empty() => crate::skip::skipped(report.name(), reason),
            _ => crate::skip::ran(),
        }
        report
    }

    fn set_up(self, name: &str, test: String, backend: Backend) -> std::io::Result<Scenario> {
        nursery::adopt_orphans();
        let shared = Arc::new(Shared::new(self.budgets));
        let listener = Listener::start(Arc::clone(&shared), backend.clone())?;
        let before = files::names();
        Ok(Scenario {
            shared,
            listener,
            name: name.to_owned(),
            id: id(),
            thread: std::thread::current().id(),
            test,
            backend,
            files: Vec::new(),
            before,
        })
    }
}

/// Books what the body has thrown; the reason if it skipped itself.
fn booked(shared: &Shared, thrown: Box<dyn std::any::Any + Send>) -> Option<String> {
    let message = match thrown.downcast::<Stop>() {
        Ok(stop) => match *stop {
            Stop::Failed => return None,
            Stop::Skip(reason) => return Some(reason),
        },
        Err(thrown) => match thrown.downcast::<String>() {
            Ok(text) => *text,
            Err(thrown) => {
                thrown.downcast_ref::<&str>().map_or_else(|| "without a message".to_owned(), |text| (*text).to_owned())
            }
        },
    };
    let failure = Failure::new(FailureKind::Body, format!("the body panicked: {message}"));
    shared.lock().fail_after_troubles(None, failure);
    None
}

/// The path of the test whose closure has this type: the first part is the crate's name.
fn test_of(path: &str) -> &str {
    let path = path.split("::{{closure}}").next().unwrap_or(path);
    path.split_once("::").map_or(path, |(_, test)| test)
}

/// The command that runs this case again.
fn rerun(path: &str, test: &str, case: Option<&str>) -> String {
    let target = path.split("::").next().unwrap_or(path);
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let which = if package.replace('-', "_") == target { "--lib".to_owned() } else { format!("--test {target}") };
    let package = if package.is_empty() { package } else { format!("-p {package} ") };
    let backend = std::env::var(VARIABLE).map_or_else(|_| String::new(), |value| format!("{VARIABLE}='{value}' "));
    let case = case.map_or_else(String::new, |case| format!("ASCEND_TEST_CASE='{case}' "));
    format!("{backend}{case}cargo test {package}{which} -- --exact {test}")
}

/// An id that no other scenario of this machine has.
fn id() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    format!("{}-{}-{since:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closures_type_names_its_test() {
        assert_eq!(test_of("kit::module::rule::{{closure}}"), "module::rule");
        assert_eq!(test_of("kit::rule::{{closure}}::{{closure}}"), "rule");
        fn path<F: FnOnce()>(_: F) -> &'static str {
            std::any::type_name::<F>()
        }
        assert_eq!(test_of(path(|| ())), "scenario::run::tests::a_closures_type_names_its_test");
    }

    #[test]
    fn the_command_to_rerun_names_target_test_and_case() {
        let command = rerun("wait::rule::{{closure}}", "rule", Some("a@b/SIGKILL"));
        assert!(command.contains("ASCEND_TEST_CASE='a@b/SIGKILL' cargo test "), "{command}");
        assert!(command.ends_with("--test wait -- --exact rule"), "{command}");
    }

    #[test]
    fn ids_differ() {
        assert_ne!(id(), id());
    }
}
