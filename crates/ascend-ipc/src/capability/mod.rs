//! What a device can do here, and if it cannot, why.

mod driver;
mod probe;
#[cfg(all(test, feature = "sim"))]
mod rules;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::device::Device;
use crate::error::ErrorReport;

pub(crate) use driver::driver_version;

/// What a device can do; see [`Device::capabilities`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// [`IpcEvent`](crate::IpcEvent)s.
    pub ipc_events: Support,
    /// Device memory shared by a key: [`DeviceBuffer::share`](crate::DeviceBuffer::share).
    pub ipc_memory: Support,
    /// Notifies within a process.
    pub notify: Support,
    /// Notifies shared with other processes.
    pub ipc_notify: Support,
    /// Physical memory with shareable handles (VMM).
    pub physical_memory: Support,
    /// Values in device memory that streams write and wait for.
    pub values: Support,
    /// Access to the memory of each other device of this process, by its id.
    pub peers: BTreeMap<i32, Support>,
}

/// Whether something works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Support {
    /// It was tried, and worked.
    Yes,
    /// It does not work here, for this reason.
    No(Reason),
    /// The attempt failed with an error that says nothing about support, such as used-up memory.
    Unknown(Box<ErrorReport>),
}

/// Why something does not work here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reason {
    /// The runtime lacks a function.
    MissingSymbol {
        /// Its C name.
        symbol: String,
        /// The library that was opened.
        library: String,
        /// The runtime's version, if it tells.
        version: Option<String>,
    },
    /// A real attempt was answered with 207000.
    Refused {
        /// The C call.
        call: String,
        /// What the runtime said.
        text: Option<String>,
    },
    /// Pages that are not 4 KiB need driver 26.0.RC1 or newer.
    PageSize {
        /// Bytes of this machine's pages.
        bytes: u64,
        /// The driver's version, if it tells.
        driver: Option<String>,
    },
    /// A link-time stub answers instead of the runtime (100039).
    Stub {
        /// The C call.
        call: String,
    },
    /// The SoC does not have it.
    Soc {
        /// The SoC's name.
        soc: String,
    },
    /// The two devices have no link over which they reach each other's memory.
    NoPeerLink {
        /// The device that was asked.
        device: i32,
        /// The other one.
        peer: i32,
    },
}

impl Device {
    /// Tries what the device can do: creates and releases one of each, and asks about every other device.
    ///
    /// Exactly 207000 means "not supported"; any other refusal is an error of its own and becomes
    /// [`Support::Unknown`]. It takes about 4 MiB of device memory for the moment, one stream, one event and two notifies.
    /// The calling thread is bound to the device.
    ///
    /// ```
    /// # fn main() -> Result<(), ascend_ipc::Error> {
    /// use ascend_ipc::{Runtime, Support};
    /// # let acl = Runtime::simulated()?;
    /// # let _ = Runtime::load;
    /// match acl.device(0)?.capabilities().ipc_events {
    ///     Support::Yes => {}
    ///     other => println!("no IPC events: {other}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        probe::all(&self.raw, rustix::param::page_size() as u64, self.raw.api().is_simulated())
    }
}

impl Support {
    /// Whether it works.
    #[must_use]
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Why it does not work, if that is known.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::No(reason) => Some(reason),
            Self::Yes | Self::Unknown(_) => None,
        }
    }
}

impl Capabilities {
    /// Each by its name, peers as `peer 1`.
    pub(crate) fn named(&self) -> Vec<(String, &Support)> {
        let fixed = [
            ("IPC events", &self.ipc_events),
            ("IPC memory", &self.ipc_memory),
            ("notify", &self.notify),
            ("IPC notify", &self.ipc_notify),
            ("physical memory", &self.physical_memory),
            ("values", &self.values),
        ];
        let fixed = fixed.into_iter().map(|(name, support)| (name.to_owned(), support));
        fixed.chain(self.peers.iter().map(|(peer, support)| (format!("peer {peer}"), support))).collect()
    }
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => f.write_str("yes"),
            Self::No(reason) => write!(f, "no: {reason}"),
            Self::Unknown(error) => write!(f, "unknown: {error}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |version: &Option<String>| version.clone().unwrap_or_else(|| "unknown".to_owned());
        match self {
            Self::MissingSymbol { symbol, library, version } => {
                write!(f, "{symbol} is missing from {library} (version {})", known(version))
            }
            Self::Refused { call, text: Some(text) } => {
                write!(f, "{call} answered 207000: {}", text.lines().next().unwrap_or_default())
            }
            Self::Refused { call, text: None } => write!(f, "{call} answered 207000: this driver lacks it"),
            Self::PageSize { bytes, driver } => {
                write!(f, "pages of {bytes} bytes need driver 26.0.RC1 or newer; this one is {}", known(driver))
            }
            Self::Stub { call } => write!(f, "{call} is a link-time stub; the real lib64 is not found first"),
            Self::Soc { soc } => write!(f, "{soc} does not have it"),
            Self::NoPeerLink { device, peer } => write!(f, "device {device} has no link to device {peer}"),
        }
    }
}
