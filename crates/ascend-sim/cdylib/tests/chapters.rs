//! Programs as users write them, a chapter of the interface each, in C, C++ and Python.
//!
//! Each runs with device numbers of its own choice, and ends with one line that says what was seen. What they cannot show,
//! the rules of `programs.rs` show.

mod bench;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use bench::Bench;

static BENCH: LazyLock<Bench> = LazyLock::new(Bench::new);

/// Compiles a chapter's program at its first use.
fn compile(file: &str, link: &str) {
    static COMPILED: Mutex<BTreeMap<String, Arc<OnceLock<()>>>> = Mutex::new(BTreeMap::new());
    let once = COMPILED.lock().unwrap().entry(file.to_owned()).or_default().clone();
    once.get_or_init(|| BENCH.build(&bench::sources().join("chapters").join(file), link));
}

/// Ends the test where a tool is missing that only this test needs; the harness captures it from nobody.
fn is_there(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        let text = format!("SKIP {test}: there is no {tool} on this machine (NOTHING WAS TESTED); see ci/setup.sh\n");
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
    found
}

/// A test is a command line, and a part of what the program says at its end.
macro_rules! chapters {
    ($($(#[$meta:meta])* $name:ident: $link:literal $file:literal $arguments:expr, [$($key:ident = $value:literal)?], $said:literal;)*) => {$(
        $(#[$meta])*
        #[test]
        fn $name() {
            let (program, suffix) = $file.rsplit_once('.').unwrap();
            if suffix == "cc" && !is_there("c++") {
                return;
            }
            compile($file, $link);
            let arguments: &[&str] = &$arguments;
            let text = BENCH.run(program, arguments, &[$((stringify!($key), $value))?]);
            assert!(text.contains($said), "{text}");
        }
    )*};
}

chapters! {
    a_device_is_left_in_every_order: "acl_rt" "device.c" ["5"], [], "device 5 of 8 (Ascend910B3)";
    a_device_is_found_where_few_are_visible: "acl_rt" "device.c" ["1"], [ASCEND_RT_VISIBLE_DEVICES = "3,6"], "device 1 of 2";
    contexts_are_handed_to_threads: "ascendcl" "context.c" ["1"], [], "4096 bytes each";
    a_stream_loses_nothing_but_by_force: "acl_rt" "stream.cc" ["2"], [], "none lost";
    events_measure_and_expire: "acl_rt" "event_timing.c" ["1"], [], "measured and expired";
    an_event_crosses_processes_on_one_device: "ascendcl" "ipc_event.c" ["hex", "0", "0"], [], "1 of 1 openers";
    an_event_crosses_devices: "ascendcl" "ipc_event.c" ["hex", "0", "1"], [], "1 of 1 openers";
    a_handle_travels_as_a_file: "ascendcl" "ipc_event.c" ["file", "2", "3"], [], "1 of 1 openers";
    an_event_has_several_openers: "ascendcl" "ipc_event.c" ["file", "1", "0", "1", "7", "0"], [], "4 of 4 openers";
    two_streams_take_turns_by_notifies: "acl_rt" "notify.c" ["3"], [], "100 buffers";
    a_listed_process_imports_a_notify: "acl_rt" "ipc_notify.c" ["checked", "0", "0"], [], "device 0 woke device 0, checked";
    a_notify_without_check_is_for_anybody: "acl_rt" "ipc_notify.c" ["unchecked", "0", "1"], [], "device 1 woke device 0";
    memory_is_copied_in_every_shape: "ascendcl" "memory.cc" ["4"], [], "shapes";
    memory_of_a_key_is_shared_by_all_who_are_listed: "acl_rt" "ipc_memory.c" ["checked", "0", "0", "1", "2"], [], "3 processes filled";
    memory_without_check_is_for_anybody: "acl_rt" "ipc_memory.c" ["unchecked", "1", "0", "1"], [], "2 processes filled";
    physical_blocks_of_two_processes_stand_side_by_side: "acl_rt" "vmm_share.cc" ["0", "1"], [], "side by side";
    physical_blocks_are_shared_on_one_device: "acl_rt" "vmm_share.cc" ["2", "2"], [], "side by side";
    one_thread_serves_the_callbacks_of_two_streams: "ascendcl" "callback.cc" ["1"], [], "400 callbacks in order";
    streams_wait_for_values: "acl_rt" "value.c" ["2"], [], "50 rounds of values";
    errors_are_told: "ascendcl" "error.cc" ["0"], [], "on Ascend910B3";
    a_missing_feature_is_told: "ascendcl" "error.cc" ["0"], [ASCEND_SIM_SOC = "Ascend310P3"], "on Ascend310P3";
    initialisation_is_repeated: "acl_rt" "init.c" [], [], "4 cycles";
}

/// Runs a Python program of the chapters.
fn python(file: &str, said: &str) {
    if !is_there("python3") {
        return;
    }
    let mut command = Command::new("python3");
    command.arg(bench::sources().join("chapters").join(file)).env("PYTHONDONTWRITEBYTECODE", "1");
    let text = BENCH.end(command);
    assert!(text.contains(said), "{text}");
}

#[test]
fn two_python_processes_hand_memory_over() {
    python("ctypes_event.py", "two Python processes handed 65536 bytes over");
}

#[test]
fn two_python_processes_wake_each_other() {
    python("ctypes_notify.py", "two Python processes woke each other 10 times");
}

#[test]
fn every_program_of_the_folder_is_run() {
    let tests = include_str!("chapters.rs");
    for entry in std::fs::read_dir(bench::sources().join("chapters")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_program = [".c", ".cc", ".py"].iter().any(|suffix| name.ends_with(suffix));
        assert!(!is_program || tests.contains(&format!("\"{name}\"")), "no test runs {name}");
    }
}
