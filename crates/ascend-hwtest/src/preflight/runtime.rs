//! What the runtime answered when it was tried: P08 to P14, P19 and P26.

use ascend_ipc::ErrorKind;

use super::code::{NOT_THERE, NOTHING, UNSURE, finding};
use crate::event::{Finding, Severity};
use crate::machine::Machine;
use crate::probe::{Failure, Probe};
use crate::version::Installed;

/// A link-time stub.
const STUB: i32 = 100_039;
/// The device could not be set up.
const SET_UP: i32 = 507_033;
/// A driver code that the runtime does not know; with a text, that the device is busy.
const DRIVER: i32 = 507_899;
/// No resources, no event, no stream, no notify left.
const EXHAUSTED: [i32; 4] = [207_005, 207_007, 207_008, 207_009];
/// Libraries whose folder is a stub's.
const STUBS: [&str; 3] = ["devlib", "stub", "stubs"];

pub(super) fn findings(machine: &Machine, installed: &Installed, probe: &Probe) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    if probe.runtime.simulated && !machine.simulated {
        let library = probe.runtime.library.as_deref().unwrap_or("the library");
        let detail = format!("{library} is the simulator, and this is to be a run on hardware");
        let fix = "unset ASCEND_SYS_LIBRARY and take the simulator's folder out of LD_LIBRARY_PATH; or --backend sim";
        findings.push(finding("P09", detail, fix, NOTHING));
    }
    if let Some(failure) = &probe.runtime.failure {
        findings.push(judged(machine, installed, probe, failure, None));
    } else if probe.runtime.devices == 0 {
        let fix = "look at npu-smi info and at ASCEND_RT_VISIBLE_DEVICES";
        findings.push(finding("P12", "the runtime opens and sees no device", fix, NOTHING));
    }
    let none_works = !probe.devices.iter().any(crate::probe::DeviceSaid::is_usable);
    for (devices, failure) in alike(probe) {
        let mut new = judged(machine, installed, probe, failure, Some(&devices));
        if none_works {
            new.effect = NOTHING.to_owned();
        }
        match findings.iter_mut().find(|old| old.code == new.code) {
            Some(old) => old.detail = format!("{}\n{}", old.detail, new.detail),
            None => findings.push(new),
        }
    }
    findings.extend(stub_on_path(machine, &findings));
    findings.extend(old_driver(probe));
    findings
}

/// Devices that failed, with those together of which the same was said.
fn alike(probe: &Probe) -> Vec<(Vec<u32>, &Failure)> {
    let mut groups: Vec<(Vec<u32>, &Failure)> = Vec::new();
    for device in &probe.devices {
        let Some(failure) = &device.failure else { continue };
        match groups.iter_mut().find(|(_, known)| without_device(known) == without_device(failure)) {
            Some((devices, _)) => devices.push(device.id),
            None => groups.push((vec![device.id], failure)),
        }
    }
    groups
}

/// What was said, without the device's number in front.
fn without_device(failure: &Failure) -> String {
    let text = failure.brief();
    let rest = text.strip_prefix("device ").and_then(|rest| {
        let (number, rest) = rest.split_once(": ")?;
        number.starts_with(|letter: char| letter.is_ascii_digit()).then_some(rest)
    });
    rest.map_or_else(|| text.clone(), str::to_owned)
}

fn judged(
    machine: &Machine,
    installed: &Installed,
    probe: &Probe,
    failure: &Failure,
    devices: Option<&[u32]>,
) -> Finding {
    let text = failure.text();
    let code = failure.code();
    let on = devices.map(|ids| format!("{}: ", super::support::on(ids))).unwrap_or_default();
    let seen = format!("{on}{}", without_device(failure));
    let effect = if devices.is_some() { NOT_THERE } else { NOTHING };
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let kind = match failure {
        Failure::Error(error) => Some(error.kind),
        Failure::Ended { .. } => None,
    };
    if has(&["libascend_hal.so"]) && has(&["cannot open shared object file"]) {
        return finding("P08", hal_missing(&text), export(machine, installed), effect);
    }
    if kind == Some(ErrorKind::NotFound) {
        let looked = installed.looked.iter().map(|root| root.display().to_string()).collect::<Vec<_>>().join(", ");
        let detail = format!("Cannot find a usable CANN environment. Checked paths: {looked}\n{}", failure.brief());
        let fix = "install CANN's runtime and source its set_env.sh, or name it with --cann PATH";
        return finding("P09", detail, fix, effect);
    }
    if kind == Some(ErrorKind::MissingSymbol) {
        return finding("P18", seen, "install CANN 8.5 or newer", effect);
    }
    if code == Some(STUB) || probe.runtime.library.as_deref().is_some_and(is_stub) {
        return finding("P10", seen, "put the real lib64 before devlib in LD_LIBRARY_PATH", effect);
    }
    if code == Some(SET_UP) || has(&["tsd client wait response fail", "E30006"]) {
        let driver = installed.driver.as_deref().unwrap_or("unknown");
        let fix = format!("install CANN, driver and firmware that belong together (the driver is {driver})");
        return finding("P13", seen, fix, effect);
    }
    if code == Some(DRIVER) && has(&["EL0005", "Resource_Busy"]) {
        return finding("P14", seen, "wait with --wait, or take other devices with --devices", effect);
    }
    if has(&["EE1023"]) || code.is_some_and(|code| EXHAUSTED.contains(&code)) {
        return finding("P26", seen, "wait for the other jobs on the device, or reset it", effect);
    }
    if failure.call() == Some("aclInit") || has(&["Failed to parse config file"]) {
        return finding("P11", seen, "read the runtime's text above; check the file that aclInit is given", effect);
    }
    let fix = match code {
        Some(107_001) => "check the id against npu-smi info -m, and that the driver is loaded",
        _ => "read the runtime's text above and its log (ASCEND_PROCESS_LOG_PATH); look at npu-smi info",
    };
    finding("P12", seen, fix, effect)
}

/// The loader's line, of all that was tried.
fn hal_missing(text: &str) -> String {
    let line = text.lines().find(|line| line.contains("libascend_hal.so"));
    line.unwrap_or(text).trim().to_owned()
}

/// The exact line to type.
fn export(machine: &Machine, installed: &Installed) -> String {
    let folders = installed.libraries();
    let there: Vec<String> =
        folders.iter().filter(|folder| machine.has(folder)).map(|folder| folder.display().to_string()).collect();
    if there.is_empty() {
        return format!("install the driver: {} is not there", installed.driver_folder.display());
    }
    format!("export LD_LIBRARY_PATH={}:$LD_LIBRARY_PATH", there.join(":"))
}

fn is_stub(path: &str) -> bool {
    path.split('/').any(|part| STUBS.contains(&part))
}

/// A stub that comes first in the search, also when the runtime itself was found elsewhere.
fn stub_on_path(machine: &Machine, so_far: &[Finding]) -> Option<Finding> {
    if so_far.iter().any(|finding| finding.code == "P10") || machine.simulated {
        return None;
    }
    let path = machine.text("LD_LIBRARY_PATH")?;
    let has_library = |folder: &&str| {
        let names = ["libascend_hal.so", "libacl_rt.so", "libascendcl.so"];
        names.iter().any(|name| machine.has(format!("{folder}/{name}")))
    };
    let first = path.split(':').filter(|folder| folder.starts_with('/')).find(has_library)?;
    let detail = format!("{first} is the first folder of LD_LIBRARY_PATH with such libraries");
    let fix = "put the real lib64 before devlib in LD_LIBRARY_PATH; where there is no driver, install it first";
    is_stub(first).then(|| finding("P10", detail, fix, NOTHING))
}

/// P19, in whatever the runtime said, also where something else was the trouble.
fn old_driver(probe: &Probe) -> Option<Finding> {
    let failures =
        probe.runtime.failure.iter().chain(probe.devices.iter().filter_map(|device| device.failure.as_ref()));
    let said = probe.devices.iter().filter_map(|device| device.can.as_ref()).flat_map(super::support::said);
    let texts = failures.map(Failure::text).chain(said);
    let is_it = |line: &&str| line.contains("EE1015") || line.contains("halShmemInfoGet");
    let line = texts.into_iter().find_map(|text| text.lines().find(is_it).map(str::to_owned))?;
    Some(finding("P19", line, "upgrade the driver", UNSURE))
}

/// While a device works, a trouble elsewhere is no longer the end.
pub(super) fn soften(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::Error) {
        let of_a_device = matches!(finding.code.as_str(), "P04" | "P11" | "P12" | "P13" | "P14");
        finding.severity = if of_a_device { Severity::Skip } else { Severity::Warning };
        finding.effect = if of_a_device { NOT_THERE.to_owned() } else { UNSURE.to_owned() };
    }
}
