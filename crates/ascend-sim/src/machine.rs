//! Chooses, from within a program, which machine is simulated.

use std::fmt;

use crate::model::peer::Peers;
use crate::model::profile::{self, Hangs, Profile, Recycle};
use crate::model::{known_settings, runtime};

/// The machine that a program wants; what it does not name comes from the environment, or is the default.
///
/// ```
/// use ascend_sim::{Machine, Peers, Soc};
///
/// let machine = Machine::new().devices(2).soc(Soc::Ascend910C).runtime("9.0.0").peers(Peers::Card);
/// machine.install()?;
/// # Ok::<(), ascend_sim::InstallError>(())
/// ```
///
/// A process has one machine. Processes that share events and memory are meant to be on the same one; those that the
/// program starts get it as environment:
///
/// ```
/// use ascend_sim::{Machine, Soc};
///
/// let machine = Machine::new().devices(4).soc(Soc::Named("Ascend910B1".into()));
/// let mut child = std::process::Command::new("true");
/// child.envs(machine.environment());
/// # child.status()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a machine does nothing until it is installed, or given to another process"]
pub struct Machine {
    /// Names and values of environment variables, in the order in which they were given, each name once.
    settings: Vec<(&'static str, String)>,
}

/// A SoC to simulate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Soc {
    /// One of an Atlas A2; what a fresh machine has.
    Ascend910B,
    /// One of an Atlas A3: devices `2 * k` and `2 * k + 1` are the dies of one card.
    Ascend910C,
    /// A 950 with IPC events, which opens events by rules of its own.
    Ascend950PR,
    /// A 950 whose driver refuses IPC events.
    Ascend950DT,
    /// One without IPC events.
    Unsupported,
    /// By its full name, such as `Ascend910B1`.
    Named(String),
}

impl Soc {
    fn name(&self) -> &str {
        match self {
            Self::Ascend910B => "910B",
            Self::Ascend910C => "910C",
            Self::Ascend950PR => "950PR",
            Self::Ascend950DT => "950DT",
            Self::Unsupported => "unsupported",
            Self::Named(name) => name,
        }
    }
}

/// Why a machine cannot be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstallError {
    /// The process has a machine: one was installed before, or a function of the runtime was called.
    AlreadyRunning,
    /// What the program named makes no sense; a sentence for each such setting.
    Nonsense(Vec<String>),
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyRunning => {
                write!(f, "the process simulates a machine already; install one before the first call")
            }
            Self::Nonsense(complaints) => write!(f, "there is no such machine: {}", complaints.join("; ")),
        }
    }
}

impl std::error::Error for InstallError {}

impl Machine {
    /// A machine of which nothing is named yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of devices, 0 to 64; `ASCEND_SIM_DEVICES`.
    pub fn devices(self, count: u32) -> Self {
        self.with(profile::DEVICES_NAME, count.to_string())
    }

    /// The SoC; `ASCEND_SIM_SOC`.
    pub fn soc(self, soc: Soc) -> Self {
        self.with(profile::SOC_NAME, soc.name().to_owned())
    }

    /// The runtime's release, as tags call it: `9.1.0`, `9.0.0-beta.2`; `ASCEND_SIM_RUNTIME`.
    pub fn runtime(self, release: impl Into<String>) -> Self {
        self.with(profile::RUNTIME_NAME, release.into())
    }

    /// Which devices reach each other's memory; `ASCEND_SIM_PEERS`.
    pub fn peers(self, peers: Peers) -> Self {
        self.with(profile::PEERS_NAME, word(&profile::PEERS, peers))
    }

    /// Memory of a device in GiB, 1 to 1024; `ASCEND_SIM_MEMORY_GIB`.
    pub fn memory_gib(self, gib: u64) -> Self {
        self.with(profile::MEMORY_NAME, gib.to_string())
    }

    /// What happens where the real runtime hangs; `ASCEND_SIM_HANGS`.
    pub fn hangs(self, hangs: Hangs) -> Self {
        self.with(profile::HANGS_NAME, word(&profile::HANGS, hangs))
    }

    /// When the host notices that a task ended; `ASCEND_SIM_RECYCLE`.
    pub fn recycle(self, recycle: Recycle) -> Self {
        self.with(profile::RECYCLE_NAME, word(&profile::RECYCLE, recycle))
    }

    /// What was named, as environment variables for other processes. What was not named, they take from the environment
    /// that they have besides, as this process does.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        self.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    /// Makes this the machine of the process. The environment's part is read now; what makes no sense there is complained
    /// about on standard error.
    ///
    /// # Errors
    /// [`InstallError::AlreadyRunning`] after the first call of the runtime, or after another installation;
    /// [`InstallError::Nonsense`] if a number is too large, or a name is none. Nothing is changed then.
    pub fn install(&self) -> Result<(), InstallError> {
        let (_, complaints) = Profile::read(&|name| self.named(name));
        if !complaints.is_empty() {
            return Err(InstallError::Nonsense(complaints));
        }
        let (profile, complaints) = Profile::read(&|name| self.named(name).or_else(|| profile::from_environment(name)));
        if !runtime::choose(profile) {
            return Err(InstallError::AlreadyRunning);
        }
        profile::complain(&complaints);
        profile::complain(&known_settings::complaints());
        Ok(())
    }

    fn named(&self, name: &str) -> Option<String> {
        self.settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value));
        self
    }
}

/// The word of a choice.
fn word<T: PartialEq>(choices: &[(&str, T)], chosen: T) -> String {
    choices.iter().find(|(_, choice)| *choice == chosen).map_or_else(String::new, |(word, _)| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_becomes_environment() {
        let machine = Machine::new()
            .devices(2)
            .soc(Soc::Ascend910C)
            .runtime("9.0.0")
            .peers(Peers::Card)
            .memory_gib(1)
            .hangs(Hangs::Reproduce)
            .recycle(Recycle::OnSynchronize);
        let expected = [
            ("ASCEND_SIM_DEVICES", "2"),
            ("ASCEND_SIM_SOC", "910C"),
            ("ASCEND_SIM_RUNTIME", "9.0.0"),
            ("ASCEND_SIM_PEERS", "card"),
            ("ASCEND_SIM_MEMORY_GIB", "1"),
            ("ASCEND_SIM_HANGS", "reproduce"),
            ("ASCEND_SIM_RECYCLE", "on-synchronize"),
        ];
        assert_eq!(machine.environment(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(Machine::new().environment(), []);
    }

    #[test]
    fn the_last_word_on_a_setting_counts() {
        let machine = Machine::new().devices(2).devices(3);
        assert_eq!(machine.environment(), [("ASCEND_SIM_DEVICES".to_owned(), "3".to_owned())]);
    }

    #[test]
    fn every_soc_that_has_a_variant_exists() {
        for soc in [Soc::Ascend910B, Soc::Ascend910C, Soc::Ascend950PR, Soc::Ascend950DT, Soc::Unsupported] {
            let machine = Machine::new().soc(soc.clone());
            assert_eq!(Profile::read(&|name| machine.named(name)).1, [""; 0], "{soc:?}");
        }
    }
}
