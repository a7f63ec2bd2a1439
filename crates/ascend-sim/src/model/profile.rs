//! What is simulated: how many devices, of which kind, and how the vendor's traps behave. Read once, from the environment.

use std::ops::RangeInclusive;

use super::complaint::say;
use super::peer::Peers;
use super::release::Release;
pub(crate) use super::soc::Family;
use super::{known_settings, soc, visible};

/// What the simulator does where the real runtime would hang for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hangs {
    /// Ends the wait with an error that names event, process and call.
    Report,
    /// Hangs, as the real one does.
    Reproduce,
}

/// When the host notices that the device has finished a task, and releases what the task held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recycle {
    /// At once.
    AtOnce,
    /// Only when somebody synchronises or queries the stream.
    OnSynchronize,
}

/// The simulated machine.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    /// The devices that this process sees, or why it sees none.
    pub(crate) visible: Result<Vec<u32>, String>,
    /// The SoC's name.
    pub(crate) soc: String,
    /// The runtime's release.
    pub(crate) release: Release,
    /// Which devices reach each other's memory.
    pub(crate) peers: Peers,
    /// Bytes of memory a device has.
    pub(crate) memory: u64,
    /// What happens instead of a hang.
    pub(crate) hangs: Hangs,
    /// When tasks are recycled.
    pub(crate) recycle: Recycle,
}

const DEVICES: u64 = 8;
const MOST_DEVICES: u64 = 64;
const MEMORY_GIB: u64 = 64;
const MOST_MEMORY_GIB: u64 = 1024;

impl Profile {
    /// The profile that the environment asks for; what it says wrongly is complained about, and the default taken.
    pub(crate) fn from_environment() -> Self {
        let (profile, mut complaints) = Self::read(&from_environment);
        complaints.extend(known_settings::complaints());
        complain(&complaints);
        profile
    }

    /// The profile that settings ask for, and a sentence on each that makes no sense, for which the default was taken.
    pub(crate) fn read(text: Lookup<'_>) -> (Self, Vec<String>) {
        let mut complaints = Vec::new();
        let devices = number(text, &mut complaints, DEVICES_NAME, DEVICES, 0..=MOST_DEVICES) as u32;
        let memory = number(text, &mut complaints, MEMORY_NAME, MEMORY_GIB, 1..=MOST_MEMORY_GIB) << 30;
        let hangs = word(text, &mut complaints, HANGS_NAME, &HANGS);
        let recycle = word(text, &mut complaints, RECYCLE_NAME, &RECYCLE);
        let peers = word(text, &mut complaints, PEERS_NAME, &PEERS);
        let release = release(text, &mut complaints);
        let soc = soc_name(text, &mut complaints);
        let visible = match std::env::var_os("ASCEND_RT_VISIBLE_DEVICES") {
            Some(list) => visible::parse(&list.to_string_lossy(), devices),
            None => Ok((0..devices).collect()),
        };
        (Self { visible, soc, release, peers, memory, hangs, recycle }, complaints)
    }

    /// The SoC's family.
    pub(crate) fn family(&self) -> Family {
        soc::family(&self.soc)
    }

    /// How many events a device has.
    pub(crate) fn events(&self) -> u32 {
        match self.soc.as_str() {
            soc if soc.starts_with("Ascend310P") => 1023,
            soc if soc.starts_with("Ascend910B") || soc.starts_with("Ascend910_93") => 65536,
            soc if soc.starts_with("Ascend910") => 65535,
            _ => 65536,
        }
    }

    /// How many notifies a device has.
    pub(crate) fn notifies(&self) -> u32 {
        match self.family() {
            Family::A2A3 => 8192,
            Family::A5 => 65535,
            Family::WithoutIpcEvents => 1024,
        }
    }

    /// Cube and vector cores of a device: invented, the same for every SoC.
    pub(crate) const fn cores(&self) -> (u32, u32) {
        (16, 32)
    }

    /// How many streams a device has.
    pub(crate) fn most_streams(&self) -> u32 {
        if self.soc.starts_with("Ascend310P") {
            1024
        } else if self.soc.starts_with("Ascend310B") {
            512
        } else {
            1984
        }
    }

    /// How many devices the process sees; 0 when the environment is wrong.
    pub(crate) fn count(&self) -> usize {
        self.visible.as_ref().map_or(0, Vec::len)
    }
}

/// Names of settings, which are environment variables.
pub(crate) const DEVICES_NAME: &str = "ASCEND_SIM_DEVICES";
pub(crate) const SOC_NAME: &str = "ASCEND_SIM_SOC";
pub(crate) const RUNTIME_NAME: &str = "ASCEND_SIM_RUNTIME";
pub(crate) const PEERS_NAME: &str = "ASCEND_SIM_PEERS";
pub(crate) const MEMORY_NAME: &str = "ASCEND_SIM_MEMORY_GIB";
pub(crate) const HANGS_NAME: &str = "ASCEND_SIM_HANGS";
pub(crate) const RECYCLE_NAME: &str = "ASCEND_SIM_RECYCLE";

/// Words for what can be chosen; the first is the default.
pub(crate) const HANGS: [(&str, Hangs); 2] = [("report", Hangs::Report), ("reproduce", Hangs::Reproduce)];
pub(crate) const RECYCLE: [(&str, Recycle); 2] =
    [("at-once", Recycle::AtOnce), ("on-synchronize", Recycle::OnSynchronize)];
pub(crate) const PEERS: [(&str, Peers); 3] = [("all", Peers::All), ("card", Peers::Card), ("none", Peers::None)];

/// The value of a setting, if it has one.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Looks a setting up in the environment, where an empty one is none.
pub(crate) fn from_environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

fn number(text: Lookup<'_>, complaints: &mut Vec<String>, name: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
    let Some(value) = text(name) else { return default };
    match value.parse() {
        Ok(value) if range.contains(&value) => value,
        _ => {
            complaints.push(format!(
                "{name}={value} is not a number from {} to {}; taking {default}",
                range.start(),
                range.end()
            ));
            default
        }
    }
}

fn word<T: Copy>(text: Lookup<'_>, complaints: &mut Vec<String>, name: &str, choices: &[(&str, T)]) -> T {
    let Some(value) = text(name) else { return choices[0].1 };
    if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == value) {
        return *choice;
    }
    let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
    complaints.push(format!("{name}={value} is none of {}; taking {}", words.join(", "), words[0]));
    choices[0].1
}

fn release(text: Lookup<'_>, complaints: &mut Vec<String>) -> Release {
    let Some(value) = text(RUNTIME_NAME) else { return Release::BASELINE };
    let known = |release: &Release| (Release::EARLIEST..=Release::BASELINE).contains(release);
    Release::parse(&value).filter(known).unwrap_or_else(|| {
        let (earliest, latest) = (Release::EARLIEST, Release::BASELINE);
        complaints.push(format!("{RUNTIME_NAME}={value} is no release from {earliest} to {latest}; taking {latest}"));
        latest
    })
}

fn soc_name(text: Lookup<'_>, complaints: &mut Vec<String>) -> String {
    let Some(value) = text(SOC_NAME) else { return soc::DEFAULT.to_owned() };
    soc::full_name(&value).unwrap_or_else(|| {
        let default = soc::DEFAULT;
        complaints.push(format!(
            "{SOC_NAME}={value} is none of {}, nor a full name such as {default}; taking {default}",
            soc::short_names()
        ));
        default.to_owned()
    })
}

/// Tells whoever runs the program.
pub(crate) fn complain(complaints: &[String]) {
    for complaint in complaints {
        say(&format!("ascend-sim: {complaint}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> (Profile, Vec<String>) {
        let find = |name: &str| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Profile::read(&find)
    }

    #[test]
    fn a_fresh_machine_has_eight_devices_of_a_910b() {
        let (profile, complaints) = read(&[]);
        assert_eq!((profile.count(), profile.soc.as_str()), (8, "Ascend910B3"));
        assert_eq!((profile.release, profile.peers, profile.memory), (Release::BASELINE, Peers::All, 64 << 30));
        assert_eq!((profile.hangs, profile.recycle), (Hangs::Report, Recycle::AtOnce));
        assert_eq!(complaints, [""; 0]);
    }

    #[test]
    fn every_setting_is_taken() {
        let (profile, complaints) = read(&[
            (DEVICES_NAME, "3"),
            (SOC_NAME, "A3"),
            (RUNTIME_NAME, "v9.0.0-beta.2"),
            (PEERS_NAME, "card"),
            (MEMORY_NAME, "2"),
            (HANGS_NAME, "reproduce"),
            (RECYCLE_NAME, "on-synchronize"),
        ]);
        assert_eq!((profile.count(), profile.soc.as_str()), (3, "Ascend910_9392"));
        assert_eq!((profile.release.to_string().as_str(), profile.peers), ("9.0.0-beta.2", Peers::Card));
        assert_eq!(
            (profile.memory, profile.hangs, profile.recycle),
            (2 << 30, Hangs::Reproduce, Recycle::OnSynchronize)
        );
        assert_eq!(complaints, [""; 0]);
    }

    #[test]
    fn a_wrong_setting_is_complained_about_and_the_default_taken() {
        let names = [DEVICES_NAME, SOC_NAME, RUNTIME_NAME, PEERS_NAME, MEMORY_NAME, HANGS_NAME, RECYCLE_NAME];
        let (wrong, complaints) = read(&names.map(|name| (name, "many")));
        let (fresh, _) = read(&[]);
        assert_eq!(format!("{wrong:?}"), format!("{fresh:?}"));
        assert_eq!(complaints.len(), names.len());
        for name in names {
            assert!(complaints.iter().any(|complaint| complaint.starts_with(&format!("{name}=many "))), "{name}");
        }
        assert!(read(&[(MEMORY_NAME, "0")]).1[0].contains("from 1 to 1024"));
        let socs = &read(&[(SOC_NAME, "many")]).1[0];
        assert!(socs.contains("none of 910B, 910C, A3, 950PR, 950DT, unsupported, nor"), "{socs}");
    }

    #[test]
    fn only_releases_that_are_known_can_be_simulated() {
        for (text, count) in
            [("8.5.0-beta.1", 0), ("9.1.0", 0), ("8.5.0-alpha.1", 1), ("9.1.1", 1), ("9.2.0-beta.1", 1)]
        {
            assert_eq!(read(&[(RUNTIME_NAME, text)]).1.len(), count, "{text}");
        }
    }

    #[test]
    fn limits_follow_from_the_soc() {
        let limits = |soc| {
            let profile = read(&[(SOC_NAME, soc)]).0;
            (profile.most_streams(), profile.events(), profile.notifies())
        };
        assert_eq!(limits("910B"), (1984, 65536, 8192));
        assert_eq!(limits("910C"), (1984, 65536, 8192));
        assert_eq!(limits("950PR"), (1984, 65536, 65535));
        assert_eq!(limits("950DT"), (1984, 65536, 65535));
        assert_eq!(limits("Ascend310P3"), (1024, 1023, 1024));
        assert_eq!(limits("Ascend310B1"), (512, 65536, 1024));
        assert_eq!(limits("Ascend910A").1, 65535);
    }

    #[test]
    fn the_dies_of_a_card_reach_each_other_directly() {
        let topology = |soc, peers, one, other| {
            let profile = read(&[(SOC_NAME, soc), (PEERS_NAME, peers)]).0;
            (profile.connects(one, other), profile.topology(one, other))
        };
        assert_eq!(topology("A3", "all", 2, 3), (true, 32));
        assert_eq!(topology("A3", "all", 1, 2), (true, 1));
        assert_eq!(topology("A3", "card", 2, 3), (true, 32));
        assert_eq!(topology("A3", "card", 1, 2), (false, 16));
        assert_eq!(topology("A3", "none", 2, 3), (false, 16));
        assert_eq!(topology("910B", "all", 2, 3), (true, 1));
        assert_eq!(topology("910B", "card", 2, 3), (false, 16));
        assert_eq!(topology("910B", "none", 3, 3), (true, 0));
    }
}
