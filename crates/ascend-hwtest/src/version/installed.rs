//! What is installed, from the files that installers leave.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::machine::Machine;

/// Where installers write their choices.
const CHOICES: &str = "/etc/ascend_install.info";
const DEFAULT: &str = "/usr/local/Ascend";

/// Driver, firmware and CANN, as far as files tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// Folder of the driver, whether it exists or not.
    pub driver_folder: PathBuf,
    /// Version of the driver.
    pub driver: Option<String>,
    /// Whether its installer says that it was completed.
    pub driver_complete: Option<bool>,
    /// Version of the firmware.
    pub firmware: Option<String>,
    /// The CANN that is taken.
    pub cann: Option<CannFound>,
    /// Every folder where CANN was looked for, in order.
    pub looked: Vec<PathBuf>,
}

/// An installation of CANN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannFound {
    /// Its folder.
    pub root: PathBuf,
    /// Its version.
    pub version: Option<String>,
}

/// The lines `NAME=VALUE` of a file; comments, sections and what was cut are skipped.
#[must_use]
pub fn fields(text: &str) -> BTreeMap<String, String> {
    let pair = |line: &str| {
        let (name, value) = line.trim().split_once('=')?;
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        (!name.is_empty() && !name.starts_with('#') && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    };
    text.lines().filter_map(pair).collect()
}

impl Installed {
    /// Looks for everything.
    #[must_use]
    pub fn look(machine: &Machine) -> Self {
        let choices = machine.read(CHOICES).map(|text| fields(&text)).unwrap_or_default();
        let prefix = choices.get("Driver_Install_Path_Param").map_or(DEFAULT, String::as_str);
        let driver_folder = Path::new(prefix).join("driver");
        let looked = roots(machine);
        let root = looked.iter().find(|root| is_cann(machine, root)).cloned();
        Self {
            driver: version_in(machine, &driver_folder.join("version.info")),
            driver_complete: choices.get("Driver_Install_Status").map(|status| status == "complete"),
            firmware: version_in(machine, &Path::new(prefix).join("firmware/version.info")),
            cann: root.map(|root| CannFound { version: cann_version(machine, &root), root }),
            driver_folder,
            looked,
        }
    }

    /// Folders of the driver with libraries that the runtime needs.
    #[must_use]
    pub fn libraries(&self) -> [PathBuf; 3] {
        ["lib64", "lib64/common", "lib64/driver"].map(|folder| self.driver_folder.join(folder))
    }
}

fn version_in(machine: &Machine, path: &Path) -> Option<String> {
    let mut fields = fields(&machine.read(path)?);
    fields.remove("Version").or_else(|| fields.remove("version"))
}

/// Where CANN is looked for.
fn roots(machine: &Machine) -> Vec<PathBuf> {
    let variables = ["ASCEND_INSTALL_PATH", "ASCEND_HOME_PATH", "ASCEND_TOOLKIT_HOME"];
    let set = variables.iter().filter_map(|name| machine.variable(name)).map(PathBuf::from);
    let home = machine.variable("HOME").map(|home| Path::new(home).join("Ascend"));
    let prefixes = home.into_iter().chain([PathBuf::from(DEFAULT), PathBuf::from("/opt/Ascend")]);
    let usual = prefixes.flat_map(|prefix| [prefix.join("cann"), prefix.join("ascend-toolkit/latest")]);
    let mut roots = Vec::new();
    for root in set.chain(usual) {
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    roots
}

fn is_cann(machine: &Machine, root: &Path) -> bool {
    ["libacl_rt.so", "libascendcl.so"].iter().any(|name| machine.has(root.join("lib64").join(name)))
}

/// As the toolkit's own file says, or else the runtime's package.
fn cann_version(machine: &Machine, root: &Path) -> Option<String> {
    let mut files: Vec<PathBuf> =
        ["aarch64-linux", "x86_64-linux"].map(|folder| root.join(folder).join("ascend_toolkit_install.info")).to_vec();
    files.extend(["runtime", "acl"].map(|package| root.join("share/info").join(package).join("version.info")));
    files.extend(
        machine
            .names(root.join("share/info"))
            .iter()
            .map(|name| root.join("share/info").join(name).join("version.info")),
    );
    files.iter().find_map(|file| version_in(machine, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(files: &[(&str, &str)]) -> (tempfile::TempDir, Machine) {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let machine = Machine::below(root.path());
        (root, machine)
    }

    #[test]
    fn the_installer_says_where_the_driver_is() {
        let (_root, machine) = with(&[
            ("etc/ascend_install.info", "Driver_Install_Path_Param=/data/ascend\nDriver_Install_Status=complete\n"),
            ("data/ascend/driver/version.info", "Version=25.5.1\nInnerversion=V100R001\n"),
            ("data/ascend/firmware/version.info", "Version=7.8.0.6.201\n"),
            ("usr/local/Ascend/driver/version.info", "Version=23.0\n"),
        ]);
        let found = Installed::look(&machine);
        assert_eq!((found.driver.as_deref(), found.driver_complete), (Some("25.5.1"), Some(true)));
        assert_eq!(found.firmware.as_deref(), Some("7.8.0.6.201"));
        assert_eq!(found.libraries()[1], Path::new("/data/ascend/driver/lib64/common"));
    }

    #[test]
    fn cann_is_where_the_environment_says_before_where_it_usually_is() {
        let (_root, mut machine) = with(&[
            ("usr/local/Ascend/cann/lib64/libacl_rt.so", ""),
            ("usr/local/Ascend/cann/share/info/runtime/version.info", "Version=9.1.0\n"),
            ("opt/other/lib64/libascendcl.so", ""),
            ("opt/other/aarch64-linux/ascend_toolkit_install.info", "package_name=x\nversion=8.5.1\n"),
        ]);
        let usual = Installed::look(&machine).cann.unwrap();
        assert_eq!((usual.root.to_str(), usual.version.as_deref()), (Some("/usr/local/Ascend/cann"), Some("9.1.0")));
        machine.set("ASCEND_HOME_PATH", "/opt/other");
        assert_eq!(Installed::look(&machine).cann.unwrap().version.as_deref(), Some("8.5.1"));
        let (_root, nothing) = with(&[]);
        let found = Installed::look(&nothing);
        assert_eq!(found.cann, None);
        assert_eq!(found.looked.len(), 4);
    }

    #[test]
    fn fields_of_a_cut_or_strange_file_are_those_that_are_whole() {
        let read = fields("# Name=x\n[section]\nVersion=1\r\nempty=\nquoted=\"a b\"\nVersi");
        assert_eq!(read.len(), 2);
        assert_eq!((read["Version"].as_str(), read["quoted"].as_str()), ("1", "a b"));
    }
}
