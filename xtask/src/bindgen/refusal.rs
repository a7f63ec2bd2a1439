//! Why the simulator refuses a function: the list that people keep, checked against what it really refuses.

use super::emulated::Emulated;
use super::header::Interface;

/// Said of what the header marks as not exported.
const UNEXPORTED: &str = "not exported by the vendor's library";
const KERNELS: &str = "needs kernels";
const UNKNOWN: &str = "the facts do not say what it does";
const SERVERS: &str = "needs several servers";
const OUTSIDE: &str = "outside synchronisation, memory and devices";

/// Reasons by function.
const REASONS: &[(&str, &str)] = &[
    ("aclGetCannAttribute", UNKNOWN),
    ("aclGetCannAttributeList", UNKNOWN),
    ("aclmdlRIBindStream", OUTSIDE),
    ("aclmdlRIBuildBegin", OUTSIDE),
    ("aclmdlRIBuildEnd", OUTSIDE),
    ("aclmdlRICaptureBegin", OUTSIDE),
    ("aclmdlRICaptureEnd", OUTSIDE),
    ("aclmdlRIDestroy", OUTSIDE),
    ("aclmdlRIEndTask", OUTSIDE),
    ("aclmdlRIExecuteAsync", OUTSIDE),
    ("aclmdlRIUnbindStream", OUTSIDE),
    ("aclrtActiveStream", UNKNOWN),
    ("aclrtCreateLabel", OUTSIDE),
    ("aclrtCreateLabelList", OUTSIDE),
    ("aclrtDestroyLabel", OUTSIDE),
    ("aclrtDestroyLabelList", OUTSIDE),
    ("aclrtGetStreamIdFromExceptionInfo", KERNELS),
    ("aclrtIpcMemImportPidInterServer", SERVERS),
    ("aclrtMemMapSelectedLink", UNKNOWN),
    ("aclrtMemcpyAsyncWithCondition", UNKNOWN),
    ("aclrtMemcpyFromSymbol", KERNELS),
    ("aclrtMemcpyFromSymbolAsync", KERNELS),
    ("aclrtMemcpyToSymbol", KERNELS),
    ("aclrtMemcpyToSymbolAsync", KERNELS),
    ("aclrtNotifySetImportPidInterServer", SERVERS),
    ("aclrtRandomNumAsync", OUTSIDE),
    ("aclrtReduceAsync", OUTSIDE),
    ("aclrtSetLabel", OUTSIDE),
    ("aclrtStreamStop", UNKNOWN),
    ("aclrtSwitchLabelByIndex", OUTSIDE),
    ("aclrtSwitchStream", UNKNOWN),
];

/// Every refused function and why, in the header's order; an error if a reason is missing, or given for nothing.
pub(super) fn reasons<'a>(
    interface: &'a Interface,
    emulated: &Emulated,
) -> Result<Vec<(String, &'a str)>, Box<dyn std::error::Error>> {
    let mut found = Vec::new();
    for function in &interface.functions {
        let name = function.name.to_string();
        let listed = REASONS.iter().find(|(known, _)| *known == name).map(|(_, reason)| *reason);
        match (emulated.contains_key(&name), function.exported, listed) {
            (true, _, None) => {}
            (true, _, Some(_)) => return Err(format!("{name} is emulated: take its reason out of refusal.rs").into()),
            (false, _, Some(reason)) => found.push((name, reason)),
            (false, false, None) => found.push((name, UNEXPORTED)),
            (false, true, None) => return Err(format!("{name} is refused: say why in refusal.rs").into()),
        }
    }
    let undeclared = |(name, _): &&(&str, &str)| !interface.functions.iter().any(|function| function.name == name);
    match REASONS.iter().find(undeclared) {
        Some((name, _)) => Err(format!("refusal.rs has a reason for {name}, which the header does not declare").into()),
        None => Ok(found),
    }
}
