//! Against which library a scenario runs: chosen from outside, and part of every name that is reported.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The variable that chooses: `sim` (the default), `hw`, or the path of a library.
pub const VARIABLE: &str = "ASCEND_TEST_BACKEND";

/// A word that the simulator's origin holds, and that of no real library does.
const SIMULATOR: &str = "simulator";

/// Against which library a scenario runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Backend {
    /// The simulator, embedded in the test.
    Sim,
    /// The vendor's library, wherever it is found, and a device.
    Hw,
    /// The library at this path.
    Path(PathBuf),
}

/// `ASCEND_TEST_BACKEND` names no backend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{VARIABLE}={0:?} is neither `sim` nor `hw` nor the path of a library (which has a `/`)")]
pub struct UnknownBackend(String);

impl Backend {
    /// The backend that the environment asks for.
    ///
    /// # Errors
    /// If the variable holds neither a known word nor a path.
    pub fn from_env() -> Result<Self, UnknownBackend> {
        match std::env::var_os(VARIABLE) {
            None => Ok(Self::Sim),
            Some(value) => Self::parse(&value.to_string_lossy()),
        }
    }

    fn parse(text: &str) -> Result<Self, UnknownBackend> {
        match text {
            "" | "sim" => Ok(Self::Sim),
            "hw" => Ok(Self::Hw),
            path if path.contains('/') => Ok(Self::Path(path.into())),
            other => Err(UnknownBackend(other.to_owned())),
        }
    }

    /// What is wrong if a role says that it loaded `origin`, if anything is.
    pub(crate) fn contradiction(&self, origin: &str) -> Option<String> {
        let simulated = origin.contains(SIMULATOR);
        let fits = match self {
            Self::Sim => simulated,
            Self::Hw => !simulated,
            Self::Path(path) => path.to_str() == Some(origin),
        };
        (!fits).then(|| format!("the backend is `{self}`, but the library that was loaded is `{origin}`"))
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sim => out.write_str("sim"),
            Self::Hw => out.write_str("hw"),
            Self::Path(path) => write!(out, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_paths_are_backends_and_a_slip_is_none() {
        assert_eq!(Backend::parse(""), Ok(Backend::Sim));
        assert_eq!(Backend::parse("sim"), Ok(Backend::Sim));
        assert_eq!(Backend::parse("hw"), Ok(Backend::Hw));
        assert_eq!(Backend::parse("./libx.so"), Ok(Backend::Path("./libx.so".into())));
        assert!(Backend::parse("simm").unwrap_err().to_string().contains("\"simm\" is neither"));
    }

    #[test]
    fn a_library_that_was_not_asked_for_is_a_contradiction() {
        let path = Backend::Path("/opt/liba.so".into());
        for (backend, good, bad) in [
            (Backend::Sim, "the embedded simulator", "/usr/lib/libacl_rt.so"),
            (Backend::Hw, "/usr/lib/libacl_rt.so", "the embedded simulator"),
            (path, "/opt/liba.so", "/opt/libb.so"),
        ] {
            assert_eq!(backend.contradiction(good), None);
            assert!(backend.contradiction(bad).unwrap().contains(bad));
        }
    }
}
