//! A made-up server: files, an `npu-smi` that replays, and a runtime whose answers are given.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use ascend_hwtest::machine::Machine;
use ascend_hwtest::preflight::{Preflight, look_within};
use ascend_hwtest::probe::{DeviceSaid, Failure, RuntimeSaid};
use ascend_ipc::{Capabilities, ErrorKind, ErrorReport, Runtime, Support};

/// Longer than anything takes here that does not hang on purpose.
const LONG: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    root: tempfile::TempDir,
    pub(crate) machine: Machine,
    time: Duration,
}

impl Server {
    /// An Atlas A2 with two devices and nothing wrong.
    pub(crate) fn sound() -> Self {
        let root = tempfile::tempdir().unwrap();
        let machine = Machine::below(root.path());
        let mut server = Self { root, machine, time: LONG };
        for bus in ["0000:c1:00.0", "0000:c2:00.0"] {
            server.pci(bus, "0x19e5", "0xd802", "0x120000");
        }
        server.pci("0000:01:00.0", "0x19e5", "0x0222", "0x020000"); // its network card is no NPU
        for node in ["davinci_manager", "devmm_svm", "hisi_hdc", "davinci0", "davinci1"] {
            server.file(&format!("dev/{node}"), "");
        }
        server.file("usr/local/Ascend/driver/version.info", "Version=25.3.rc1\n");
        server.file("usr/local/Ascend/cann/lib64/libacl_rt.so", "");
        server.file("usr/local/Ascend/cann/share/info/runtime/version.info", "Version=9.1.0\n");
        server.file("etc/group", "root:x:0:\nHwHiAiUser:x:1000:\n");
        server.machine.prefer(&fixture("replay"));
        server.machine.prober = fixture("replay/hwrun");
        let table = text("info_a2_910b3_25.3.txt");
        let idle = table.replace("| Warning ", "| OK      ").replace("41012/ ", "3412 / ");
        let idle: String =
            idle.lines().filter(|line| !line.contains("python")).map(|line| format!("{line}\n")).collect();
        server.says("INFO", &idle);
        server.says("MAP", &text("map_a2.txt"));
        server.says("TOPO", &text("topo_a2.txt"));
        server.says("BOARD", &text("board_a2.txt").replace("910B4", "910B3"));
        server.runtime(|_| ());
        server.device(0, |_| ());
        server.device(1, |_| ());
        server
    }

    pub(crate) fn pci(&mut self, bus: &str, vendor: &str, device: &str, class: &str) {
        for (name, value) in [("vendor", vendor), ("device", device), ("class", class)] {
            self.file(&format!("sys/bus/pci/devices/{bus}/{name}"), &format!("{value}\n"));
        }
    }

    pub(crate) fn file(&mut self, path: &str, text: &str) {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&mut self, path: &str) {
        let path = self.root.path().join(path);
        if path.is_dir() { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
    }

    /// What `npu-smi` says about something.
    pub(crate) fn says(&mut self, what: &str, text: &str) {
        let name = format!("said-{what}");
        self.file(&name, text);
        self.machine.set(format!("NPU_SMI_{what}"), self.root.path().join(name));
    }

    /// What `npu-smi info` really said.
    pub(crate) fn shows(&mut self, name: &str) {
        self.says("INFO", &text(name));
    }

    pub(crate) fn runtime(&mut self, change: impl FnOnce(&mut RuntimeSaid)) {
        let mut said = RuntimeSaid {
            library: Some("/usr/local/Ascend/cann/lib64/libacl_rt.so".to_owned()),
            version: Some("9.1.0".to_owned()),
            soc: Some("Ascend910B3".to_owned()),
            devices: 2,
            page_size: 4096,
            ..RuntimeSaid::default()
        };
        change(&mut said);
        let line = format!("hwrun-probe {}", serde_json::json!({ "runtime": said }));
        self.machine.set("PROBE_runtime", line);
    }

    pub(crate) fn device(&mut self, id: u32, change: impl FnOnce(&mut DeviceSaid)) {
        let mut can = capabilities();
        can.peers = [(1 - id.cast_signed(), Support::Yes)].into();
        let mut said = DeviceSaid {
            id,
            physical: Some(id),
            bus: Some(["0000:C1:00.0", "0000:C2:00.0"][id as usize].to_owned()),
            free: Some(62 << 30),
            memory: Some(64 << 30),
            set_ms: Some(4100),
            can: Some(can),
            failure: None,
        };
        change(&mut said);
        self.machine.set(format!("PROBE_{id}"), format!("hwrun-probe {}", serde_json::json!({ "device": said })));
    }

    /// Both devices fail in the same way.
    pub(crate) fn devices_fail(&mut self, failure: &Failure) {
        for id in [0, 1] {
            self.device(id, |said| {
                said.can = None;
                said.failure = Some(failure.clone());
            });
        }
    }

    /// Both devices can do something else than usual.
    pub(crate) fn devices_can(&mut self, change: impl Fn(&mut Capabilities)) {
        for id in [0, 1] {
            self.device(id, |said| change(said.can.as_mut().unwrap()));
        }
    }

    /// For answers that never come.
    pub(crate) fn impatient(&mut self) {
        self.time = Duration::from_secs(2);
    }

    pub(crate) fn look(&self) -> Preflight {
        look_within(&self.machine, self.time)
    }
}

/// What a device of the simulator can do, which is everything.
fn capabilities() -> Capabilities {
    static CAN: OnceLock<Capabilities> = OnceLock::new();
    CAN.get_or_init(|| Runtime::simulated().unwrap().device(0).unwrap().capabilities()).clone()
}

/// An error as the safe layer reports it.
pub(crate) fn error(kind: ErrorKind, call: &str, code: i32, text: &str) -> ErrorReport {
    let mut report = ErrorReport::from(&Runtime::open("/nowhere/libacl_rt.so").unwrap_err());
    report.kind = kind;
    report.message = format!("{call} answered {code}");
    report.call = Some(call.to_owned());
    report.code = Some(code);
    report.text = (!text.is_empty()).then(|| text.to_owned());
    report
}

pub(crate) fn failed(call: &str, code: i32, text: &str) -> Failure {
    Failure::Error(Box::new(error(ErrorKind::Runtime, call, code, text)))
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

pub(crate) fn text(name: &str) -> String {
    std::fs::read_to_string(fixture("npu-smi").join(name)).unwrap()
}
