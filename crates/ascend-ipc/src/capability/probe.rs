//! Tries each capability, and finds the reason where one is missing.

use std::sync::Arc;

use ascend_sys::Status;

use super::driver::{driver_version, shares_pages};
use super::{Capabilities, Reason, Support};
use crate::error::{Error, ErrorReport, Result};
use crate::ffi;
use crate::ffi::device::RawDevice;
use crate::ffi::event::RawEvent;
use crate::ffi::library::Api;

const EVENT: &[&str] = &["aclrtCreateEventExWithFlag", "aclrtIpcGetEventHandle", "aclrtIpcOpenEventHandle"];
const MEMORY: &[&str] =
    &["aclrtIpcMemGetExportKey", "aclrtIpcMemSetImportPid", "aclrtIpcMemImportByKey", "aclrtIpcMemClose"];
const NOTIFY: &[&str] = &["aclrtCreateNotify", "aclrtDestroyNotify", "aclrtRecordNotify", "aclrtWaitAndResetNotify"];
const SHARED_NOTIFY: &[&str] = &[
    "aclrtCreateNotify",
    "aclrtDestroyNotify",
    "aclrtNotifyGetExportKey",
    "aclrtNotifySetImportPid",
    "aclrtNotifyImportByKey",
];
const PHYSICAL: &[&str] = &[
    "aclrtMallocPhysical",
    "aclrtFreePhysical",
    "aclrtReserveMemAddress",
    "aclrtReleaseMemAddress",
    "aclrtMapMem",
    "aclrtUnmapMem",
    "aclrtMemExportToShareableHandle",
    "aclrtMemImportFromShareableHandle",
    "aclrtMemGetAllocationGranularity",
];
const VALUES: &[&str] = &["aclrtValueWrite", "aclrtValueWait"];

/// Everything that can be asked of a device; a simulated one has no trouble with pages.
pub(super) fn all(device: &Arc<RawDevice>, page: u64, simulated: bool) -> Capabilities {
    let api = device.api();
    let ipc_events = match driver_version(api.library()) {
        driver if !simulated && !shares_pages(page, driver.as_deref()) && lacks(api, EVENT).is_none() => {
            Support::No(Reason::PageSize { bytes: page, driver })
        }
        _ => attempt(api, EVENT, Soc::Events, || RawEvent::create(device).and_then(|event| event.export().map(drop))),
    };
    Capabilities {
        ipc_events,
        ipc_memory: attempt(api, MEMORY, Soc::Any, || ffi::probe::memory(device)),
        notify: attempt(api, NOTIFY, Soc::Any, || ffi::probe::notify(device, false)),
        ipc_notify: attempt(api, SHARED_NOTIFY, Soc::Any, || ffi::probe::notify(device, true)),
        physical_memory: attempt(api, PHYSICAL, Soc::Any, || ffi::probe::physical(device)),
        values: attempt(api, VALUES, Soc::Values, || ffi::probe::value(device)),
        peers: peers(device),
    }
}

/// Which SoCs have something, as far as that is documented.
enum Soc {
    Any,
    Events,
    Values,
}

impl Soc {
    fn lacks(&self, soc: &str) -> bool {
        let a2_or_a3 = soc.starts_with("Ascend910B") || soc.starts_with("Ascend910_93");
        let old = soc.starts_with("Ascend310") || (soc.starts_with("Ascend910") && !a2_or_a3);
        match self {
            Self::Any => false,
            Self::Events => old || soc.starts_with("Ascend950DT"),
            Self::Values => old,
        }
    }
}

/// The first function that is missing.
fn lacks(api: &Api, symbols: &[&'static str]) -> Option<&'static str> {
    symbols.iter().copied().find(|symbol| !api.library().table().has(symbol))
}

fn attempt(api: &Api, symbols: &[&'static str], soc: Soc, work: impl FnOnce() -> Result<()>) -> Support {
    if let Some(symbol) = lacks(api, symbols) {
        let missing = api.library().missing(symbol);
        let (library, version) = (missing.origin.to_string(), missing.version);
        return Support::No(Reason::MissingSymbol { symbol: symbol.to_owned(), library, version });
    }
    match work() {
        Ok(()) => Support::Yes,
        Err(error) => judge(&error, api.soc().filter(|name| soc.lacks(name))),
    }
}

/// Exactly 207000 means unsupported; everything else is an error of its own.
fn judge(error: &Error, lacking: Option<String>) -> Support {
    let call = error.failed_call().unwrap_or_default().to_owned();
    match (error.status(), lacking) {
        (Some(Status::ACL_ERROR_COMPILING_STUB_MODE), _) => Support::No(Reason::Stub { call }),
        (Some(Status::ACL_ERROR_RT_FEATURE_NOT_SUPPORT), Some(soc)) => Support::No(Reason::Soc { soc }),
        (Some(Status::ACL_ERROR_RT_FEATURE_NOT_SUPPORT), None) => {
            Support::No(Reason::Refused { call, text: error.text().map(str::to_owned) })
        }
        _ => Support::Unknown(Box::new(ErrorReport::from(error))),
    }
}

fn peers(device: &Arc<RawDevice>) -> std::collections::BTreeMap<i32, Support> {
    let api = device.api();
    let count = i32::try_from(ffi::device::count(api).unwrap_or(0)).unwrap_or(0);
    let others = (0..count).filter(|peer| *peer != device.id());
    let ask = |peer: i32| {
        let mut reaches = false;
        let asked = attempt(api, &["aclrtDeviceCanAccessPeer"], Soc::Any, || {
            reaches = ffi::probe::reaches(device, peer)?;
            Ok(())
        });
        match asked {
            Support::Yes if !reaches => Support::No(Reason::NoPeerLink { device: device.id(), peer }),
            asked => asked,
        }
    };
    others.map(|peer| (peer, ask(peer))).collect()
}
