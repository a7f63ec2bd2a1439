//! What `cargo xtask bindgen` wrote; this list of modules is the only hand-written line.

pub mod abi;
#[cfg(feature = "linked")]
pub mod linked;
mod status;
pub(crate) use status::CODES;
pub mod symbols;
pub mod table;
