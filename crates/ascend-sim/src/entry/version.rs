//! Versions and the SoC's name.
//!
//! # Safety
//! Hands out a text that lives as long as the process, as the header says.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char};
use std::ffi::CString;
use std::sync::LazyLock;

use ascend_sys::abi::{
    ACL_HOST, ACL_MAJOR_VERSION, ACL_MINOR_VERSION, ACL_PATCH_VERSION, ACL_PKG_VERSION_MAX_SIZE, aclrtRunMode,
};

use super::entry;
use crate::model::fault::Fault;
use crate::model::runtime::runtime;

/// Release of the simulated runtime.
const RUNTIME: (&str, i32) = ("9.1.0", 90_100_000);

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
        majorVersion.set(ACL_MAJOR_VERSION.cast_signed())?;
        minorVersion.set(ACL_MINOR_VERSION.cast_signed())?;
        patchVersion.set(ACL_PATCH_VERSION.cast_signed())
    }

    /// A package's version as text.
    fn aclsysGetVersionStr(pkgName: *mut c_char, versionStr: *mut c_char) {
        versionStr.required()?;
        known(&pkgName.text()?)?;
        versionStr.set_text(RUNTIME.0, ACL_PKG_VERSION_MAX_SIZE as usize)?;
        Ok(())
    }

    /// A package's version as a number.
    fn aclsysGetVersionNum(pkgName: *mut c_char, versionNum: *mut i32) {
        versionNum.required()?;
        known(&pkgName.text()?)?;
        versionNum.set(RUNTIME.1)
    }

    /// Programs run on the host.
    fn aclrtGetRunMode(runMode: *mut aclrtRunMode) {
        runMode.required()?;
        runMode.set(ACL_HOST)
    }
}

fn known(package: &str) -> crate::model::fault::Answer {
    if matches!(package, "runtime" | "driver") {
        return Ok(());
    }
    let cause = format!("the simulator has no package {package:?}");
    Err(Fault::new(100_003, "EH0003", cause, "Ask for \"runtime\" or \"driver\".").at_front())
}
