//! Which AscendCL an example runs on: hardware if there is any, the simulator, or a library by its path.

use std::time::Duration;

use ascend_ipc::{ErrorKind, Runtime};

/// What can go wrong in an example is for people to read.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Variables by which somebody asks for a runtime.
const ASKED: [&str; 3] = ["ASCEND_SYS_LIBRARY", "ASCEND_HOME_PATH", "ASCEND_TOOLKIT_HOME"];

/// The runtime that `--backend` names: `auto`, `hw`, `sim`, or the path of an AscendCL library.
pub(crate) fn choose(backend: &str) -> Outcome<Runtime> {
    match backend {
        "sim" => Ok(Runtime::simulated()?),
        "hw" => Ok(Runtime::load()?),
        "auto" => match Runtime::load() {
            // Only where there is no runtime and none was asked for; one that is broken or misnamed is an error.
            Err(error) if error.kind() == ErrorKind::NotFound && !ASKED.iter().any(is_set) => Ok(Runtime::simulated()?),
            other => Ok(other?),
        },
        "" => Err("no backend is named: say auto, sim, hw or a path".into()),
        path => Ok(Runtime::open(path)?),
    }
}

fn is_set(variable: &&str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// The runtime's name, so that no result on the simulator is taken for one of an NPU.
pub(crate) fn describe(acl: &Runtime) -> String {
    let version = acl.version().unwrap_or_else(|| "unknown version".to_owned());
    let soc = acl.soc().unwrap_or_else(|| "unknown SoC".to_owned());
    // The embedded simulator's name says it already.
    let name = acl.origin().to_string();
    let note = if acl.is_simulated() && !name.contains("no NPU") { " (simulator: no NPU was used)" } else { "" };
    format!("{name}{note}; {soc}, runtime {version}")
}

/// Reads `--timeout`.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|duration| !duration.is_zero()).ok_or_else(|| format!("{text:?} is no number of seconds"))
}
