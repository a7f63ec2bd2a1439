//! Tries the runtime in processes of its own: only what they say decides whether hardware is usable.
//!
//! One process asks how many devices there are, then one for each device brings it up, creates a stream, and tries every
//! capability. Each has 90 s; what hangs or crashes there harms nobody here, and the last step it named says where it was.

mod ask;
mod child;

use std::collections::BTreeMap;

use ascend_ipc::{Capabilities, ErrorReport};
use serde::{Deserialize, Serialize};

pub use ask::{TIME, ask, ask_within};
pub use child::run_if_asked;

/// The hidden subcommand of `hwrun` that is such a process.
pub const COMMAND: &str = "__probe";
/// In front of each line that is meant for us: libraries print to standard output, too.
const MARK: &str = "hwrun-probe ";

/// What the runtime says and does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The runtime itself.
    pub runtime: RuntimeSaid,
    /// Its devices, in the order in which this process counts them.
    pub devices: Vec<DeviceSaid>,
}

/// What is known of the runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuntimeSaid {
    /// The library's path, or what stands for it.
    pub library: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Name of the SoC.
    pub soc: Option<String>,
    /// Whether it is the simulator.
    pub simulated: bool,
    /// How many devices it sees.
    pub devices: u32,
    /// Bytes of a page, as the runtime's process sees them.
    pub page_size: u64,
    /// Why it cannot be used.
    pub failure: Option<Failure>,
}

/// What is known of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceSaid {
    /// Its number in this process.
    pub id: u32,
    /// Its number for all processes.
    pub physical: Option<u32>,
    /// PCI bus id.
    pub bus: Option<String>,
    /// Free bytes of its memory.
    pub free: Option<u64>,
    /// All bytes of its memory.
    pub memory: Option<u64>,
    /// How long the first step took, in milliseconds.
    pub set_ms: Option<u64>,
    /// What it can do.
    pub can: Option<Capabilities>,
    /// Why it cannot be used.
    pub failure: Option<Failure>,
}

/// Why something cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// A call failed.
    Error(Box<ErrorReport>),
    /// The process did not come to an end by itself.
    Ended {
        /// How.
        how: String,
        /// What it was doing.
        during: String,
        /// The end of what it wrote.
        said: String,
    },
}

impl Failure {
    /// The code that a call answered.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        match self {
            Self::Error(error) => error.code,
            Self::Ended { .. } => None,
        }
    }

    /// The C call that failed.
    #[must_use]
    pub fn call(&self) -> Option<&str> {
        match self {
            Self::Error(error) => error.call.as_deref(),
            Self::Ended { .. } => None,
        }
    }

    /// Everything that was said about it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Error(error) => {
                let text = error.text.as_deref().unwrap_or_default();
                if error.message.contains(text) { error.message.clone() } else { format!("{}\n{text}", error.message) }
            }
            Self::Ended { how, during, said } => format!("{during}: {how}\n{said}"),
        }
    }

    /// The first lines of it.
    #[must_use]
    pub fn brief(&self) -> String {
        let text = self.text();
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(6).collect();
        lines.join("\n")
    }
}

impl DeviceSaid {
    /// Whether it can be brought up, and has streams.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.failure.is_none() && self.can.is_some()
    }
}

/// A line from such a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Said {
    /// It now begins with this.
    Step(String),
    /// All about the runtime.
    Runtime(RuntimeSaid),
    /// All about a device.
    Device(Box<DeviceSaid>),
}

/// Peers by the other device's number in this process.
#[must_use]
pub fn reachable(device: &DeviceSaid) -> BTreeMap<u32, bool> {
    let peers = device.can.iter().flat_map(|can| &can.peers);
    peers.filter_map(|(peer, support)| Some((u32::try_from(*peer).ok()?, support.is_yes()))).collect()
}
