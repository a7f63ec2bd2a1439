//! Versions of what is installed: the files that say them, and their order.

mod installed;
mod order;

pub use installed::{CannFound, Installed, fields};
pub use order::Version;
