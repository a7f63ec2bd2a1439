//! Every code about the host around the devices.

use ascend_hwtest::exit::Exit;

use crate::codes::{findings, look, says};

#[test]
fn p23_a_list_that_is_cut_or_refused_is_shown_as_the_runtime_sees_it() {
    let found = look(|server| {
        server.machine.set("ASCEND_RT_VISIBLE_DEVICES", "1, 0");
        server.runtime(|said| said.devices = 1);
        server.device(0, |said| said.bus = Some("0000:C2:00.0".to_owned()));
    });
    let [_, visible] = findings(&found, ["P20", "P23"]);
    says(&visible, &["\"1, 0\" is cut to \"1\"", "\" 0\" is ignored"]);
    assert_eq!((found.dies[0].logic, found.dies[0].card), (1, 1)); // counted without the filter
    for value in ["1,0", "", "x"] {
        let found = look(|server| server.machine.set("ASCEND_RT_VISIBLE_DEVICES", value));
        says(&findings(&found, ["P23"])[0], &["refused as a whole"]);
    }
    let found = look(|server| server.machine.set("ASCEND_RT_VISIBLE_DEVICES", "0,1,2"));
    says(&findings(&found, ["P23"])[0], &["cut to \"0,1\""]);
    findings(&look(|server| server.machine.set("ASCEND_RT_VISIBLE_DEVICES", "0,1")), []);
}

#[test]
fn p24_p25_and_p27_are_about_the_host_each_trouble_with_its_mend() {
    let found = look(|server| {
        let host = &mut server.machine.host;
        (host.shm, host.shm_noexec) = (Some(32 << 20), true);
        (host.open_files, host.endless_cores) = (Some(256), true);
        (host.pidfd, host.memfd) = (false, false);
        (host.disk, host.skew, host.clock_lost) = (Some(5 << 20), Some(-90), true);
        host.unwritable = Some("Read-only file system".to_owned());
        server.file("proc/sys/kernel/yama/ptrace_scope", "3\n");
    });
    let [limits, kernel, folder] = findings(&found, ["P24", "P25", "P27"]);
    says(&limits, &["32 MiB", "noexec", "256 files", "cores", "ulimit -n 65536", "ulimit -c 0", "--shm-size"]);
    says(&kernel, &["no pidfd", "no memfd", "ptrace_scope is 3"]);
    says(&folder, &["Read-only", "5 MiB", "-90 s", "in the past", "--out"]);
    assert_eq!(found.exit(), Exit::Ok);
    let found = look(|server| server.machine.host.open_files = None);
    findings(&found, []); // no limit is not a narrow one
}

#[test]
fn p28_nodes_that_are_counted_otherwise_are_told() {
    let found = look(|server| {
        server.remove("dev/davinci0");
        server.file("dev/davinci4", "");
    });
    says(&findings(&found, ["P28"])[0], &["davinci{1, 4}", "npu-smi says 0, 1", "bus:"]);
}
