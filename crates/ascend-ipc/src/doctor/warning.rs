//! What is wrong: each trouble with a name, its symptom, its cause, and how to mend it.

use serde::{Deserialize, Serialize};

use super::host::{Access, is_stub};
use super::{DeviceFound, Doctor};
use crate::capability::{Reason, Support};

/// Something that is wrong, or will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Warning {
    /// A stable name to search for, such as `stub-library`.
    pub name: String,
    /// What was seen.
    pub symptom: String,
    /// What it comes from.
    pub cause: String,
    /// What mends it.
    pub fix: String,
}

fn warning(name: &str, symptom: impl Into<String>, cause: impl Into<String>, fix: impl Into<String>) -> Warning {
    Warning { name: name.to_owned(), symptom: symptom.into(), cause: cause.into(), fix: fix.into() }
}

/// Everything that is wrong, the gravest first.
pub(super) fn all(found: &Doctor) -> Vec<Warning> {
    let mut warnings = Vec::new();
    runtime(found, &mut warnings);
    if !found.runtime.as_ref().is_some_and(|runtime| runtime.simulated) {
        nodes(found, &mut warnings);
    }
    visible(found, &mut warnings);
    if let Some(failure) = found.runtime.as_ref().and(found.failure.as_ref()) {
        let fix = failure.hint.clone().unwrap_or_else(|| "Read the runtime's own text, and its log.".to_owned());
        warnings.push(warning("runtime-refuses", failure.message.clone(), "the runtime or the driver refuses", fix));
    } else if found.runtime.is_some() && found.devices.is_empty() {
        let fix = "Give the container its /dev/davinci* nodes, or look at npu-smi info.";
        warnings.push(warning("no-device", "the runtime sees no device", "none is visible to this process", fix));
    }
    for device in &found.devices {
        of_device(device, &mut warnings);
    }
    limits(found, &mut warnings);
    warnings
}

fn runtime(found: &Doctor, warnings: &mut Vec<Warning>) {
    if found.runtime.is_none() {
        let symptom = format!("none of {} paths is an AscendCL runtime", found.tried.len());
        let fix =
            "Source CANN's set_env.sh, or set ASCEND_SYS_LIBRARY to libacl_rt.so; without an NPU, use the simulator.";
        warnings.push(warning("no-runtime", symptom, "CANN is not installed, or its libraries are not found", fix));
    }
    let opened = found.runtime.as_ref().is_some_and(|runtime| is_stub(runtime.library.as_ref()));
    let answered = found.failure.as_ref().is_some_and(|failure| failure.code == Some(100_039));
    let fix = "Put the real lib64 before devlib in LD_LIBRARY_PATH; where there is no driver, install it first.";
    if opened || answered {
        let cause = "a library that is only for linking was opened instead of the runtime";
        warnings.push(warning("stub-library", "every call answers 100039", cause, fix));
    } else if let Some(stub) = found.host.stubs.first() {
        let symptom = format!("{} comes first in LD_LIBRARY_PATH", stub.display());
        warnings.push(warning("stub-on-path", symptom, "set_env.sh adds it where it finds no driver", fix));
    }
}

fn nodes(found: &Doctor, warnings: &mut Vec<Warning>) {
    let listed = |wanted: fn(Access) -> bool| {
        let nodes = found.host.nodes.iter().filter(|node| wanted(node.access));
        nodes.map(|node| node.path.display().to_string()).collect::<Vec<_>>().join(", ")
    };
    let absent = listed(|access| access == Access::Absent);
    if !absent.is_empty() {
        let fix = "Install and load the driver; in a container, pass these nodes with --device.";
        warnings.push(warning(
            "node-absent",
            format!("{absent}: not there"),
            "no driver, or not in this container",
            fix,
        ));
    }
    let forbidden = listed(|access| matches!(access, Access::Forbidden { .. }));
    let group = found.host.nodes.iter().find_map(|node| match node.access {
        Access::Forbidden { group } => Some(group),
        Access::Usable | Access::Absent => None,
    });
    if let Some(group) = group {
        let fix = format!("Add the user to group {group} (usermod -a -G), and log in again.");
        let cause = "the user is not in their group, or the container was given other devices";
        warnings.push(warning("node-forbidden", format!("{forbidden}: no access"), cause, fix));
    }
}

fn visible(found: &Doctor, warnings: &mut Vec<Warning>) {
    let Some(visible) = &found.host.visible else { return };
    let fix = "Write ascending numbers with commas and without blanks, as in 0,1,2.";
    if visible.refused {
        let symptom = format!("ASCEND_RT_VISIBLE_DEVICES={:?} makes no device visible", visible.value);
        warnings.push(warning("visible-refused", symptom, "no number, or not in ascending order", fix));
    } else if let Some(ignored) = &visible.ignored {
        let symptom = format!("of ASCEND_RT_VISIBLE_DEVICES={:?} only {:?} counts", visible.value, visible.ids);
        warnings.push(warning("visible-cut", symptom, format!("reading stops at {ignored:?}"), fix));
    }
}

fn of_device(device: &DeviceFound, warnings: &mut Vec<Warning>) {
    let id = device.id;
    if let Some(failure) = &device.failure {
        let fix = failure.hint.clone().unwrap_or_else(|| "Look at npu-smi info and the driver's log.".to_owned());
        warnings.push(warning("device-failed", format!("device {id}: {}", failure.message), "it cannot be set", fix));
    }
    let Some(can) = &device.capabilities else { return };
    let symptom = format!("device {id} has no IPC events: {}", can.ipc_events);
    let (name, cause, fix) = match &can.ipc_events {
        Support::Yes => return,
        Support::Unknown(error) => {
            let fix = error.hint.as_deref().unwrap_or("Read the runtime's own text, and its log.");
            ("ipc-events-failed", "the attempt failed, which says nothing about support", fix)
        }
        Support::No(reason) => match reason {
            Reason::MissingSymbol { .. } => ("ipc-events-symbol", "CANN is too old", "Install CANN 8.5 or newer."),
            Reason::PageSize { .. } => (
                "ipc-events-pages",
                "the driver is too old for pages of this size",
                "Install driver 26.0.RC1 or newer.",
            ),
            Reason::Stub { .. } => ("stub-library", "a link-time stub answers", "Put the real lib64 before devlib."),
            Reason::Soc { .. } => ("ipc-events-soc", "the product has none", "Use an Atlas A2, A3 or Ascend 950PR."),
            Reason::Refused { .. } | Reason::NoPeerLink { .. } => {
                ("ipc-events-refused", "the driver lacks what they need", "Upgrade the driver.")
            }
        },
    };
    warnings.push(warning(name, symptom, cause, fix));
}

fn limits(found: &Doctor, warnings: &mut Vec<Warning>) {
    if let Some(current) = found.host.open_files.current.filter(|current| *current < 1024) {
        let symptom = format!("only {current} files may be open");
        let cause = "each lease, channel and watched peer is a descriptor";
        warnings.push(warning("few-descriptors", symptom, cause, "Raise it: ulimit -n 65536."));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Host, Node, RuntimeFound, VisibleDevices};
    use super::*;

    fn found(change: impl FnOnce(&mut Doctor)) -> Vec<String> {
        let library = "/opt/lib64/libacl_rt.so".to_owned();
        let runtime = RuntimeFound { library, version: None, driver: None, soc: None, simulated: false };
        let mut host = Host::look();
        (host.visible, host.stubs, host.nodes) = (None, Vec::new(), Vec::new());
        host.open_files.current = Some(4096);
        let mut found = Doctor {
            runtime: Some(runtime),
            failure: None,
            tried: Vec::new(),
            devices: vec![DeviceFound::unknown(0)],
            host,
            warnings: Vec::new(),
        };
        change(&mut found);
        all(&found).into_iter().map(|warning| warning.name).collect()
    }

    #[test]
    fn each_trouble_has_its_own_name_and_a_sound_machine_has_none() {
        assert!(found(|_| ()).is_empty());
        assert_eq!(found(|found| found.runtime = None), ["no-runtime"]);
        assert_eq!(found(|found| found.devices.clear()), ["no-device"]);
        assert_eq!(found(|found| found.host.open_files.current = Some(64)), ["few-descriptors"]);
        assert_eq!(found(|found| found.host.stubs = vec!["/a/devlib".into()]), ["stub-on-path"]);
        let stub = "/opt/devlib/linux/libacl_rt.so";
        assert_eq!(found(|found| found.runtime.as_mut().unwrap().library = stub.into()), ["stub-library"]);
        let node = |access| vec![Node { path: "/dev/davinci0".into(), access }];
        assert_eq!(found(|found| found.host.nodes = node(Access::Absent)), ["node-absent"]);
        assert_eq!(found(|found| found.host.nodes = node(Access::Forbidden { group: 7 })), ["node-forbidden"]);
        let visible = |refused, ignored: Option<&str>| {
            let ignored = ignored.map(str::to_owned);
            Some(VisibleDevices { value: "x".into(), ids: vec![1], ignored, refused })
        };
        assert_eq!(found(|found| found.host.visible = visible(true, None)), ["visible-refused"]);
        assert_eq!(found(|found| found.host.visible = visible(false, Some(" 2"))), ["visible-cut"]);
    }
}
