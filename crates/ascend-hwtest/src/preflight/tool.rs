//! What `npu-smi` tells: P05 to P07, P21 and P22.

use super::code::{NOTHING, UNSURE, finding};
use crate::event::{Finding, Severity};
use crate::machine::Machine;
use crate::smi::{Chip, Process, Smi, Trouble};

/// A device that is warmer than this, in degrees Celsius, slows down.
const HOT: f64 = 85.0;
/// MiB on an idle device; 3 to 5 GB have been seen, so this is a number of ours.
const IDLE: u64 = 6144;
/// A device has dropped out.
const DROPPED: i32 = -8012;
/// A device is bound to another container.
const BOUND: i32 = -8020;

pub(super) fn findings(machine: &Machine, smi: &Smi) -> Vec<Finding> {
    let mut findings: Vec<Finding> = trouble(machine, smi).into_iter().collect();
    let unparsed = smi.unparsed();
    if let Some(first) = unparsed.first() {
        let version = smi.info.tool.as_deref().unwrap_or("of unknown version");
        let detail = format!("npu-smi {version}: {} lines are not understood, such as {first:?}", unparsed.len());
        let fix = "report these lines, so that the layout is learnt";
        let mut unknown = finding("P05", detail, fix, UNSURE);
        unknown.severity = Severity::Warning;
        unknown.title = "the layout of npu-smi is not fully understood".to_owned();
        findings.push(unknown);
    }
    findings.extend(unhealthy(smi));
    findings.extend(used(machine, smi));
    findings
}

fn trouble(machine: &Machine, smi: &Smi) -> Option<Finding> {
    Some(match smi.trouble.as_ref()? {
        Trouble::NotFound => {
            let path = machine.text("PATH").unwrap_or_default();
            let detail = format!("npu-smi is not in {path} nor in /usr/local/bin, /usr/local/sbin, /usr/local/dcmi");
            finding("P05", detail, "mount the host's /usr/local/bin/npu-smi and /usr/local/dcmi read-only", NOTHING)
        }
        Trouble::NoAnswer(how) => {
            let fix = "look at the kernel's log (dmesg): it hangs when a device is lost; then reset it or reboot";
            finding("P05", how.clone(), fix, NOTHING)
        }
        Trouble::Failed(how) => finding("P05", how.clone(), "run npu-smi info by hand", NOTHING),
        Trouble::Refused(refusal) if refusal.code == BOUND => {
            let fix = "stop the container that has these devices, or take others";
            finding("P07", refusal.line.clone(), fix, NOTHING)
        }
        Trouble::Refused(refusal) if refusal.code == DROPPED => {
            finding("P21", refusal.line.clone(), "reset the device, or reboot", UNSURE)
        }
        Trouble::Refused(refusal) => {
            let fix = "free the devices from other containers; pass --device for each node and mount /usr/local/dcmi; \
                       or run as root, where DCMI is for root only";
            finding("P06", refusal.line.clone(), fix, NOTHING)
        }
    })
}

/// What people call a device.
fn called(chip: &Chip) -> String {
    let number = |id: Option<u32>| id.map_or_else(|| "?".to_owned(), |id| id.to_string());
    match chip.physical {
        Some(physical) => format!("NPU {} die {physical}", number(chip.npu)),
        None => format!("NPU {}", number(chip.npu)),
    }
}

fn unhealthy(smi: &Smi) -> Option<Finding> {
    let said = |chip: &Chip| {
        let health = chip.health.as_deref().filter(|health| !health.eq_ignore_ascii_case("ok"));
        let health = health.map(|health| format!("{} says {health}", called(chip)));
        let heat = chip.temperature.filter(|degrees| *degrees > HOT);
        let heat = heat.map(|degrees| format!("{} has {degrees} °C", called(chip)));
        health.into_iter().chain(heat)
    };
    let said: Vec<String> = smi.info.chips.iter().flat_map(said).collect();
    let fix = "look at npu-smi info -t health, or leave these devices out with --devices";
    (!said.is_empty()).then(|| finding("P21", said.join("; "), fix, UNSURE))
}

fn used(machine: &Machine, smi: &Smi) -> Option<Finding> {
    let info = &smi.info;
    let mut said: Vec<String> = info.processes.iter().map(|process| one(machine, smi, process)).collect();
    for chip in &info.chips {
        let explained = info.processes.iter().any(|process| process.is_on(chip));
        if let Some(used) = chip.used().filter(|used| used.used > IDLE && !explained) {
            said.push(format!("{}: {} of {} MiB, by nobody that is seen here", called(chip), used.used, used.total));
        }
    }
    let fix = "wait for them, leave these devices out with --devices, or run with --isolation shared";
    (!said.is_empty()).then(|| finding("P22", said.join("; "), fix, "exclusive runs refuse these devices"))
}

fn one(machine: &Machine, smi: &Smi, process: &Process) -> String {
    let chip = smi.info.chips.iter().find(|chip| process.is_on(chip));
    let chip = chip.map_or_else(|| "a device".to_owned(), called);
    let pid = process.local_pid();
    let user = user(machine, pid).map(|user| format!(" of {user}")).unwrap_or_default();
    let name = process.name.as_deref().map(|name| format!(" '{name}'")).unwrap_or_default();
    let size = process.mib.map(|mib| format!(" {mib} MiB")).unwrap_or_default();
    format!("{chip}: pid {pid}{name}{user}{size}")
}

/// Who runs a process, if that can be seen.
fn user(machine: &Machine, pid: u32) -> Option<String> {
    let status = machine.read(format!("/proc/{pid}/status"))?;
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().next())?.to_owned();
    let users = machine.read("/etc/passwd").unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    });
    Some(named.unwrap_or(uid))
}
