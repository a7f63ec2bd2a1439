//! Raw AscendCL: types, constants, and one table of C function pointers.
//!
//! The table can be filled three ways, and whoever calls through it cannot tell which:
//! from a shared library ([`Library::load`], [`Library::open`]), by the linker (feature `linked`), or by a provider of the
//! same ABI such as the simulator ([`Library::provided`]).
//!
//! ```
//! use ascend_sys::{Library, Status};
//!
//! // SAFETY: this machine's AscendCL, if it has one, is what the search order finds.
//! match unsafe { Library::load() } {
//!     Ok(library) => println!("AscendCL is {}", library.origin()),
//!     Err(error) => println!("{error}"),
//! }
//! assert_eq!(Status::ACL_ERROR_RT_CONTEXT_NULL.name(), Some("ACL_ERROR_RT_CONTEXT_NULL"));
//! ```
//!
//! Nothing here is safe to call without reading the header's comment on it; `ascend-ipc` is the layer that is.

#[rustfmt::skip]
#[allow(unsafe_code, missing_docs, non_camel_case_types, non_snake_case, non_upper_case_globals, unreachable_pub, clippy::all, clippy::restriction)]
mod generated;

mod flags;
mod library;
mod search;
mod status;
mod version;

pub use flags::{
    EventFlags, HostRegisterFlags, IpcMemoryExportFlags, IpcMemoryImportFlags, NotifyExportFlags, NotifyFlags,
    NotifyImportFlags, StreamFlags, VmmExportFlags,
};
pub use generated::abi;
pub use generated::table::Table;
pub use library::{Library, Origin};
pub use search::{Attempt, LoadError};
pub use status::Status;
pub use version::{MissingSymbol, Symbol, symbols};
