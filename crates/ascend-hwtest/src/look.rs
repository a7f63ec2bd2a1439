//! What a machine has, as its runtime says it: asked in a child, since a first look takes seconds and may hang.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ascend_ipc::doctor::{DeviceFound, Doctor};

use crate::event::{Die, Finding, Link, Severity};
use crate::exit::Exit;
use crate::run::Backend;

/// The vendor's number on the PCI bus.
const VENDOR: &str = "0x19e5";

/// How long a look may take.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// What a look at the machine found.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Every device that AscendCL counts without a filter.
    pub dies: Vec<Die>,
    /// One for each ordered pair.
    pub links: Vec<Link>,
    /// Used memory of each device in MiB, by logic id.
    pub used_mib: BTreeMap<u32, u64>,
    /// SoC, driver, runtime, library, kernel.
    pub versions: BTreeMap<String, String>,
    /// What is wrong, or worth knowing.
    pub findings: Vec<Finding>,
}

impl Look {
    /// Whether nothing can be run.
    #[must_use]
    pub fn is_hopeless(&self) -> bool {
        self.dies.is_empty() || self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// The hidden command `look`: prints what [`Doctor`] says, as JSON.
#[must_use]
pub fn answer(backend: Backend) -> Exit {
    let doctor = match backend {
        Backend::Hw => ascend_ipc::doctor::doctor(),
        Backend::Sim => match ascend_ipc::Runtime::simulated() {
            Ok(runtime) => runtime.doctor(),
            Err(_) => return Exit::Internal,
        },
    };
    match serde_json::to_writer(std::io::stdout(), &doctor) {
        Ok(()) => Exit::Ok,
        Err(_) => Exit::Internal,
    }
}

/// Looks at the machine whose files are below `root`, with `runner` as the child.
#[must_use]
pub fn look(root: &Path, runner: &Path, backend: Backend, environment: &BTreeMap<String, String>) -> Look {
    if backend == Backend::Hw
        && let Some(finding) = absent(root)
    {
        return Look { findings: vec![finding], ..Look::default() };
    }
    match ask(runner, backend, environment) {
        Ok(doctor) => understood(&doctor, backend, root),
        Err(why) => {
            let finding = finding("LOOK", Severity::Error, "the runtime does not answer", &why, "see `hw-test doctor`");
            Look { findings: vec![finding], ..Look::default() }
        }
    }
}

/// What is missing, if the machine has no usable Ascend card.
fn absent(root: &Path) -> Option<Finding> {
    let devices = std::fs::read_dir(root.join("sys/bus/pci/devices")).into_iter().flatten().flatten();
    let vendors = devices.filter_map(|device| std::fs::read_to_string(device.path().join("vendor")).ok());
    let cards = vendors.filter(|vendor| vendor.trim() == VENDOR).count();
    let nodes = std::fs::read_dir(root.join("dev")).into_iter().flatten().flatten();
    let has_node = nodes.filter_map(|node| node.file_name().into_string().ok()).any(|name| name.starts_with("davinci"));
    // A container may see the nodes and not the bus.
    match (cards, has_node) {
        (_, true) => None,
        (0, false) => Some(finding(
            "P01",
            Severity::Error,
            "no Ascend card",
            "no PCI device of vendor 0x19e5, and no /dev/davinci*",
            "run this on an Ascend server, or see the same screens on the simulator: --backend sim",
        )),
        (cards, false) => Some(finding(
            "P02",
            Severity::Error,
            "the driver is not loaded",
            &format!("{cards} PCI devices of vendor 0x19e5, but no /dev/davinci*"),
            "install the driver, or give the container its devices; or use --backend sim",
        )),
    }
}

fn finding(code: &str, severity: Severity, title: &str, detail: &str, fix: &str) -> Finding {
    let effect = if severity == Severity::Error { "nothing can be run" } else { "" };
    let text = |text: &str| text.to_owned();
    Finding {
        code: text(code),
        severity,
        title: text(title),
        detail: text(detail),
        fix: text(fix),
        effect: text(effect),
    }
}

fn ask(runner: &Path, backend: Backend, environment: &BTreeMap<String, String>) -> Result<Doctor, String> {
    let mut child = Command::new(runner)
        .args(["guard", &std::process::id().to_string(), "--"])
        .args([runner.as_os_str(), "look".as_ref(), backend.word().as_ref()])
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", runner.display()))?;
    let mut stdout = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        stdout.as_mut().map(|pipe| pipe.read_to_end(&mut text));
        text
    });
    let status = crate::child::wait(&mut child, PATIENCE, &|| false);
    let Some(status) = status else {
        let _ = child.kill();
        return Err(format!("no answer within {} s", PATIENCE.as_secs()));
    };
    let text = reader.join().unwrap_or_default();
    serde_json::from_slice(&text).map_err(|error| format!("it ended ({status}) without an answer: {error}"))
}

fn understood(doctor: &Doctor, backend: Backend, root: &Path) -> Look {
    let mut look = Look::default();
    let runtime = doctor.runtime.as_ref();
    let soc = runtime.and_then(|runtime| runtime.soc.clone()).unwrap_or_default();
    let mut version = |name: &str, value: Option<String>| value.map(|value| look.versions.insert(name.into(), value));
    version("soc", Some(soc.clone()).filter(|soc| !soc.is_empty()));
    version("driver", runtime.and_then(|runtime| runtime.driver.clone()));
    version("runtime", runtime.and_then(|runtime| runtime.version.clone()));
    version("library", runtime.map(|runtime| runtime.library.clone()));
    version(
        "kernel",
        std::fs::read_to_string(root.join("proc/sys/kernel/osrelease")).ok().map(|text| text.trim().into()),
    );
    if let Some(failure) = &doctor.failure {
        let paths: Vec<String> = doctor.tried.iter().map(|tried| tried.path.display().to_string()).collect();
        let detail = format!("{failure}; paths tried: {}", paths.join(", "));
        look.findings.push(finding("P09", Severity::Error, "AscendCL cannot be used", &detail, "see `hw-test doctor`"));
    }
    if backend == Backend::Hw && runtime.is_some_and(|runtime| runtime.simulated) {
        let detail = runtime.map(|runtime| runtime.library.clone()).unwrap_or_default();
        let fix = "remove the simulator from LD_LIBRARY_PATH, or say --backend sim";
        look.findings.push(finding("SIM", Severity::Error, "the library is the simulator", &detail, fix));
    }
    for warning in &doctor.warnings {
        let title = format!("{}: {}", warning.name, warning.symptom);
        look.findings.push(finding("NOTE", Severity::Warning, &title, &warning.cause, &warning.fix));
    }
    for device in &doctor.devices {
        let Ok(logic) = u32::try_from(device.id) else { continue };
        if let Some(failure) = &device.failure {
            let title = format!("die {logic} cannot be used");
            look.findings.push(finding("P12", Severity::Warning, &title, &failure.to_string(), "see `hw-test doctor`"));
            continue;
        }
        if let (Some(all), Some(free)) = (device.memory, device.memory_free) {
            look.used_mib.insert(logic, all.saturating_sub(free) >> 20);
        }
        look.dies.push(die(logic, device, &soc));
    }
    look.links = links(&look.dies, &doctor.devices, backend);
    if look.dies.is_empty() && !look.is_hopeless() || doctor.devices.is_empty() && doctor.failure.is_none() {
        look.findings.push(finding(
            "P12",
            Severity::Error,
            "there is no device",
            "AscendCL counts 0",
            "see `hw-test doctor`",
        ));
    }
    look
}

fn die(logic: u32, device: &DeviceFound, soc: &str) -> Die {
    let physical = device.physical.and_then(|id| u32::try_from(id).ok()).unwrap_or(logic);
    // Two dies of an A3 are one card, and their physical ids are neighbours.
    let card = if has_two_dies(soc) { physical / 2 } else { physical };
    let bus = device.bus_id.clone().unwrap_or_else(|| format!("logic-{logic}"));
    Die { logic, card, bus, soc: soc.to_owned() }
}

fn has_two_dies(soc: &str) -> bool {
    soc.starts_with("Ascend910_93") || soc.starts_with("Ascend910C")
}

fn links(dies: &[Die], devices: &[DeviceFound], backend: Backend) -> Vec<Link> {
    let reachable = |from: u32, to: u32| {
        let found = devices.iter().find(|device| u32::try_from(device.id) == Ok(from));
        let peers = found.and_then(|device| device.capabilities.as_ref()).map(|capabilities| &capabilities.peers);
        let peer = i32::try_from(to).ok().and_then(|to| peers?.get(&to));
        peer.is_some_and(ascend_ipc::Support::is_yes)
    };
    let kind = |from: &Die, to: &Die| match backend {
        Backend::Sim if from.card == to.card => "SIO",
        Backend::Sim if reachable(from.logic, to.logic) => "HCCS",
        _ => "?",
    };
    let pairs = dies.iter().flat_map(|from| dies.iter().map(move |to| (from, to)));
    pairs
        .filter(|(from, to)| from.logic != to.logic)
        .map(|(from, to)| Link {
            from: from.logic,
            to: to.logic,
            kind: kind(from, to).to_owned(),
            reachable: reachable(from.logic, to.logic),
        })
        .collect()
}

/// This program, to start children with.
///
/// # Errors
/// If the kernel does not tell.
pub fn myself() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_machine_lacks_a_card_and_a_card_without_nodes_lacks_its_driver() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(absent(root.path()).unwrap().code, "P01");
        let device = root.path().join("sys/bus/pci/devices/0000:85:00.0");
        std::fs::create_dir_all(&device).unwrap();
        std::fs::write(device.join("vendor"), "0x19e5\n").unwrap();
        assert_eq!(absent(root.path()).unwrap().code, "P02");
        std::fs::create_dir_all(root.path().join("dev")).unwrap();
        std::fs::write(root.path().join("dev/davinci0"), "").unwrap();
        assert_eq!(absent(root.path()), None);
    }

    #[test]
    fn a_child_that_does_not_answer_is_an_error_that_says_so() {
        let look = look(Path::new("/"), Path::new("/bin/true"), Backend::Sim, &BTreeMap::new());
        assert!(look.is_hopeless() && look.findings[0].detail.contains("without an answer"), "{look:?}");
    }
}
