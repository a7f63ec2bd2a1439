//! Versions and the SoC's name.
//!
//! # Safety
//! Hands out a text that lives as long as the process, as the header says.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char};
use std::ffi::CString;
use std::sync::LazyLock;

use ascend_sys::abi::{
    ACL_HOST, ACL_PKG_NAME_DRIVER, ACL_PKG_VERSION_MAX_SIZE, aclCANNPackageName, aclCANNPackageVersion, aclrtRunMode,
};

use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::profile::Family;
use crate::model::runtime::runtime;

/// The SoC's name; it lives as long as the process.
///
/// # Safety
/// None; `unsafe` as every C function.
#[allow(non_snake_case, reason = "the C name")]
pub unsafe extern "C" fn aclrtGetSocName() -> *const c_char {
    static NAME: LazyLock<CString> = LazyLock::new(|| CString::new(runtime().profile.soc.as_str()).unwrap_or_default());
    let name: &'static CStr = &NAME;
    name.as_ptr()
}

entry! {
    /// The version of the interface.
    fn aclrtGetVersion(majorVersion: *mut i32, minorVersion: *mut i32, patchVersion: *mut i32) {
        majorVersion.required()?;
        minorVersion.required()?;
        patchVersion.required()?;
        let [major, minor, patch] = runtime().profile.release.interface();
        majorVersion.set(major)?;
        minorVersion.set(minor)?;
        patchVersion.set(patch)
    }

    /// A package's version as text.
    fn aclsysGetVersionStr(pkgName: *mut c_char, versionStr: *mut c_char) {
        versionStr.required()?;
        known(&pkgName.text()?)?;
        versionStr.set_text(&runtime().profile.release.to_string(), ACL_PKG_VERSION_MAX_SIZE as usize)?;
        Ok(())
    }

    /// A package's version as a number.
    fn aclsysGetVersionNum(pkgName: *mut c_char, versionNum: *mut i32) {
        versionNum.required()?;
        known(&pkgName.text()?)?;
        versionNum.set(runtime().profile.release.as_number())
    }

    /// A package's version, from the file that its installation left.
    fn aclsysGetCANNVersion(name: aclCANNPackageName, version: *mut aclCANNPackageVersion) {
        version.required()?;
        let text = installed(name)?;
        let mut parts = text.splitn(4, '.');
        version.set(aclCANNPackageVersion {
            version: padded(&text),
            majorVersion: padded(parts.next().unwrap_or_default()),
            minorVersion: padded(parts.next().unwrap_or_default()),
            releaseVersion: padded(parts.next().unwrap_or_default()),
            patchVersion: padded(parts.next().unwrap_or_default()),
            reserved: [0; 128],
        })
    }

    /// Whether programs for a SoC run here: those of the same family do.
    fn aclrtCheckArchCompatibility(socVersion: *const c_char, canCompatible: *mut i32) {
        let soc = socVersion.text()?;
        canCompatible.required()?;
        let here = &runtime().profile;
        let there = crate::model::profile::Profile { soc, ..here.clone() };
        let same = match there.family() {
            Family::WithoutIpcEvents => there.soc == here.soc,
            family => family == here.family(),
        };
        canCompatible.set(same.into())
    }

    /// Programs run on the host.
    fn aclrtGetRunMode(runMode: *mut aclrtRunMode) {
        runMode.required()?;
        runMode.set(ACL_HOST)
    }
}

/// The version in a package's `version.info`.
fn installed(name: aclCANNPackageName) -> Answer<String> {
    const FOLDERS: [&str; 7] = ["cann", "runtime", "compiler", "hccl", "toolkit", "opp", "opp_kernel"];
    let missing = |what: String| Fault::new(100_003, "EH0003", what, "Install the package.").at_front();
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| missing(format!("{path}: {error}")));
    let path = if name == ACL_PKG_NAME_DRIVER {
        let install = read("/etc/ascend_install.info")?;
        let line = value_of(&install, "Driver_Install_Path_Param");
        let root = line.ok_or_else(|| missing("/etc/ascend_install.info names no driver".to_owned()))?;
        format!("{root}/driver/version.info")
    } else {
        let folder = FOLDERS.get(name as usize);
        let folder = folder.ok_or_else(|| Fault::front(format!("{name} is no package"), "Pass an ACL_PKG_NAME_*."))?;
        let home = std::env::var("ASCEND_HOME_PATH").map_err(|_| missing("ASCEND_HOME_PATH is not set".to_owned()))?;
        format!("{home}/share/info/{folder}/version.info")
    };
    let text = read(&path)?;
    value_of(&text, "Version").map(str::to_owned).ok_or_else(|| missing(format!("{path} names no version")))
}

fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('=')).map(str::trim)
}

/// A text with terminators after it; what does not fit is cut off.
fn padded<const ROOM: usize>(text: &str) -> [c_char; ROOM] {
    let mut bytes = [0; ROOM];
    for (place, byte) in bytes.iter_mut().take(ROOM - 1).zip(text.bytes()) {
        *place = byte as c_char;
    }
    bytes
}

fn known(package: &str) -> Answer {
    if matches!(package, "runtime" | "driver") {
        return Ok(());
    }
    let cause = format!("the simulator has no package {package:?}");
    Err(Fault::new(100_003, "EH0003", cause, "Ask for \"runtime\" or \"driver\".").at_front())
}
