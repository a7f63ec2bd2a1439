//! What devices can do: P15 to P18, and P20.

use std::collections::BTreeMap;

use ascend_ipc::{Capabilities, Reason, Support};

use super::code::{NO_EVENTS, finding};
use super::dies::Dies;
use crate::event::Finding;
use crate::machine::Machine;
use crate::probe::Probe;
use crate::smi::Smi;
use crate::version::{Installed, Version};

const WITHOUT: [&str; 3] = ["Ascend950DT", "Ascend310P", "Ascend310B"];

pub(super) fn findings(
    machine: &Machine,
    installed: &Installed,
    smi: &Smi,
    probe: &Probe,
    dies: &Dies,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    // By reason: the devices of a machine are mostly alike.
    let mut reasons: BTreeMap<String, (Vec<u32>, &Reason)> = BTreeMap::new();
    for device in probe.devices.iter().filter(|device| device.is_usable()) {
        if let Some(reason) = device.can.as_ref().and_then(|can| can.ipc_events.reason()) {
            reasons.entry(reason.to_string()).or_insert_with(|| (Vec::new(), reason)).0.push(device.id);
        }
    }
    for (text, (devices, reason)) in &reasons {
        findings.push(lacking(text, devices, reason));
    }
    let has = |code: &str| findings.iter().any(|finding: &Finding| finding.code == code);
    if !dies.any() && !machine.simulated {
        let pages = (!has("P16")).then(|| by_pages(machine, installed, smi)).flatten();
        let product = (!has("P17")).then(|| by_product(smi)).flatten();
        findings.extend(pages.into_iter().chain(product));
    }
    findings.extend(pairs(dies));
    findings
}

pub(super) fn on(devices: &[u32]) -> String {
    let ids = devices.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    if devices.len() == 1 { format!("device {ids}") } else { format!("devices {ids}") }
}

fn lacking(text: &str, devices: &[u32], reason: &Reason) -> Finding {
    let detail = format!("{}: {text}", on(devices));
    match reason {
        Reason::PageSize { bytes, driver } => finding("P16", page_size(*bytes, driver.as_deref()), PAGES, NO_EVENTS),
        Reason::Soc { .. } => finding("P17", detail, "use an Atlas A2, A3 or Ascend 950PR", NO_EVENTS),
        Reason::MissingSymbol { .. } => finding("P18", detail, "install CANN 8.5 or newer", NO_EVENTS),
        Reason::Stub { .. } => finding("P10", detail, "put the real lib64 before devlib in LD_LIBRARY_PATH", NO_EVENTS),
        _ => finding("P15", detail, "upgrade the driver", NO_EVENTS),
    }
}

const PAGES: &str = "upgrade the driver to ≥ 26.0.RC1, or boot a 4 KiB-page kernel";

fn page_size(bytes: u64, driver: Option<&str>) -> String {
    format!("page size is {bytes} and driver is {} (< 26.0.RC1)", driver.unwrap_or("unknown"))
}

/// Known before anything has been tried.
fn by_pages(machine: &Machine, installed: &Installed, smi: &Smi) -> Option<Finding> {
    let bytes = machine.host.page_size;
    let driver = installed.driver.as_deref().or(smi.info.driver.as_deref());
    let enough = driver.and_then(Version::parse).is_some_and(|version| version >= Version::LARGE_PAGES);
    (bytes != 4096 && !enough).then(|| finding("P16", page_size(bytes, driver), PAGES, NO_EVENTS))
}

fn by_product(smi: &Smi) -> Option<Finding> {
    let soc = smi.board.soc()?;
    let first = soc == "Ascend910" || soc.starts_with("Ascend910A") || soc.starts_with("Ascend910Pro");
    let lacks = first || WITHOUT.iter().any(|name| soc.starts_with(name));
    lacks.then(|| finding("P17", format!("npu-smi calls it {soc}"), "use an Atlas A2, A3 or Ascend 950PR", NO_EVENTS))
}

fn pairs(dies: &Dies) -> Option<Finding> {
    let apart: Vec<String> =
        dies.links.iter().filter(|link| !link.reachable).map(|link| format!("{}→{}", link.from, link.to)).collect();
    let fix = "take devices of one server or of one HCCS ring";
    match dies.dies.len() {
        0 => None,
        1 => {
            let fix = "take a machine with two devices, or show this one more of them";
            Some(finding("P20", "one device is usable", fix, "cases on two devices are skipped"))
        }
        _ if apart.is_empty() => None,
        _ => {
            let effect = "cases on these pairs are skipped";
            Some(finding("P20", format!("no access from {}", apart.join(", ")), fix, effect))
        }
    }
}

/// Every text of an attempt that failed.
pub(super) fn said(can: &Capabilities) -> Vec<String> {
    let fixed = [&can.ipc_events, &can.ipc_memory, &can.notify, &can.ipc_notify, &can.physical_memory, &can.values];
    let one = |support: &Support| match support {
        Support::Yes => None,
        Support::No(reason) => Some(reason.to_string()),
        Support::Unknown(error) => Some(format!("{error}\n{}", error.text.as_deref().unwrap_or_default())),
    };
    fixed.into_iter().chain(can.peers.values()).filter_map(one).collect()
}
