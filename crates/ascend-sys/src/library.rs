//! Fills a function table: from a shared library, from the linker, or from a provider such as the simulator.
//!
//! # Safety
//! Opening a library runs its code, and a table trusts the types of its symbols; each function passes that on to its
//! caller, who names the library.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_void};
use core::fmt;
use std::path::{Path, PathBuf};

use libloading::os::unix::{Library as Handle, RTLD_LOCAL, RTLD_NOW};

use crate::search::{self, Attempt, LoadError};
use crate::{MissingSymbol, Table};

/// Where a function table came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// A shared library, under the path or name by which it was opened.
    File(PathBuf),
    /// The linker (feature `linked`).
    Linked,
    /// Code in this process that provides the same ABI.
    Provided(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Linked => f.write_str("libacl_rt.so (linked)"),
            Self::Provided(name) => f.write_str(name),
        }
    }
}

/// A filled function table, and where it came from.
///
/// The library behind it is never closed: AscendCL keeps threads and exit handlers that must not lose their code.
#[derive(Clone)]
pub struct Library {
    table: &'static Table,
    origin: Origin,
}

impl Library {
    /// Opens the first AscendCL runtime in the search order.
    ///
    /// The order: `ASCEND_SYS_LIBRARY`; `$ASCEND_HOME_PATH/lib64`; `$ASCEND_TOOLKIT_HOME/lib64`; the default installation
    /// roots; the loader's own search. In each folder `libacl_rt.so` comes before `libascendcl.so`. `ASCEND_SYS_LIBRARY`
    /// is a decision: when it is set, nothing else is tried.
    ///
    /// # Errors
    /// [`LoadError`] lists every path that was tried and why each failed.
    ///
    /// # Safety
    /// Opening a library runs its initialisers, and the table trusts its symbols: what the search order finds must be an
    /// AscendCL runtime (or an emulation) with the ABI of our header.
    pub unsafe fn load() -> Result<Self, LoadError> {
        let candidates = search::candidates(|name| std::env::var_os(name));
        // SAFETY: passed on to the caller.
        unsafe { Self::first(candidates, LoadError::Search) }
    }

    /// Opens this library and no other; a folder stands for the vendor's file names in it and in its `lib64`.
    ///
    /// # Errors
    /// [`LoadError`] says why the path, or each path in the folder, failed.
    ///
    /// # Safety
    /// As [`load`](Self::load), for this path.
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let candidates = search::explicit(path.as_ref());
        // SAFETY: passed on to the caller.
        unsafe { Self::first(candidates, LoadError::Explicit) }
    }

    /// The table filled by the linker.
    ///
    /// Symbols that not every supported release exports are looked up among what the process has loaded.
    #[cfg(feature = "linked")]
    #[must_use]
    pub fn linked() -> Self {
        let this = Handle::this();
        // SAFETY: the linker bound `libacl_rt.so` into this process; its symbols have the header's types.
        let mut table = unsafe {
            Table::from_resolver(|name| {
                let late = name.to_str().is_ok_and(|name| crate::generated::linked::LATE.contains(&name));
                if late { find(&this, name) } else { core::ptr::null() }
            })
        };
        crate::generated::linked::fill(&mut table);
        Self { table: Box::leak(Box::new(table)), origin: Origin::Linked }
    }

    /// A table that code in this process provides; `name` says so in reports.
    #[must_use]
    pub const fn provided(table: &'static Table, name: &'static str) -> Self {
        Self { table, origin: Origin::Provided(name) }
    }

    /// The function pointers.
    #[must_use]
    #[inline]
    pub const fn table(&self) -> &'static Table {
        self.table
    }

    /// Where the table came from.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The runtime's version, if it tells; asking needs no initialisation.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        crate::version::ask(self.table)
    }

    /// `aclsysGetVersionStr(package, out)`—The version of a package such as `c"driver"`, if the runtime tells.
    #[must_use]
    pub fn package_version(&self, package: &CStr) -> Option<String> {
        crate::version::package(self.table, package)
    }

    /// The error for a function that this library lacks.
    #[must_use]
    pub fn missing(&self, symbol: &'static str) -> MissingSymbol {
        MissingSymbol { symbol, origin: self.origin.clone(), version: self.version() }
    }

    unsafe fn first(candidates: Vec<PathBuf>, error: fn(Vec<Attempt>) -> LoadError) -> Result<Self, LoadError> {
        let mut attempts = Vec::with_capacity(candidates.len());
        for path in candidates {
            // SAFETY: passed on to the caller.
            match unsafe { Self::open_file(&path) } {
                Ok(library) => return Ok(library),
                Err(why) => attempts.push(Attempt { path, why }),
            }
        }
        Err(error(attempts))
    }

    unsafe fn open_file(path: &Path) -> Result<Self, String> {
        // SAFETY: passed on to the caller.
        let handle = unsafe { Handle::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| reason(&error))?;
        // SAFETY: passed on to the caller; the handle is forgotten below, so every address stays callable.
        let table = unsafe { Table::from_resolver(|name| find(&handle, name)) };
        if table.aclrtSetDevice.is_none() {
            return Err("it opened, but has no aclrtSetDevice: not an AscendCL runtime".to_owned());
        }
        core::mem::forget(handle);
        Ok(Self { table: Box::leak(Box::new(table)), origin: Origin::File(path.to_owned()) })
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// The address of a symbol, or null.
fn find(handle: &Handle, name: &CStr) -> *const c_void {
    // SAFETY: a data pointer type has no requirement on what the symbol is; nothing is dereferenced here.
    match unsafe { handle.get::<*const c_void>(name.to_bytes_with_nul()) } {
        Ok(symbol) => symbol.into_raw().cast_const(),
        Err(_) => core::ptr::null(),
    }
}

/// The loader's own words, without the crate's prefix.
fn reason(error: &libloading::Error) -> String {
    use std::error::Error as _;
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}
