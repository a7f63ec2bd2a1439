//! What `cargo xtask bindgen` wrote; this list of modules is the only hand-written line.

pub mod refused;
pub mod table;
