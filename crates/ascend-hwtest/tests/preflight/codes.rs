//! Every code about devices and software, produced by a server that differs from a sound one in one thing.

use ascend_hwtest::event::{Event, Finding, Phase, Severity};
use ascend_hwtest::exit::Exit;
use ascend_hwtest::preflight::Preflight;
use ascend_hwtest::probe::Failure;
use ascend_ipc::{ErrorKind, Reason, Support};

use crate::server::{Server, error, failed, text};

pub(crate) fn look(change: impl FnOnce(&mut Server)) -> Preflight {
    let mut server = Server::sound();
    change(&mut server);
    server.look()
}

/// The findings, which have exactly these codes.
#[track_caller]
pub(crate) fn findings<const N: usize>(found: &Preflight, codes: [&str; N]) -> [Finding; N] {
    let seen: Vec<&str> = found.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(seen, codes, "{:#?}", found.findings);
    for finding in &found.findings {
        assert!(!finding.detail.is_empty() && !finding.fix.is_empty() && !finding.effect.is_empty(), "{finding:?}");
    }
    <[Finding; N]>::try_from(found.findings.clone()).unwrap()
}

#[track_caller]
pub(crate) fn says(finding: &Finding, words: &[&str]) {
    let all = format!("{}\n{}\n{}", finding.detail, finding.fix, finding.effect);
    for word in words {
        assert!(all.contains(word), "{word:?} is not in {finding:?}");
    }
}

#[test]
fn a_sound_server_has_no_finding_and_two_linked_devices() {
    let found = look(|_| ());
    findings(&found, []);
    assert_eq!((found.exit(), found.ipc_events, found.refusal()), (Exit::Ok, true, None));
    let dies: Vec<_> = found.dies.iter().map(|die| (die.logic, die.card, die.bus.as_str(), die.soc.as_str())).collect();
    assert_eq!(dies, [(0, 0, "0000:C1:00.0", "Ascend910B3"), (1, 1, "0000:C2:00.0", "Ascend910B3")]);
    let links: Vec<_> =
        found.links.iter().map(|link| (link.from, link.to, link.kind.as_str(), link.reachable)).collect();
    assert_eq!(links, [(0, 1, "HCCS", true), (1, 0, "HCCS", true)]);
    assert_eq!(found.versions["driver"], "25.3.rc1");
    assert_eq!(found.versions["cann"], "9.1.0");
}

#[test]
fn p01_without_a_card_nothing_is_tried_and_the_simulator_is_offered() {
    let found = look(|server| {
        server.pci("0000:02:00.0", "0x1234", "0xd802", "0x120000"); // another vendor's accelerator
        for path in ["dev", "sys/bus/pci/devices/0000:c1:00.0", "sys/bus/pci/devices/0000:c2:00.0"] {
            server.remove(path);
        }
    });
    let [finding] = findings(&found, ["P01"]);
    says(&finding, &["none of 2 PCI devices", "--backend sim"]);
    assert_eq!((finding.severity, found.exit()), (Severity::Error, Exit::NoHardware));
    assert!(found.refusal().is_some_and(|line| line.contains("no Ascend card") && line.contains("--backend sim")));
    assert_eq!(found.probe.runtime.library, None);
}

#[test]
fn p02_a_card_without_nodes_has_no_driver_and_in_a_container_the_options_are_named() {
    let unfit = failed("aclrtGetDeviceCount", 507_899, "");
    let found = look(|server| {
        server.remove("dev");
        server.runtime(|said| said.failure = Some(unfit.clone()));
    });
    let [driver, _] = findings(&found, ["P02", "P12"]);
    says(&driver, &["2 × Ascend 910B (A2)", "/dev/davinci_manager", "install the driver"]);
    let found = look(|server| {
        server.remove("dev/hisi_hdc");
        server.file(".dockerenv", "");
    });
    let [node] = findings(&found, ["P02"]);
    says(&node, &["--device=/dev/hisi_hdc"]);
    assert_eq!(node.severity, Severity::Warning); // for the devices work
}

#[test]
fn p03_a_node_that_may_not_be_opened_names_the_group() {
    let found = look(|server| {
        server.machine.refuse("/dev/davinci0", 13);
        server.machine.set("USER", "someone");
        server.devices_fail(&failed("aclrtSetDevice", 507_899, ""));
    });
    let [group, _] = findings(&found, ["P03", "P12"]);
    says(&group, &["/dev/davinci0", "EACCES", "group root", "usermod -a -G root someone"]);
}

#[test]
fn p04_a_node_that_a_cgroup_forbids_is_told_with_those_that_open() {
    let found = look(|server| {
        server.machine.refuse("/dev/davinci0", 1);
        server.devices_fail(&failed("aclrtSetDevice", 507_899, ""));
    });
    let [other, _] = findings(&found, ["P04", "P12"]);
    says(&other, &["/dev/davinci0 cannot be opened (EPERM)", "/dev/davinci1 opens"]);
}

#[test]
fn p05_a_tool_that_is_missing_hangs_or_is_not_understood_is_a_note_while_the_runtime_works() {
    let found = look(|server| server.machine.set("PATH", "/nowhere"));
    let [finding] = findings(&found, ["P05"]);
    says(&finding, &["/nowhere", "/usr/local/dcmi"]);
    assert_eq!((finding.severity, found.exit()), (Severity::Warning, Exit::Ok));
    assert!(found.links.iter().all(|link| link.kind == "?" && link.reachable));

    let found = look(|server| {
        server.machine.set("NPU_SMI_INFO", "hang");
        server.impatient();
    });
    let [finding] = findings(&found, ["P05"]);
    says(&finding, &["npu-smi info: no end within its time", "device is lost"]);

    let strange = format!("{}| a | new | table |\n", text("info_a5_950pr_25.7.txt"));
    let found = look(|server| server.says("INFO", &strange));
    let unknown = found.findings.iter().find(|finding| finding.code == "P05").unwrap();
    says(unknown, &["25.7.rc1.6", "1 lines", "| a | new | table |"]);

    let found = look(|server| server.machine.set("NPU_SMI_EXIT", "3"));
    let [finding] = findings(&found, ["P05"]);
    says(&finding, &["exit code 3"]);
}

#[test]
fn p06_and_p07_are_told_by_the_code_of_the_management_library() {
    let unfit = failed("aclrtSetDevice", 507_899, "");
    for (name, code, words) in [("err_dcmi_8005.txt", "P06", "-8005"), ("err_dcmi_8020.txt", "P07", "-8020")] {
        let found = look(|server| {
            server.shows(name);
            server.machine.set("NPU_SMI_EXIT", "1");
            server.devices_fail(&unfit);
        });
        let [finding, _] = findings(&found, [code, "P12"]);
        says(&finding, &[words]);
        assert_eq!((finding.severity, found.exit()), (Severity::Error, Exit::NoHardware));
    }
}

#[test]
fn p08_the_drivers_library_is_missing_and_the_exact_line_is_shown() {
    let mut report = error(ErrorKind::NotFound, "", 0, "");
    (report.call, report.code) = (None, None);
    report.message =
        "no AscendCL runtime was found\n  /x/libacl_rt.so: libascend_hal.so: cannot open shared object file: \
                      No such file or directory"
            .to_owned();
    let failure = Failure::Error(Box::new(report));
    let found = look(|server| {
        server.file("usr/local/Ascend/driver/lib64/driver/libascend_hal.so", "");
        server.runtime(|said| said.failure = Some(failure.clone()));
    });
    let [finding] = findings(&found, ["P08"]);
    let line =
        "export LD_LIBRARY_PATH=/usr/local/Ascend/driver/lib64:/usr/local/Ascend/driver/lib64/driver:$LD_LIBRARY_PATH";
    says(&finding, &["libascend_hal.so: cannot open", line]);
}

#[test]
fn p09_without_cann_every_place_is_listed_and_a_simulator_does_not_count() {
    let failure = Failure::Error(Box::new(error(ErrorKind::NotFound, "dlopen", 0, "")));
    let found = look(|server| {
        server.machine.set("ASCEND_HOME_PATH", "/data/cann");
        server.runtime(|said| said.failure = Some(failure.clone()));
    });
    let [finding] = findings(&found, ["P09"]);
    says(&finding, &["Checked paths: /data/cann, /usr/local/Ascend/cann", "/opt/Ascend/cann", "--cann"]);

    let found = look(|server| server.runtime(|said| said.simulated = true));
    let [finding] = findings(&found, ["P09"]);
    says(&finding, &["is the simulator"]);
    assert_eq!((found.exit(), found.usable()), (Exit::NoHardware, false));
}

#[test]
fn p10_a_stub_is_told_by_its_answer_and_by_the_search_path() {
    let found = look(|server| {
        let failure = failed("aclInit", 100_039, "");
        server.runtime(|said| said.failure = Some(failure));
    });
    findings(&found, ["P10"]);
    let found = look(|server| {
        server.file("opt/x/devlib/libascend_hal.so", "");
        server.file("opt/x/lib64/libascend_hal.so", "");
        server.machine.set("LD_LIBRARY_PATH", "/opt/none:/opt/x/devlib:/opt/x/lib64");
    });
    let [finding] = findings(&found, ["P10"]);
    says(&finding, &["/opt/x/devlib"]);
    assert_eq!(finding.severity, Severity::Warning);
}

#[test]
fn p11_to_p14_and_p26_are_told_by_call_code_and_text() {
    let cases = [
        ("P11", "aclInit", 107_000, "", Exit::NoHardware),
        ("P11", "aclInit", 100_002, "Failed to parse config file", Exit::NoHardware),
        ("P12", "aclrtSetDevice", 107_001, "driver may not be loaded", Exit::NoHardware),
        ("P13", "aclrtSetDevice", 507_033, "", Exit::NoHardware),
        ("P13", "aclrtSetDevice", 500_000, "E30006: Failed to verify the OPP", Exit::NoHardware),
        ("P14", "aclrtSetDevice", 507_899, "Resource_Busy(EL0005): The resources are busy.", Exit::Busy),
        ("P26", "aclrtCreateStream", 207_008, "", Exit::NoHardware),
        ("P26", "aclrtCreateStream", 507_899, "EE1023 Too many streams are created", Exit::NoHardware),
    ];
    for (code, call, number, text, exit) in cases {
        let found = look(|server| {
            if call == "aclInit" {
                server.runtime(|said| said.failure = Some(failed(call, number, text)));
            } else {
                server.devices_fail(&failed(call, number, text));
            }
        });
        let [finding] = findings(&found, [code]);
        says(&finding, &[call, &number.to_string(), text]);
        assert_eq!((found.exit(), found.usable()), (exit, false), "{code}");
        assert_eq!(finding.detail.contains("devices 0, 1: "), call != "aclInit", "{finding:?}");
    }
}

#[test]
fn one_device_of_two_that_fails_is_left_out_and_the_other_one_is_used() {
    let found = look(|server| {
        let failure = failed("aclrtSetDevice", 507_033, "");
        server.device(0, |said| (said.can, said.failure) = (None, Some(failure)));
    });
    let [device, pair] = findings(&found, ["P13", "P20"]);
    assert_eq!((device.severity, found.exit()), (Severity::Skip, Exit::Ok));
    says(&pair, &["one device"]);
    assert_eq!(found.dies.iter().map(|die| die.logic).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_probe_that_hangs_or_crashes_says_during_which_step() {
    let found = look(|server| {
        server.machine.set("PROBE_0", "hang");
        server.machine.set("PROBE_1", "crash");
        server.impatient();
    });
    let [finding] = findings(&found, ["P12"]);
    says(
        &finding,
        &["device 0: aclrtSetDevice: no end within its time", "device 1: aclrtSetDevice: killed by signal 11"],
    );
    says(&finding, &["a library says why"]);
    let found = look(|server| server.machine.set("PROBE_EXIT_0", "3")); // it said everything, and then failed
    let [finding, _] = findings(&found, ["P12", "P20"]);
    says(&finding, &["device 0: aclrtSetDevice: exit code 3"]);
    let found = look(|server| server.machine.set("PROBE_runtime", "nonsense"));
    let [finding] = findings(&found, ["P12"]);
    says(&finding, &["exit code 0", "nonsense"]);
}

#[test]
fn p15_to_p18_are_reasons_why_there_are_no_ipc_events() {
    let refused = || Reason::Refused { call: "aclrtCreateEventExWithFlag".to_owned(), text: None };
    let pages = || Reason::PageSize { bytes: 65536, driver: Some("25.5.1".to_owned()) };
    let symbol = || Reason::MissingSymbol {
        symbol: "aclrtIpcGetEventHandle".to_owned(),
        library: "libacl_rt.so".to_owned(),
        version: Some("8.0.0".to_owned()),
    };
    let cases = [
        ("P15", refused(), "aclrtCreateEventExWithFlag answered 207000"),
        ("P16", pages(), "page size is 65536 and driver is 25.5.1 (< 26.0.RC1)"),
        ("P17", Reason::Soc { soc: "Ascend310P3".to_owned() }, "Ascend310P3"),
        ("P18", symbol(), "aclrtIpcGetEventHandle is missing"),
    ];
    for (code, reason, words) in cases {
        let found = look(|server| server.devices_can(|can| can.ipc_events = Support::No(reason.clone())));
        let [finding] = findings(&found, [code]);
        says(&finding, &[words, "IPC events are skipped"]);
        assert_eq!((finding.severity, found.exit()), (Severity::Skip, Exit::CannotRun));
        assert!(found.usable() && !found.ipc_events);
    }
}

#[test]
fn p16_and_p17_are_known_before_anything_works() {
    let found = look(|server| {
        server.machine.host.page_size = 65536;
        server.says("BOARD", "Chip Name : Ascend310P3\n");
        server.devices_fail(&failed("aclrtSetDevice", 500_000, ""));
    });
    let [_, pages, product] = findings(&found, ["P12", "P16", "P17"]);
    says(&pages, &["page size is 65536 and driver is 25.3.rc1"]);
    says(&product, &["Ascend310P3"]);
    let found = look(|server| {
        server.machine.host.page_size = 65536;
        server.file("usr/local/Ascend/driver/version.info", "Version=26.0.RC1\n");
        server.devices_fail(&failed("aclrtSetDevice", 500_000, ""));
    });
    findings(&found, ["P12"]);
}

#[test]
fn p19_is_found_in_whatever_the_runtime_said() {
    let text =
        "EE1015: The driver version capability is insufficient. The driver interface halShmemInfoGet does not exist.";
    let found = look(|server| {
        let report = error(ErrorKind::Runtime, "aclrtIpcMemGetExportKey", 507_899, text);
        server.devices_can(|can| can.ipc_memory = Support::Unknown(Box::new(report.clone())));
    });
    let [finding] = findings(&found, ["P19"]);
    says(&finding, &["halShmemInfoGet", "upgrade the driver"]);
}

#[test]
fn p20_names_the_pairs_without_access_and_a_lone_device() {
    let none = || Support::No(Reason::NoPeerLink { device: 0, peer: 1 });
    let found = look(|server| server.device(0, |said| said.can.as_mut().unwrap().peers = [(1, none())].into()));
    let [finding] = findings(&found, ["P20"]);
    says(&finding, &["no access from 0→1"]);
    assert!(!finding.detail.contains("1→0"));
    let found = look(|server| server.runtime(|said| said.devices = 1));
    let [finding] = findings(&found, ["P20"]);
    says(&finding, &["one device is usable", "two devices are skipped"]);
}

#[test]
fn p21_and_p22_are_read_from_the_table() {
    let found = look(|server| {
        server.shows("info_a2_910b3_25.3.txt");
        server.file("proc/4711/status", "Name:\tpython\nUid:\t1001\t1001\t1001\t1001\n");
        server.file("etc/passwd", "root:x:0:0::/root:/bin/sh\nanna:x:1001:1001::/home/anna:/bin/sh\n");
    });
    let [health, others] = findings(&found, ["P21", "P22"]);
    says(&health, &["NPU 1 says Warning"]);
    let Some(Event::State { used_mib, processes, health, .. }) = found.smi.state(Phase::Baseline, "0000:c2:00.0")
    else {
        panic!("the device is in the table");
    };
    assert_eq!((used_mib, health.as_deref()), (Some(41012), Some("Warning")));
    assert_eq!(processes, [(4711, "python".to_owned())]);
    assert_eq!(found.smi.state(Phase::Baseline, "0000:c3:00.0"), None);
    let events = found.events();
    assert!(
        matches!(&events[..], [Event::Finding(_), Event::Finding(_), Event::Topology { dies, .. }] if dies.len() == 2)
    );
    says(&others, &["NPU 1: pid 4711 'python' of anna 37650 MiB", "refuse"]);
    let hot = text("info_a2_910b3_25.3.txt").replace(" 61 ", " 91 ").replace("| Warning ", "| OK      ");
    let found = look(|server| server.says("INFO", &hot));
    says(&findings(&found, ["P21", "P22"])[0], &["NPU 1 has 91 °C"]);

    let orphaned: String = text("info_a2_910b3_25.3.txt")
        .lines()
        .filter(|line| !line.contains("python"))
        .map(|line| format!("{line}\n"))
        .collect();
    let found = look(|server| server.says("INFO", &orphaned.replace("| Warning ", "| OK      ")));
    says(&findings(&found, ["P22"])[0], &["NPU 1: 41012 of 65536 MiB, by nobody that is seen here"]);

    let found = look(|server| {
        server.says("INFO", "dcmi failed. ret is -8012\n");
    });
    says(&findings(&found, ["P21"])[0], &["-8012"]);
}

#[test]
fn p22_in_a_container_pids_are_those_of_the_container() {
    let found = look(|server| server.shows("info_a5_950pr_25.7.txt"));
    says(&findings(&found, ["P22"])[0], &["NPU 0: pid 17 'python' 256 MiB"]);
}
