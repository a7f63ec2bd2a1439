//! What is simulated: how many devices, of which kind, and how the vendor's traps behave. Read once, from the environment.

use super::visible;

/// A family of SoCs, as far as its behaviour differs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Atlas A2 (910B), Atlas A3 (910_93).
    A2A3,
    /// Ascend 950.
    A5,
    /// Anything that has no IPC events.
    WithoutIpcEvents,
}

/// What the simulator does where the real runtime would hang for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hangs {
    /// Ends the wait with an error that names event, process and call.
    Report,
    /// Hangs, as the real one does.
    Reproduce,
}

/// When the host notices that the device has finished a task, and releases what the task held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recycle {
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
    /// Bytes of memory a device has.
    pub(crate) memory: u64,
    /// What happens instead of a hang.
    pub(crate) hangs: Hangs,
    /// When tasks are recycled.
    pub(crate) recycle: Recycle,
}

const DEVICES: u32 = 8;
const MOST_DEVICES: u32 = 64;
const SOC: &str = "Ascend910B3";
const MEMORY_GIB: u64 = 64;

impl Profile {
    /// The profile that the environment asks for; what it says wrongly is complained about, and the default taken.
    pub(crate) fn from_environment() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let mut complaints = Vec::new();
        let devices =
            number(&text, &mut complaints, "ASCEND_SIM_DEVICES", u64::from(DEVICES), u64::from(MOST_DEVICES)) as u32;
        let memory = number(&text, &mut complaints, "ASCEND_SIM_MEMORY_GIB", MEMORY_GIB, 1024) << 30;
        let hangs = word(
            &text,
            &mut complaints,
            "ASCEND_SIM_HANGS",
            [("report", Hangs::Report), ("reproduce", Hangs::Reproduce)],
        );
        let recycle = word(
            &text,
            &mut complaints,
            "ASCEND_SIM_RECYCLE",
            [("at-once", Recycle::AtOnce), ("on-synchronize", Recycle::OnSynchronize)],
        );
        let visible = match std::env::var("ASCEND_RT_VISIBLE_DEVICES") {
            Ok(list) => visible::parse(&list, devices),
            Err(_) => Ok((0..devices).collect()),
        };
        let soc = text("ASCEND_SIM_SOC").unwrap_or_else(|| SOC.to_owned());
        if !soc.starts_with("Ascend") {
            complaints.push(format!("ASCEND_SIM_SOC={soc} is no SoC's name (such as {SOC}); it gets no IPC events"));
        }
        complain(&complaints);
        Self { visible, soc, memory, hangs, recycle }
    }

    /// The SoC's family.
    pub(crate) fn family(&self) -> Family {
        if self.soc.starts_with("Ascend910B") || self.soc.starts_with("Ascend910_93") {
            Family::A2A3
        } else if self.soc.starts_with("Ascend950") && !self.soc.starts_with("Ascend950DT") {
            Family::A5
        } else {
            Family::WithoutIpcEvents
        }
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

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

fn number(text: Lookup<'_>, complaints: &mut Vec<String>, name: &str, default: u64, most: u64) -> u64 {
    let Some(value) = text(name) else { return default };
    match value.parse() {
        Ok(value) if value <= most => value,
        _ => {
            complaints.push(format!("{name}={value} is not a number from 0 to {most}; taking {default}"));
            default
        }
    }
}

/// One of two words; the first is the default.
fn word<T: Copy>(text: Lookup<'_>, complaints: &mut Vec<String>, name: &str, choices: [(&str, T); 2]) -> T {
    let Some(value) = text(name) else { return choices[0].1 };
    choices.iter().find(|(word, _)| *word == value).map_or_else(
        || {
            complaints.push(format!("{name}={value} is neither {} nor {}; taking {0}", choices[0].0, choices[1].0));
            choices[0].1
        },
        |(_, choice)| *choice,
    )
}

#[allow(clippy::print_stderr, reason = "a wrong setting must not pass in silence, and C programs read no logs of ours")]
fn complain(complaints: &[String]) {
    for complaint in complaints {
        eprintln!("ascend-sim: {complaint}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_soc(soc: &str) -> Family {
        let visible = Ok(vec![0]);
        Profile { visible, soc: soc.to_owned(), memory: 0, hangs: Hangs::Report, recycle: Recycle::AtOnce }.family()
    }

    #[test]
    fn the_family_follows_from_the_socs_name() {
        assert_eq!(with_soc("Ascend910B3"), Family::A2A3);
        assert_eq!(with_soc("Ascend910_9392"), Family::A2A3);
        assert_eq!(with_soc("Ascend950PR_9579"), Family::A5);
        for soc in ["Ascend310P3", "Ascend310B1", "Ascend910ProB", "Ascend910A", "Ascend950DT_9571", ""] {
            assert_eq!(with_soc(soc), Family::WithoutIpcEvents, "{soc}");
        }
    }

    #[test]
    fn a_wrong_setting_is_complained_about_and_the_default_taken() {
        let mut complaints = Vec::new();
        let text = |_: &str| Some("many".to_owned());
        assert_eq!(number(&text, &mut complaints, "ASCEND_SIM_DEVICES", 8, 64), 8);
        assert_eq!(word(&text, &mut complaints, "ASCEND_SIM_HANGS", [("report", 1), ("reproduce", 2)]), 1);
        assert_eq!(complaints.len(), 2);
        assert!(complaints[0].contains("ASCEND_SIM_DEVICES=many"), "{complaints:?}");
    }
}
