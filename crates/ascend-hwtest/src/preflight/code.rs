//! Every code that preflight can report: how grave it is, its title, and what there is to know about it.

use crate::event::{Finding, Severity};

/// What a code stands for.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// `P16`.
    pub code: &'static str,
    /// How grave it is when nothing speaks against it.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// What it means, how it is noticed, and what mends it.
    pub about: &'static str,
}

const E: Severity = Severity::Error;
const S: Severity = Severity::Skip;
const W: Severity = Severity::Warning;

const fn code(code: &'static str, severity: Severity, title: &'static str, about: &'static str) -> Code {
    Code { code, severity, title, about }
}

/// All of them, in the order in which they are looked for.
pub const CODES: [Code; 28] = [
    code(
        "P01",
        E,
        "no Ascend card in this machine",
        "No PCI device of vendor 0x19e5 is an NPU, and there is no device node /dev/davinciN. Run on an Ascend server, or give the container or virtual machine its devices. Without a card the same cases run on the simulator: --backend sim.",
    ),
    code(
        "P02",
        E,
        "the driver is not there",
        "A card is in the machine, but nodes are missing in /dev that the driver makes: davinci_manager, devmm_svm, hisi_hdc, and one davinciN for each device. Outside a container the driver is not installed or not loaded. In a container the nodes were not passed in; that lsmod shows nothing there is normal.",
    ),
    code(
        "P03",
        E,
        "you may not use the device nodes",
        "Opening a node answered EACCES: the user is not in the group that owns it. Add the user to that group and log in again; in a container, start it with --group-add.",
    ),
    code(
        "P04",
        E,
        "some device nodes are not for you",
        "Opening a node answered EPERM: a device cgroup, usually set by a container runtime or device plugin, allows other devices. Those that open are listed, and only they can be used.",
    ),
    code(
        "P05",
        E,
        "npu-smi does not help",
        "npu-smi was not found on PATH or in /usr/local/{bin,sbin,dcmi}, did not answer, or says things that are not understood. Many containers lack it, and nothing depends on it while the runtime works; without it health, foreign processes and links between devices are unknown. It hangs when a device is lost.",
    ),
    code(
        "P06",
        E,
        "the management library finds no usable device",
        "npu-smi answered with a DCMI code such as -8005. The devices are held by another container, the container lacks mounts or --device, or this host allows DCMI to root only.",
    ),
    code(
        "P07",
        E,
        "the devices belong to another container",
        "npu-smi answered with DCMI code -8020: the device is used, by a container to which it is bound. Stop that container, or take other devices.",
    ),
    code(
        "P08",
        E,
        "the driver's library is not found",
        "The runtime needs libascend_hal.so, which comes with the driver and not with CANN. LD_LIBRARY_PATH lacks the driver's lib64 folders; source CANN's set_env.sh after the driver is installed, or export what the finding shows.",
    ),
    code(
        "P09",
        E,
        "no usable CANN",
        "No AscendCL runtime (libacl_rt.so, libascendcl.so) could be opened in any place where it is looked for. Install CANN's runtime, source its set_env.sh, or name it with --cann or ASCEND_SYS_LIBRARY. The simulator's library does not count as hardware.",
    ),
    code(
        "P10",
        E,
        "a link-time stub was loaded instead of the runtime",
        "CANN brings libraries that are only for linking; each of their functions answers 100039. A devlib or stub folder stands before lib64 in LD_LIBRARY_PATH. CANN's set_env.sh adds devlib where it finds no driver.",
    ),
    code(
        "P11",
        E,
        "the runtime cannot be initialised",
        "aclInit failed. 107000 and 100002 come from a configuration file that cannot be read or parsed. Whatever else it answers is shown.",
    ),
    code(
        "P12",
        E,
        "a device cannot be used",
        "The smoke probe of a device failed: bring it up, create a stream, create, export and destroy an IPC event, give it back. 107001 at aclrtSetDevice means that the id is out of range or that the driver does not know the device. A probe that hung or crashed says in which step.",
    ),
    code(
        "P13",
        E,
        "CANN and the driver do not match",
        "aclrtSetDevice answered 507033, or a text names the device's own software: operator packages, driver and firmware are of different releases. Install those that belong together.",
    ),
    code(
        "P14",
        E,
        "a device is busy",
        "507899 with EL0005: somebody uses the device exclusively. A run waits with --wait, and else ends with exit code 75, so that a scheduler tries again.",
    ),
    code(
        "P15",
        S,
        "this driver has no IPC events",
        "Creating an IPC event was answered with 207000 on a product that has them: the driver lacks what they need. Upgrade the driver. Cases with IPC events are skipped.",
    ),
    code(
        "P16",
        S,
        "IPC events need 4 KiB pages with this driver",
        "With pages of another size, such as the 64 KiB of some AArch64 kernels, IPC events work only from driver 26.0.RC1 on. Upgrade the driver, or boot a kernel with 4 KiB pages.",
    ),
    code(
        "P17",
        S,
        "this product has no IPC events",
        "Ascend 950DT, 910 (A1), 310P and 310B do not support IPC events; A2, A3 and 950PR do. Shared memory and notifies may still work.",
    ),
    code(
        "P18",
        S,
        "this CANN is too old",
        "The runtime lacks functions, which are named. IPC events need CANN 8.5 or newer.",
    ),
    code(
        "P19",
        W,
        "the driver is older than CANN",
        "The runtime says EE1015: the driver lacks a function that CANN would use. What needs it fails; upgrade the driver.",
    ),
    code(
        "P20",
        S,
        "not every pair of devices can be tested",
        "There are fewer than two devices, or aclrtDeviceCanAccessPeer says no for a pair. Cases across devices are skipped, those for that pair or all.",
    ),
    code(
        "P21",
        W,
        "a device is not healthy",
        "npu-smi shows another health than OK, more than 85 degrees, or that a device has dropped out (-8012). Results on it may be those of the device, not of the code.",
    ),
    code(
        "P22",
        W,
        "somebody uses the devices",
        "Processes of others hold device memory, or more memory is used than on an idle device. About 3 to 5 GB are normal on an idle one; more than 6144 MiB (a number of ours) is reported. Exclusive runs refuse such devices.",
    ),
    code(
        "P23",
        W,
        "ASCEND_RT_VISIBLE_DEVICES is not what it seems",
        "The runtime reads ascending numbers with commas, and stops silently at the first thing that is none or no device: \"1, 2\" is device 1 alone. Out of order, or without a number, no device is visible at all. The devices that are left are counted from 0.",
    ),
    code(
        "P24",
        W,
        "limits are narrow",
        "/dev/shm below 64 MiB or noexec, fewer than 1024 open files, or cores without a limit. Tests may fail for want of them, or fill the disk when they kill processes.",
    ),
    code(
        "P25",
        W,
        "the kernel is missing something",
        "Without pidfd (Linux 5.3), killing is less precise; without memfd, shared memory of tests fails; where ptrace is forbidden, hangs are reported without stacks. Seccomp profiles of containers forbid these, too.",
    ),
    code(
        "P26",
        W,
        "a device has run out of streams, events or notifies",
        "EE1023 or a code such as 207008: other jobs on the device hold them, or have left them behind. Wait, stop those jobs, or reset the device.",
    ),
    code(
        "P27",
        W,
        "the folder of runs is not sound",
        "The disk is almost full, the folder cannot be written, or clocks disagree, so that files are older or newer than they are. Choose another folder with --out, or set the clock.",
    ),
    code(
        "P28",
        W,
        "device nodes and npu-smi count differently",
        "Inside a container /dev/davinci1 can be what npu-smi calls NPU 0. Devices are locked by their bus ids, which do not change; mind which number a tool means.",
    ),
];

/// The entry of a code, in whatever case it is written.
#[must_use]
pub fn entry(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

/// A finding with the code's own severity and title.
pub(super) fn finding(code: &str, detail: impl Into<String>, fix: impl Into<String>, effect: &str) -> Finding {
    let (severity, title) = entry(code).map_or((E, code), |entry| (entry.severity, entry.title));
    Finding {
        code: code.to_owned(),
        severity,
        title: title.to_owned(),
        detail: detail.into(),
        fix: fix.into(),
        effect: effect.to_owned(),
    }
}

pub(super) const NOTHING: &str = "nothing can be run on hardware";
pub(super) const UNSURE: &str = "nothing is skipped; keep it in mind when a case fails";
pub(super) const NO_EVENTS: &str = "cases with IPC events are skipped; those with shared memory and notifies still run";
pub(super) const NOT_THERE: &str = "cases on these devices are skipped";
