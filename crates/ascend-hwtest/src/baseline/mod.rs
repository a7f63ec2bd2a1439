//! What devices and the machine look like before the cases, and whether that is so again afterwards.

mod compare;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::event::{Die, Event, Phase};
use crate::processes::Process;

pub use compare::{TOLERANCE_MIB, differences};

/// What a device looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Used memory in MiB, if known.
    pub used_mib: Option<u64>,
    /// Processes that use it, by pid and name.
    pub processes: Vec<(u32, String)>,
    /// As the driver says it.
    pub health: Option<String>,
}

/// What the machine looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Each device, by bus id.
    pub devices: BTreeMap<String, Device>,
    /// Files of ours in `/dev/shm`.
    pub shared_memory: BTreeSet<String>,
    /// Processes of the run.
    pub processes: Vec<Process>,
}

/// Whoever can tell what the devices look like: the driver's tools, or the simulator.
pub trait Instruments: Sync {
    /// What these devices look like now, by bus id; one that it cannot tell of is left out.
    fn devices(&self, dies: &[Die]) -> BTreeMap<String, Device>;
}

/// Looks at devices and machine. `root` is where `/dev` and `/proc` are, `run` marks the run's processes.
#[must_use]
pub fn look(instruments: &dyn Instruments, root: &Path, dies: &[Die], run: &str) -> State {
    let files = std::fs::read_dir(root.join("dev/shm")).into_iter().flatten().flatten();
    State {
        devices: instruments.devices(dies),
        shared_memory: files
            .filter_map(|file| file.file_name().into_string().ok())
            .filter(|name| name.starts_with("ascend"))
            .collect(),
        processes: crate::processes::marked(root, &format!("{run}/")),
    }
}

impl State {
    /// As events of `phase`.
    pub fn events(&self, phase: Phase) -> impl Iterator<Item = Event> {
        self.devices.iter().map(move |(bus, device)| Event::State {
            phase,
            bus: bus.clone(),
            used_mib: device.used_mib,
            processes: device.processes.clone(),
            health: device.health.clone(),
        })
    }

    /// In one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let used: Vec<u64> = self.devices.values().filter_map(|device| device.used_mib).collect();
        let memory = match (used.iter().min(), used.iter().max()) {
            (Some(least), Some(most)) if least == most => format!("{least} MiB in use on each"),
            (Some(least), Some(most)) => format!("{least} to {most} MiB in use"),
            _ => "memory unknown".to_owned(),
        };
        let users: usize = self.devices.values().map(|device| device.processes.len()).sum();
        format!("{} dies, {memory}, {users} processes use them", self.devices.len())
    }
}
