//! Cards and device nodes: P01 to P04, and P28.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;

use serde::{Deserialize, Serialize};

use super::code::{NOT_THERE, NOTHING, UNSURE, finding};
use crate::event::Finding;
use crate::machine::Machine;
use crate::smi::Info;

/// Nodes that every process needs, beside its device's.
const FIXED: [&str; 3] = ["davinci_manager", "devmm_svm", "hisi_hdc"];
const VENDOR: u32 = 0x19e5;
/// Classes of processing accelerators begin so; the vendor's other devices (network, graphics) do not.
const ACCELERATOR: u32 = 0x12;
const PRODUCTS: [(u32, &str); 6] = [
    (0xd100, "Ascend 310"),
    (0xd500, "Ascend 310P"),
    (0xd801, "Ascend 910 (A1)"),
    (0xd802, "Ascend 910B (A2)"),
    (0xd803, "Ascend 910_93 (A3)"),
    (0xd806, "Ascend 950"),
];

/// Cards on the bus and nodes in `/dev`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// PCI devices that were looked at.
    pub scanned: usize,
    /// Those that are NPUs.
    pub cards: Vec<Card>,
    /// Device nodes.
    pub nodes: Vec<Node>,
    /// Nodes that are missing.
    pub missing: Vec<String>,
}

/// An NPU on the bus, with or without a driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// PCI bus id.
    pub bus: String,
    /// PCI device id.
    pub device: u32,
    /// What product that is.
    pub product: String,
}

/// A device node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its path.
    pub path: String,
    /// Its number, if it is a device's.
    pub number: Option<u32>,
    /// Why it cannot be opened: an error number and its text.
    pub refused: Option<(i32, String)>,
    /// The group that owns it.
    pub group: Option<String>,
}

impl Hardware {
    /// Looks at the bus, and opens every node.
    #[must_use]
    pub fn look(machine: &Machine) -> Self {
        const PCI: &str = "/sys/bus/pci/devices";
        let slots = machine.names(PCI);
        let value = |slot: &str, file: &str| {
            let text = machine.read(format!("{PCI}/{slot}/{file}"))?;
            u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok()
        };
        let card = |slot: &String| {
            let (vendor, device) = (value(slot, "vendor")?, value(slot, "device")?);
            let known = PRODUCTS.iter().find(|(id, _)| *id == device).map(|(_, name)| (*name).to_owned());
            let accelerator = value(slot, "class").is_some_and(|class| class >> 16 == ACCELERATOR);
            let product = known.or_else(|| accelerator.then(|| format!("an accelerator {device:04x}")))?;
            (vendor == VENDOR).then(|| Card { bus: slot.clone(), device, product })
        };
        let names = machine.names("/dev");
        let mut devices: Vec<u32> =
            names.iter().filter_map(|name| name.strip_prefix("davinci")?.parse().ok()).collect();
        devices.sort_unstable();
        let fixed = FIXED.iter().filter(|name| names.iter().any(|found| found == **name));
        let nodes = fixed.map(|name| node(machine, name, None));
        let nodes = nodes.chain(devices.iter().map(|id| node(machine, &format!("davinci{id}"), Some(*id))));
        let mut missing: Vec<String> = FIXED
            .iter()
            .filter(|name| !names.iter().any(|found| found == **name))
            .map(|name| format!("/dev/{name}"))
            .collect();
        missing.extend(devices.is_empty().then(|| "/dev/davinciN".to_owned()));
        Self { scanned: slots.len(), cards: slots.iter().filter_map(card).collect(), nodes: nodes.collect(), missing }
    }

    /// Whether there is anything that could be an NPU.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.cards.is_empty() || !self.nodes.is_empty()
    }

    /// Numbers of the device nodes.
    #[must_use]
    pub fn numbers(&self) -> BTreeSet<u32> {
        self.nodes.iter().filter_map(|node| node.number).collect()
    }

    pub(super) fn findings(&self, machine: &Machine) -> Vec<Finding> {
        if !self.is_there() {
            let detail = format!(
                "none of {} PCI devices is an NPU (vendor 0x19e5), and there is no /dev/davinci*",
                self.scanned
            );
            let fix = "run this on an Ascend server, or give the container its devices; without a card: --backend sim";
            return vec![finding("P01", detail, fix, NOTHING)];
        }
        let mut findings = Vec::new();
        if !self.missing.is_empty() {
            let card = self.cards.first().map_or_else(
                || "nodes are there".to_owned(),
                |card| format!("{} × {} on the bus", self.cards.len(), card.product),
            );
            let detail = format!("{card}, but not {}", self.missing.join(", "));
            let fix = if container(machine) {
                let device = |path: &String| format!("--device={path}");
                format!("start the container with {}", self.missing.iter().map(device).collect::<Vec<_>>().join(" "))
            } else {
                "install the driver, reboot, and look for its messages in dmesg".to_owned()
            };
            findings.push(finding("P02", detail, fix, NOTHING));
        }
        findings.extend(self.forbidden(machine));
        findings.extend(self.elsewhere());
        findings
    }

    fn refused(&self, which: impl Fn(i32) -> bool) -> Vec<&Node> {
        self.nodes.iter().filter(|node| node.refused.as_ref().is_some_and(|(errno, _)| which(*errno))).collect()
    }

    fn forbidden(&self, machine: &Machine) -> Option<Finding> {
        let nodes = self.refused(|errno| errno == rustix::io::Errno::ACCESS.raw_os_error());
        let group = nodes.first()?.group.clone().unwrap_or_else(|| "HwHiAiUser".to_owned());
        let user = machine.text("USER").unwrap_or_else(|| "$USER".to_owned());
        let detail = format!("{} cannot be opened (EACCES); group {group} owns it", paths(&nodes));
        let fix = format!("sudo usermod -a -G {group} {user}, and log in again; for a container: --group-add {group}");
        Some(finding("P03", detail, fix, NOTHING))
    }

    fn elsewhere(&self) -> Option<Finding> {
        let nodes = self.refused(|errno| errno != rustix::io::Errno::ACCESS.raw_os_error());
        let why = nodes.first()?.refused.as_ref().map_or("", |(_, why)| why.as_str());
        let open: Vec<&Node> =
            self.nodes.iter().filter(|node| node.number.is_some() && node.refused.is_none()).collect();
        let rest = if open.is_empty() { "no device opens".to_owned() } else { format!("{} opens", paths(&open)) };
        let detail = format!("{} cannot be opened ({why}); {rest}", paths(&nodes));
        let fix = "use the devices that open, or ask for others where the container or job is started";
        Some(finding("P04", detail, fix, if open.is_empty() { NOTHING } else { NOT_THERE }))
    }

    /// P28: numbers of nodes and of the tool.
    pub(super) fn counted_otherwise(&self, info: &Info) -> Option<Finding> {
        let tool: BTreeSet<u32> = info.chips.iter().filter_map(crate::smi::Chip::number).collect();
        let nodes = self.numbers();
        if tool.is_empty() || nodes.is_empty() || nodes.is_superset(&tool) {
            return None;
        }
        let list = |ids: &BTreeSet<u32>| ids.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let detail = format!("nodes are /dev/davinci{{{}}}, npu-smi says {}", list(&nodes), list(&tool));
        let fix = "name devices by bus id: --devices bus:0000:85:00.0";
        Some(finding("P28", detail, fix, UNSURE))
    }
}

fn paths(nodes: &[&Node]) -> String {
    nodes.iter().map(|node| node.path.as_str()).collect::<Vec<_>>().join(", ")
}

fn node(machine: &Machine, name: &str, number: Option<u32>) -> Node {
    let path = format!("/dev/{name}");
    let refused = machine.open(&path).err();
    let gid = std::fs::metadata(machine.path(&path)).ok().map(|found| found.gid());
    Node {
        number,
        refused: refused.map(|error| (error.raw_os_error().unwrap_or_default(), text(&error))),
        group: gid.map(|gid| group(machine, gid)),
        path,
    }
}

/// The text without the number that the standard library adds.
fn text(error: &std::io::Error) -> String {
    match error.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
        Some(rustix::io::Errno::PERM) => "EPERM".to_owned(),
        Some(rustix::io::Errno::ACCESS) => "EACCES".to_owned(),
        _ => error.to_string(),
    }
}

/// The group's name, or its number.
fn group(machine: &Machine, gid: u32) -> String {
    let groups = machine.read("/etc/group").unwrap_or_default();
    let named = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(gid)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| gid.to_string())
}

/// Whether this looks like a container.
pub(super) fn container(machine: &Machine) -> bool {
    machine.has("/.dockerenv")
        || machine.has("/run/.containerenv")
        || machine.variable("KUBERNETES_SERVICE_HOST").is_some()
}
