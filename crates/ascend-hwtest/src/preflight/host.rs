//! The host around the devices: P23 to P25, and P27.

use super::code::{UNSURE, finding};
use super::visible::Visible;
use crate::event::Finding;
use crate::machine::Machine;

const MIB: u64 = 1 << 20;
const SMALL_SHM: u64 = 64 * MIB;
const FEW_FILES: u64 = 1024;
/// A run with logs of all cases needs less (a number of ours).
const LOW_DISK: u64 = 1024 * MIB;
/// Seconds between two clocks that nobody minds (a number of ours).
const SKEW: i64 = 2;

pub(super) fn findings(machine: &Machine, visible: Option<&Visible>) -> Vec<Finding> {
    let list = [visible.and_then(of_visible), limits(machine), kernel(machine), folder(machine)];
    list.into_iter().flatten().collect()
}

fn of_visible(visible: &Visible) -> Option<Finding> {
    let ids = visible.ids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let value = &visible.value;
    let detail = match (&visible.ignored, visible.refused) {
        (_, true) => format!("{value:?} is refused as a whole: the runtime shows no device"),
        (Some(ignored), false) => format!("{value:?} is cut to \"{ids}\": {ignored:?} is ignored"),
        (None, false) => return None,
    };
    let fix = "write ascending numbers of devices that exist, with commas and without blanks, such as 0,1,2";
    Some(finding("P23", detail, fix, "the run sees other devices than the variable seems to say"))
}

/// Several troubles as one finding.
fn joined(code: &str, troubles: &[Option<(String, &str)>]) -> Option<Finding> {
    let (details, fixes): (Vec<String>, Vec<&str>) = troubles.iter().flatten().cloned().unzip();
    (!details.is_empty()).then(|| finding(code, details.join("; "), fixes.join("; "), UNSURE))
}

fn limits(machine: &Machine) -> Option<Finding> {
    let host = &machine.host;
    let shm = host.shm.filter(|bytes| *bytes < SMALL_SHM);
    let files = host.open_files.filter(|files| *files < FEW_FILES);
    joined(
        "P24",
        &[
            shm.map(|bytes| {
                let fix = "mount -o remount,size=1g /dev/shm, or start the container with --shm-size=1g";
                (format!("/dev/shm has {} MiB", bytes / MIB), fix)
            }),
            host.shm_noexec.then(|| ("/dev/shm is noexec".to_owned(), "mount -o remount,exec /dev/shm")),
            files.map(|files| (format!("only {files} files may be open"), "ulimit -n 65536")),
            host.endless_cores.then(|| ("cores have no limit".to_owned(), "ulimit -c 0")),
        ],
    )
}

fn kernel(machine: &Machine) -> Option<Finding> {
    let host = &machine.host;
    let scope: Option<u32> =
        machine.read("/proc/sys/kernel/yama/ptrace_scope").and_then(|text| text.trim().parse().ok());
    let forbidden = scope.filter(|scope| *scope >= 2);
    joined(
        "P25",
        &[
            (!host.pidfd)
                .then(|| (format!("no pidfd (kernel {})", host.kernel), "use Linux 5.3 or newer, or allow pidfd_open")),
            (!host.memfd).then(|| ("no memfd".to_owned(), "allow memfd_create in the container's seccomp profile")),
            forbidden.map(|scope| (format!("ptrace_scope is {scope}"), "sysctl kernel.yama.ptrace_scope=1")),
        ],
    )
}

fn folder(machine: &Machine) -> Option<Finding> {
    let host = &machine.host;
    let disk = host.disk.filter(|bytes| *bytes < LOW_DISK);
    let skew = host.skew.filter(|seconds| seconds.abs() > SKEW);
    joined(
        "P27",
        &[
            host.unwritable.as_ref().map(|why| (format!("it cannot be written: {why}"), "choose another with --out")),
            disk.map(|bytes| {
                (format!("{} MiB are free", bytes / MIB), "free some space, or choose another with --out")
            }),
            skew.map(|seconds| (format!("its file system's clock differs by {seconds} s"), "synchronise the clocks")),
            host.clock_lost.then(|| ("this machine's clock is in the past".to_owned(), "set the clock")),
        ],
    )
}
