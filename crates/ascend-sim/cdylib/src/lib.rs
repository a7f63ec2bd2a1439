//! `libascend_sim.so`: the C symbols of AscendCL, answered by the simulator.
//!
//! It is not called `libascendcl.so`, so that it never shadows the vendor's library by accident; `cargo xtask sim -- CMD`
//! runs a command with a private folder that holds the vendor's names.

#[rustfmt::skip]
#[allow(clippy::all, clippy::undocumented_unsafe_blocks, unreachable_pub, reason = "its own comment argues once for all")]
mod generated;
