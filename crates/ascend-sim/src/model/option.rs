//! System options: of the process, and of each context.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ascend_sys::abi::{ACL_OPT_ENABLE_KERNEL_EARLY_START, aclSysParamOpt};

use super::fault::{Answer, Fault};

/// Options that were set.
pub(crate) type Options = Mutex<BTreeMap<u32, i64>>;

/// Sets an option.
pub(crate) fn set(options: &Options, option: aclSysParamOpt, value: i64) -> Answer {
    known(option)?;
    options.lock().unwrap_or_else(PoisonError::into_inner).insert(option, value);
    Ok(())
}

/// An option's value; refused if nobody has set it.
pub(crate) fn get(options: &Options, option: aclSysParamOpt) -> Answer<i64> {
    known(option)?;
    let value = options.lock().unwrap_or_else(PoisonError::into_inner).get(&option).copied();
    value.ok_or_else(|| Fault::new(107_021, "EE1018", "the option has not been set", "Set it first."))
}

/// Refuses an option that does not exist.
pub(crate) fn known(option: aclSysParamOpt) -> Answer {
    if option <= ACL_OPT_ENABLE_KERNEL_EARLY_START {
        return Ok(());
    }
    Err(Fault::parameter(format!("{option} is no system option"), "Pass an ACL_OPT_*."))
}
