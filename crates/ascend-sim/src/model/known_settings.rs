//! The names of all settings: what else looks like one is probably a slip of the pen.

use super::profile::{
    DEVICES_NAME, HANGS_NAME, MEMORY_NAME, PEERS_NAME, RECYCLE_NAME, RUNTIME_NAME, SOC_NAME, from_environment,
};

const PREFIX: &str = "ASCEND_SIM_";
const KNOWN: [&str; 14] = [
    DEVICES_NAME,
    SOC_NAME,
    RUNTIME_NAME,
    PEERS_NAME,
    MEMORY_NAME,
    HANGS_NAME,
    RECYCLE_NAME,
    "ASCEND_SIM_STRICT",
    "ASCEND_SIM_STRICT_FILE",
    "ASCEND_SIM_TRACE",
    "ASCEND_SIM_FAULTS",
    "ASCEND_SIM_PROCESS",
    "ASCEND_SIM_SEED",
    "ASCEND_SIM_SCHEDULE",
];

/// A sentence on each variable of the environment that means nothing.
pub(crate) fn complaints() -> Vec<String> {
    let mut complaints = of_names(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()));
    let strict = from_environment("ASCEND_SIM_STRICT").is_some_and(|mode| mode != "off");
    if from_environment("ASCEND_SIM_STRICT_FILE").is_some() && !strict {
        complaints
            .push("ASCEND_SIM_STRICT_FILE is set, but strict mode is off; set ASCEND_SIM_STRICT=report".to_owned());
    }
    complaints
}

fn of_names(names: impl Iterator<Item = String>) -> Vec<String> {
    let unknown: Vec<String> =
        names.filter(|name| name.starts_with(PREFIX) && !KNOWN.contains(&name.as_str())).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    vec![format!("{} means nothing; there are {}", unknown.join(", "), KNOWN.join(", "))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_setting_is_complained_about_once() {
        let names = |names: &[&str]| of_names(names.iter().map(|name| (*name).to_owned()));
        assert_eq!(names(&["PATH", "ASCEND_SIM", "ASCEND_SIM_SOC"]), [""; 0]);
        let complaints = names(&["ASCEND_SIM_SEEDS", "ASCEND_SIM_DEVICE"]);
        assert_eq!(complaints.len(), 1);
        assert!(
            complaints[0].starts_with("ASCEND_SIM_SEEDS, ASCEND_SIM_DEVICE means nothing; there are ASCEND_SIM_DEV")
        );
    }
}
