//! `Runtime::doctor`, and the example that prints it.

use std::process::{Command, Output};

use ascend_ipc::{Doctor, Runtime};

#[test]
fn the_simulators_devices_are_told_with_bus_ids_memory_and_capabilities() {
    let acl = Runtime::simulated().unwrap();
    let kept = acl.device(1).unwrap(); // the doctor leaves the thread bound as it was
    let stream = kept.create_stream().unwrap();
    let found = acl.doctor();
    assert!(found.has_ipc_events());
    assert_eq!(found.devices.len(), 8);
    for device in &found.devices {
        assert!(device.bus_id.is_some() && device.memory > Some(0) && device.failure.is_none(), "{device:?}");
        assert!(device.capabilities.as_ref().is_some_and(|can| can.peers.len() == 7), "{device:?}");
    }
    assert!(stream.is_complete().unwrap());
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Doctor>(&json).unwrap(), found);
    assert!(found.to_string().ends_with("IPC events work"), "{found}");
}

/// The example, built along with the tests of this package.
fn example(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples/doctor");
    if !path.exists() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", "doctor"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(built.success());
    }
    Command::new(path).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

fn json(output: &Output) -> Doctor {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn without_a_runtime_every_path_is_listed_and_the_exit_code_is_1() {
    let output = example(&["--json"], &[("ASCEND_SYS_LIBRARY", "/nowhere/libacl_rt.so")]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(&output);
    assert!(found.runtime.is_none() && !found.has_ipc_events());
    assert_eq!(found.tried.len(), 1);
    assert!(found.tried[0].path.ends_with("libacl_rt.so") && found.tried[0].why.contains("No such file"));
    assert!(found.warnings.iter().any(|warning| warning.name == "no-runtime"));
}

#[test]
fn a_soc_without_ipc_events_is_the_reason_and_the_exit_code_is_1() {
    let output = example(&["--json", "--simulator"], &[("ASCEND_SIM_SOC", "Ascend310P3"), ("ASCEND_SIM_DEVICES", "1")]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(&output);
    let can = found.devices[0].capabilities.as_ref().unwrap();
    assert!(can.ipc_events.to_string().contains("Ascend310P3"), "{}", can.ipc_events);
    assert!(can.values.to_string().contains("Ascend310P3"), "{}", can.values);
    assert!(can.ipc_memory.is_yes() && can.peers.is_empty());
    assert!(found.warnings.iter().any(|warning| warning.name == "ipc-events-soc"));
}

#[test]
fn a_cut_or_refused_list_of_visible_devices_is_a_warning() {
    let cut = example(&["--simulator"], &[("ASCEND_RT_VISIBLE_DEVICES", "1, 2")]);
    assert_eq!(cut.status.code(), Some(0));
    let text = String::from_utf8_lossy(&cut.stdout).into_owned();
    assert!(text.contains("warning[visible-cut]") && text.contains("IPC events work"), "{text}");
    let refused = example(&["--simulator", "--json"], &[("ASCEND_RT_VISIBLE_DEVICES", "2,1")]);
    assert_eq!(refused.status.code(), Some(1));
    let names: Vec<String> = json(&refused).warnings.into_iter().map(|warning| warning.name).collect();
    assert!(names[0] == "visible-refused", "{names:?}");
}

/// What a runtime must have to be opened; each answers as a link-time stub does.
const STUBS: &str = "aclInit aclrtSetDevice aclrtResetDevice aclrtGetDeviceCount aclrtGetCurrentContext \
    aclrtSetCurrentContext aclrtCreateStream aclrtDestroyStream aclrtSynchronizeStreamWithTimeout aclrtStreamQuery \
    aclrtRecordEvent aclrtStreamWaitEvent aclrtQueryEventStatus aclrtDestroyEvent aclrtMalloc aclrtFree aclrtMallocHost \
    aclrtFreeHost aclrtMemcpy aclrtMemcpyAsync";

fn library(folder: &std::path::Path, names: &str) -> String {
    let source: String = names.split(' ').map(|name| format!("int {name}(void) {{ return 100039; }}\n")).collect();
    let (input, output) = (folder.join("stub.c"), folder.join("libacl_rt.so"));
    std::fs::write(&input, source).unwrap();
    let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&output).arg(&input).status().unwrap();
    assert!(status.success());
    output.to_str().unwrap().to_owned()
}

#[test]
fn a_stub_library_is_found_out_by_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = library(folder.path(), STUBS);
    let output = example(&["--json"], &[("ASCEND_SYS_LIBRARY", &path)]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(&output);
    assert_eq!(found.failure.as_ref().and_then(|failure| failure.code), Some(100_039), "{found}");
    assert_eq!(found.warnings[0].name, "stub-library", "{found}");
    assert!(found.warnings[0].fix.contains("LD_LIBRARY_PATH"));
}

#[test]
fn a_runtime_that_is_too_old_is_reported_with_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let path = library(folder.path(), "aclInit aclrtSetDevice");
    let found = json(&example(&["--json"], &[("ASCEND_SYS_LIBRARY", &path)]));
    let failure = found.failure.as_ref().unwrap();
    assert_eq!(failure.kind, ascend_ipc::ErrorKind::MissingSymbol);
    assert!(failure.message.contains("aclrtResetDevice is missing from"), "{failure}");
    assert!(found.warnings.iter().any(|warning| warning.name == "runtime-refuses"), "{found}");
}
