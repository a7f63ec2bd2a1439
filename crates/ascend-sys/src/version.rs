//! Says in which release a symbol was first seen, and which version of the runtime is at hand.
//!
//! # Safety
//! Calls two functions of a table with buffers of its own; whoever filled the table vouched for their types.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char};
use core::fmt;

use crate::abi::{ACL_PKG_VERSION_MAX_SIZE, aclError};
use crate::{Origin, Table};

/// A function of the header: its C name, and what is known of its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The C name.
    pub name: &'static str,
    /// The earliest release whose headers are known to have it; `v8.5.0-beta.1` means "then or earlier".
    pub since: &'static str,
    /// Whether the vendor's `libacl_rt.so` exports it; where not, it is only declared.
    pub exported: bool,
}

/// Every function that the header declares.
#[must_use]
pub fn symbols() -> &'static [Symbol] {
    crate::generated::symbols::SYMBOLS
}

/// A function that the library at hand lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct MissingSymbol {
    /// The C name.
    pub symbol: &'static str,
    /// Where the table came from.
    pub origin: Origin,
    /// The runtime's version, if it tells.
    pub version: Option<String>,
}

impl fmt::Display for MissingSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version.as_deref().unwrap_or("unknown");
        write!(f, "{} is missing from {} (version {version})", self.symbol, self.origin)?;
        match symbols().iter().find(|symbol| symbol.name == self.symbol) {
            Some(symbol) if !symbol.exported => write!(f, "; the vendor declares it but exports it nowhere"),
            Some(symbol) => write!(f, "; it was first seen in {}", symbol.since),
            None => Ok(()),
        }
    }
}

/// Asks the runtime behind `table` for its version: the text of the "runtime" package, else the interface version.
pub(crate) fn ask(table: &Table) -> Option<String> {
    if let Some(version) = package(table, c"runtime") {
        return Some(version);
    }
    let numbers = table.aclrtGetVersion?;
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: three distinct writable integers.
    let status = unsafe { numbers(&raw mut major, &raw mut minor, &raw mut patch) };
    (status == 0).then(|| format!("API {major}.{minor}.{patch}"))
}

/// Asks the runtime behind `table` for the version of a package.
pub(crate) fn package(table: &Table, package: &CStr) -> Option<String> {
    let version_text = table.aclsysGetVersionStr?;
    let mut name = package.to_bytes_with_nul().to_vec();
    let mut text = [0u8; 4 * ACL_PKG_VERSION_MAX_SIZE as usize];
    // SAFETY: `name` is a NUL-terminated text; `text` is writable and four times the longest version the header allows.
    let status: aclError =
        unsafe { version_text(name.as_mut_ptr().cast::<c_char>(), text.as_mut_ptr().cast::<c_char>()) };
    let text = CStr::from_bytes_until_nul(&text).ok().filter(|text| status == 0 && !text.is_empty())?;
    Some(text.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_says_since_when() {
        assert_eq!(symbols().len(), 281);
        for symbol in symbols() {
            assert!(symbol.since.starts_with('v') || symbol.since.starts_with("master@"), "{symbol:?}");
        }
        assert_eq!(symbols().iter().filter(|symbol| !symbol.exported).count(), 7);
    }

    #[test]
    fn a_missing_symbol_names_itself_its_library_and_its_version() {
        let missing = MissingSymbol {
            symbol: "aclrtIpcOpenEventHandle",
            origin: Origin::File("/opt/lib64/libacl_rt.so".into()),
            version: Some("8.1.0".into()),
        };
        assert_eq!(
            missing.to_string(),
            "aclrtIpcOpenEventHandle is missing from /opt/lib64/libacl_rt.so (version 8.1.0); it was first seen in v8.5.0-beta.1"
        );
    }
}
