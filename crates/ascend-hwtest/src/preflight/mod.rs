//! Looks whether this machine can run the cases, and says what is wrong in words that tell what to do.
//!
//! It reads, asks tools, and lets processes of their own try the runtime ([`probe`]). It changes nothing and
//! holds no lock. What texts say is a hint; whether hardware is usable is decided by the probe alone.

mod code;
mod dies;
mod hardware;
mod host;
mod runtime;
mod support;
mod tool;
mod visible;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::event::{Die, Event, Finding, Link, Severity};
use crate::exit::Exit;
use crate::machine::{Host, Machine};
use crate::probe::{self, Probe};
use crate::smi::{self, Smi};
use crate::version::Installed;

pub use code::{CODES, Code, entry};
pub use hardware::{Card, Hardware, Node};
pub use visible::Visible;

/// What preflight knows.
#[derive(Clone, Debug, Serialize)]
pub struct Preflight {
    /// `hw` or `sim`.
    pub backend: String,
    /// What is wrong, cause before consequence.
    pub findings: Vec<Finding>,
    /// How many codes were looked for.
    pub checks: usize,
    /// The devices that work, in the order in which this process counts them.
    pub dies: Vec<Die>,
    /// How they reach each other.
    pub links: Vec<Link>,
    /// Versions by name, as far as they are known: `soc`, `driver`, `firmware`, `cann`, `runtime`, `kernel`, `npu-smi`.
    pub versions: BTreeMap<String, String>,
    /// Whether every device that works has IPC events.
    pub ipc_events: bool,
    /// The host.
    pub host: Host,
    /// Cards and nodes.
    pub hardware: Hardware,
    /// What is installed.
    pub installed: Installed,
    /// What `npu-smi` says.
    pub smi: Smi,
    /// What the runtime does.
    pub probe: Probe,
}

/// Looks at a machine; a minute or two if devices do not answer.
#[must_use]
pub fn look(machine: &Machine) -> Preflight {
    look_within(machine, probe::TIME)
}

/// As [`look`], with another time for each process that tries the runtime; tools have no more than that either.
#[must_use]
pub fn look_within(machine: &Machine, time: Duration) -> Preflight {
    let real = !machine.simulated;
    let hardware = if real { Hardware::look(machine) } else { Hardware::default() };
    let there = machine.simulated || hardware.is_there();
    let installed = if real { Installed::look(machine) } else { Installed::default() };
    let smi = if real && there { smi::ask(machine, smi::PATIENCE.min(time)) } else { Smi::default() };
    let probe = if there { probe::ask_within(machine, time) } else { Probe::default() };

    let count = u32::try_from(hardware.numbers().len().max(smi.info.chips.len())).ok().filter(|count| *count > 0);
    let visible = machine.assigned("ASCEND_RT_VISIBLE_DEVICES").map(|value| visible::Visible::read(&value, count));
    // Whatever a library calls itself: a simulator is no hardware.
    let false_hardware = real && probe.runtime.simulated;
    let trusted = if false_hardware { Probe { devices: Vec::new(), ..probe.clone() } } else { probe.clone() };
    let dies = dies::Dies::of(&trusted, &smi, visible.as_ref());

    let mut findings = Vec::new();
    if real {
        findings.extend(hardware.findings(machine));
    }
    if real && there {
        findings.extend(tool::findings(machine, &smi));
        findings.extend(hardware.counted_otherwise(&smi.info));
    }
    if there {
        findings.extend(runtime::findings(machine, &installed, &probe));
        findings.extend(support::findings(machine, &installed, &smi, &trusted, &dies));
    }
    if dies.any() {
        runtime::soften(&mut findings);
    }
    findings.extend(host::findings(machine, visible.as_ref()));
    findings.sort_by(|a, b| (a.severity, &a.code).cmp(&(b.severity, &b.code)));

    let works = |device: &&probe::DeviceSaid| device.is_usable();
    let events = |device: &probe::DeviceSaid| device.can.as_ref().is_some_and(|can| can.ipc_events.is_yes());
    Preflight {
        backend: if machine.simulated { "sim" } else { "hw" }.to_owned(),
        ipc_events: dies.any() && trusted.devices.iter().filter(works).all(events),
        versions: versions(machine, &installed, &smi, &probe),
        checks: if there { CODES.len() } else { 5 }, // P01, and those of the host
        findings,
        dies: dies.dies,
        links: dies.links,
        host: machine.host.clone(),
        hardware,
        installed,
        smi,
        probe,
    }
}

impl Preflight {
    /// Whether a run can begin.
    #[must_use]
    pub fn usable(&self) -> bool {
        !self.dies.is_empty()
    }

    /// How a command ends that asks for this and for nothing else.
    #[must_use]
    pub fn exit(&self) -> Exit {
        let busy = self.findings.iter().any(|finding| finding.code == "P14");
        match (self.usable(), self.ipc_events) {
            (true, true) => Exit::Ok,
            (true, false) => Exit::CannotRun,
            (false, _) if busy => Exit::Busy,
            (false, _) => Exit::NoHardware,
        }
    }

    /// What belongs into `events.jsonl`: every finding, and the devices.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        let findings = self.findings.iter().cloned().map(Event::Finding);
        let topology = Event::Topology { dies: self.dies.clone(), links: self.links.clone() };
        findings.chain([topology]).collect()
    }

    /// One line: what is missing and what to do; `None` if a run can begin.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        if self.usable() {
            return None;
        }
        let grave = self.findings.iter().find(|finding| finding.severity == Severity::Error);
        let grave = grave.or_else(|| self.findings.first());
        Some(grave.map_or_else(
            || "no device is usable; --backend sim runs the same cases on the simulator".to_owned(),
            |finding| format!("{} {}: {}; {}", finding.code, finding.title, finding.detail, finding.fix),
        ))
    }
}

fn versions(machine: &Machine, installed: &Installed, smi: &Smi, probe: &Probe) -> BTreeMap<String, String> {
    let real = !machine.simulated;
    let pairs = [
        ("soc", probe.runtime.soc.clone().or_else(|| smi.board.soc())),
        ("driver", installed.driver.clone().or_else(|| smi.info.driver.clone())),
        ("firmware", installed.firmware.clone().or_else(|| smi.board.get("Firmware Version").map(str::to_owned))),
        ("cann", installed.cann.as_ref().and_then(|cann| cann.version.clone()).filter(|_| real)),
        ("runtime", probe.runtime.version.clone()),
        ("kernel", Some(machine.host.kernel.clone())),
        ("npu-smi", smi.info.tool.clone()),
    ];
    pairs.into_iter().filter_map(|(name, version)| Some((name.to_owned(), version?))).collect()
}
