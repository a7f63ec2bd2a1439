//! What test programs see of our environment: what they need, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;

use super::Backend;
use super::sim::Topology;
use crate::warm_up::VISIBLE;

/// Names that pass.
const NAMES: [&str; 9] =
    ["PATH", "HOME", "USER", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR", "RUST_BACKTRACE", "RUST_LOG"];
/// What passing names begin with.
const PREFIX: &str = "ASCEND_";
/// What does not pass all the same: it is ours to set.
const OURS: [&str; 2] = ["ASCEND_TEST_", "ASCEND_HWTEST_"];

/// The environment of every test program.
#[must_use]
pub(super) fn environment(
    ours: impl Iterator<Item = (String, String)>,
    backend: Backend,
    sim: Topology,
    cann: Option<&Path>,
) -> BTreeMap<String, String> {
    let passes = |name: &str| {
        let ours = OURS.iter().any(|prefix| name.starts_with(prefix)) || name == VISIBLE;
        NAMES.contains(&name) || name.starts_with(PREFIX) && !ours
    };
    let mut all: BTreeMap<String, String> = ours.filter(|(name, _)| passes(name)).collect();
    let mut set = |name: &str, value: &str| all.insert(name.to_owned(), value.to_owned());
    set("LC_ALL", "C");
    set("ASCEND_TEST_BACKEND", backend.word());
    set("ASCEND_LOG_DEVICE_FLUSH_TIMEOUT", "0"); // else CANN takes up to 2 s to exit
    set("ASCEND_COREDUMP_SIGNAL", "none"); // else CANN catches the signals that we send
    match backend {
        Backend::Sim => all.extend(sim.environment()),
        Backend::Hw => all.retain(|name, _| !name.starts_with("ASCEND_SIM")),
    }
    if let Some(cann) = cann {
        let library = cann.join("lib64").display().to_string();
        let search = all.get("LD_LIBRARY_PATH").map_or(library.clone(), |present| format!("{library}:{present}"));
        all.insert("LD_LIBRARY_PATH".into(), search);
        all.insert("ASCEND_HOME_PATH".into(), cann.display().to_string());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(backend: Backend) -> BTreeMap<String, String> {
        let ours = ["PATH", "SECRET", VISIBLE, "ASCEND_SIM_FAULTS", "ASCEND_HOME_PATH", "ASCEND_TEST_CASE"];
        let ours = ours.into_iter().map(|name| (name.to_owned(), "x".to_owned()));
        environment(ours, backend, "a3x4".parse().unwrap(), None)
    }

    #[test]
    fn only_what_is_on_the_list_passes() {
        let seen = seen(Backend::Sim);
        assert!(seen.contains_key("PATH") && seen.contains_key("ASCEND_HOME_PATH"));
        assert!(!["SECRET", VISIBLE, "ASCEND_TEST_CASE"].iter().any(|name| seen.contains_key(*name)));
        assert_eq!((seen["ASCEND_TEST_BACKEND"].as_str(), seen["ASCEND_SIM_DEVICES"].as_str()), ("sim", "4"));
    }

    #[test]
    fn hardware_sees_nothing_of_the_simulator() {
        assert!(seen(Backend::Hw).keys().all(|name| !name.starts_with("ASCEND_SIM")));
    }
}
