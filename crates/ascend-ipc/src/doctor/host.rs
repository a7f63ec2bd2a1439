//! This machine and process: pages, device nodes, limits, namespaces, and what lies on the library path.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::Access as Rights;
use rustix::process::{Resource, getrlimit};
use serde::{Deserialize, Serialize};

use super::visible::VisibleDevices;

/// The machine and the process, as far as they matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Host {
    /// Bytes of a page.
    pub page_size: u64,
    /// The device nodes that the driver makes.
    pub nodes: Vec<Node>,
    /// What the runtime makes of `ASCEND_RT_VISIBLE_DEVICES`; `None` when it is not set.
    pub visible: Option<VisibleDevices>,
    /// Folders of link-time stubs that `LD_LIBRARY_PATH` names before any folder with a real library.
    pub stubs: Vec<PathBuf>,
    /// The inode of the pid namespace: tickets tell the creator's death only within one.
    pub pid_namespace: Option<u64>,
    /// The inode of the IPC namespace.
    pub ipc_namespace: Option<u64>,
    /// How many files the process may have open.
    pub open_files: Limit,
    /// How many bytes of memory the process may lock.
    pub locked_memory: Limit,
}

/// A limit of the process; `None` is "no limit".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// What applies now.
    pub current: Option<u64>,
    /// To what it can be raised.
    pub maximum: Option<u64>,
}

/// A device node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its path.
    pub path: PathBuf,
    /// Whether this process may use it.
    pub access: Access,
}

/// Whether a process may use a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Access {
    /// It can be read and written.
    Usable,
    /// It is there, but not for this user.
    Forbidden {
        /// The id of the group that owns it.
        group: u32,
    },
    /// It is not there.
    Absent,
}

/// The nodes that every process needs, beside one for each device.
const NODES: [&str; 3] = ["davinci_manager", "devmm_svm", "hisi_hdc"];
const LIBRARIES: [&str; 3] = ["libascend_hal.so", "libacl_rt.so", "libascendcl.so"];

impl Host {
    pub(super) fn look() -> Self {
        let namespace = |name: &str| std::fs::metadata(format!("/proc/self/ns/{name}")).ok().map(|found| found.ino());
        Self {
            page_size: rustix::param::page_size() as u64,
            nodes: nodes(Path::new("/dev")),
            visible: VisibleDevices::of_this_process(),
            stubs: stubs(&std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default()),
            pid_namespace: namespace("pid"),
            ipc_namespace: namespace("ipc"),
            open_files: limit(Resource::Nofile),
            locked_memory: limit(Resource::Memlock),
        }
    }
}

fn limit(resource: Resource) -> Limit {
    let limit = getrlimit(resource);
    Limit { current: limit.current, maximum: limit.maximum }
}

/// The fixed nodes, there or not, and every device's.
fn nodes(folder: &Path) -> Vec<Node> {
    let number = |path: &Path| path.file_name()?.to_str()?.strip_prefix("davinci")?.parse::<u32>().ok();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut devices: Vec<(u32, PathBuf)> =
        entries.map(|entry| entry.path()).filter_map(|path| Some((number(&path)?, path))).collect();
    devices.sort();
    let fixed = NODES.map(|name| folder.join(name)).into_iter();
    let all = fixed.chain(devices.into_iter().map(|(_, path)| path));
    all.map(|path| Node { access: access(&path), path }).collect()
}

fn access(path: &Path) -> Access {
    match std::fs::metadata(path) {
        Err(_) => Access::Absent,
        Ok(_) if rustix::fs::access(path, Rights::READ_OK | Rights::WRITE_OK).is_ok() => Access::Usable,
        Ok(found) => Access::Forbidden { group: found.gid() },
    }
}

/// Folders of stubs that come before the first folder which really has one of the libraries.
fn stubs(path: &OsStr) -> Vec<PathBuf> {
    let has_library = |folder: &PathBuf| LIBRARIES.iter().any(|name| folder.join(name).exists());
    std::env::split_paths(path).filter(has_library).take_while(|folder| is_stub(folder)).collect()
}

/// Whether a path lies where CANN puts what is only for linking.
pub(super) fn is_stub(path: &Path) -> bool {
    path.components().any(|part| ["devlib", "stub", "stubs"].iter().any(|name| part.as_os_str() == *name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn fixed_nodes_are_told_absent_and_devices_come_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["davinci10", "davinci2", "davinci_manager", "davincix", "null"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = nodes(folder.path());
        let name = |node: &Node| node.path.file_name().unwrap().to_str().unwrap().to_owned();
        let names: Vec<String> = found.iter().map(name).collect();
        assert_eq!(names, ["davinci_manager", "devmm_svm", "hisi_hdc", "davinci2", "davinci10"]);
        assert_eq!([found[0].access, found[1].access], [Access::Usable, Access::Absent]);
    }

    #[test]
    fn a_node_without_rights_names_its_group() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("davinci0");
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        let group = std::fs::metadata(&path).unwrap().gid();
        let root = rustix::process::geteuid().is_root(); // to whom nothing is forbidden
        assert_eq!(access(&path), if root { Access::Usable } else { Access::Forbidden { group } });
    }

    #[test]
    fn a_stub_counts_only_before_the_real_library() {
        let folder = tempfile::tempdir().unwrap();
        let (stub, real) = (folder.path().join("devlib/linux"), folder.path().join("lib64"));
        for place in [&stub, &real] {
            std::fs::create_dir_all(place).unwrap();
            std::fs::write(place.join("libascend_hal.so"), "").unwrap();
        }
        let joined = |paths: [&PathBuf; 2]| std::env::join_paths(paths).unwrap();
        assert_eq!(stubs(&joined([&stub, &real])), std::slice::from_ref(&stub));
        assert!(stubs(&joined([&real, &stub])).is_empty());
        assert!(stubs(OsStr::new("/nowhere/devlib")).is_empty());
    }
}
