//! Machines that are not this one: how a script gets there, and what is kept there.

pub mod host;
pub mod k8s;
mod k8s_manifest;
mod k8s_state;
pub mod place;
pub mod slurm;
mod slurm_state;
pub mod ssh;

pub use k8s_manifest::{manifest, offered};

use crate::exit::Exit;

/// Why something elsewhere did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The profile, or what was asked for, makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The connection is lost, or was never there. What runs elsewhere goes on, so this is no failure of a test.
    #[error("no connection to {host}: {said}")]
    Lost {
        /// Whom.
        host: String,
        /// What was heard last.
        said: String,
    },
    /// Somebody there refused.
    #[error("{host}: {said}")]
    Refused {
        /// Who.
        host: String,
        /// In whose words.
        said: String,
    },
    /// A file of this machine.
    #[error("{0}")]
    Local(String),
}

impl Error {
    /// What it means for the exit code.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Lost { .. } | Self::Refused { .. } => Exit::Infra,
            Self::Local(_) => Exit::Internal,
        }
    }
}

impl From<String> for Error {
    /// Of a sentence that says what is wrong with what was asked for.
    fn from(sentence: String) -> Self {
        Self::Usage(sentence)
    }
}

/// A result of this module.
pub type Result<T> = std::result::Result<T, Error>;
