//! A bundle: `hwrun`, the test programs and what is known of them in one archive, for a machine without cargo or source.
//!
//! The archive is the same, byte for byte, for the same contents, so its sha-256 is its name: an upload that is there already
//! is skipped. Its first file, `manifest.json`, lists every other with its own sha-256; opening checks all of them, and that
//! nothing else is there. It needs neither CANN nor an NPU to be made: the programs open CANN's library when they run.

mod gather;
mod open;
mod pack;

use serde::{Deserialize, Serialize};

pub use gather::gather;
pub use open::{Bundle, open, open_dir};
pub use pack::{Contents, Packed, pack};

/// The version of the manifest.
pub const VERSION: u32 = 1;

/// What the archive is called, unless somebody says otherwise.
pub const NAME: &str = "ascend-hwtest.tar.gz";

/// The archive's first file.
pub const MANIFEST: &str = "manifest.json";

/// What a bundle has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub v: u32,
    /// The target that everything is built for, such as `aarch64-unknown-linux-gnu`.
    pub target: String,
    /// Commit of the source, with `-dirty` if it was changed.
    pub git: Option<String>,
    /// The compiler.
    pub rustc: Option<String>,
    /// Every file but the manifest, by name.
    pub files: Vec<Entry>,
}

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name, without a folder.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Of its bytes, in lower-case hexadecimal digits.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    /// Cargo features that it was built with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
}

/// What a file of a bundle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `hwrun`.
    Runner,
    /// A test program.
    Program,
    /// Data, such as `known-issues.toml`.
    Data,
}

/// What is wrong with a bundle, or with the making of one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive or a file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is no bundle, or a damaged one.
    #[error("not a sound bundle: {0}")]
    Damaged(String),
    /// It is for other machines.
    #[error("the bundle is for {bundle}, and this machine is {machine}; make one with --target")]
    OtherTarget {
        /// What it is for.
        bundle: String,
        /// What is here.
        machine: String,
    },
    /// The programs cannot be built.
    #[error("{0}")]
    Build(String),
}

impl Error {
    fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::File { path, source }
    }
}

/// Sha-256 of a file as text.
///
/// # Errors
/// The file cannot be read.
pub fn sha256(path: &std::path::Path) -> Result<String, Error> {
    crate::build::sha256(path).map_err(Error::file(path))
}

/// Whether a name is a file's own name: no folder, nothing hidden, nothing to quote.
fn is_name(name: &str) -> bool {
    crate::profile::is_plain(name) && !name.contains('/') && !name.starts_with('.') && name.len() <= 100
}
