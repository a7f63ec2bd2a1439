//! Where the workspace is, and how a command reports failure.

use std::path::{Path, PathBuf};

/// What a command returns: nothing, or a sentence for the person who ran it.
pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The folder that holds the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}
