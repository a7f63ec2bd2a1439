//! Looks at everything that IPC events need on this machine, and says what is wrong and how to mend it.

mod host;
mod shown;
mod visible;
mod warning;

use std::path::PathBuf;

use ascend_sys::{Library, LoadError};
use serde::{Deserialize, Serialize};

use crate::capability::{Capabilities, driver_version};
use crate::device::Device;
use crate::error::{Error, ErrorKind, ErrorReport};
use crate::ffi;
use crate::ffi::library::Api;
use crate::runtime::Runtime;

pub use host::{Access, Host, Limit, Node};
pub use visible::VisibleDevices;
pub use warning::Warning;

/// What [`doctor`] or [`Runtime::doctor`] found.
///
/// `Display` is for people; serde is for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Doctor {
    /// The runtime that was opened; `None` when none could be.
    pub runtime: Option<RuntimeFound>,
    /// Why no runtime could be opened or initialised, or its devices not be counted.
    pub failure: Option<ErrorReport>,
    /// Every path that was tried, if none opened.
    pub tried: Vec<Tried>,
    /// The devices that this process sees.
    pub devices: Vec<DeviceFound>,
    /// This machine and process.
    pub host: Host,
    /// What is wrong, the gravest first.
    pub warnings: Vec<Warning>,
}

/// A runtime that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuntimeFound {
    /// The library's path, or what stands for it.
    pub library: String,
    /// Its version, if it tells.
    pub version: Option<String>,
    /// The driver's version, if it is known.
    pub driver: Option<String>,
    /// The SoC's name, if it tells.
    pub soc: Option<String>,
    /// Whether it is the simulator.
    pub simulated: bool,
}

/// A path that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tried {
    /// The path, or the bare name that the loader was asked for.
    pub path: PathBuf,
    /// Why it failed.
    pub why: String,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeviceFound {
    /// Its id in this process.
    pub id: i32,
    /// Its id for all processes, if that could be asked.
    pub physical: Option<i32>,
    /// Where it sits, if the runtime tells.
    pub bus_id: Option<String>,
    /// Free bytes of its memory.
    pub memory_free: Option<u64>,
    /// All bytes of its memory.
    pub memory: Option<u64>,
    /// What it can do; `None` when it could not be set.
    pub capabilities: Option<Capabilities>,
    /// Why it could not be set.
    pub failure: Option<ErrorReport>,
}

/// Looks for a runtime as [`Runtime::load`] does, and at everything around it; works without any.
///
/// Each device is set for the moment, on a thread of its own, so that the caller's thread stays as it is; on hardware that
/// can take seconds a device. It never panics: what cannot be found out is absent, and what is wrong is a warning.
///
/// ```no_run
/// let found = ascend_ipc::doctor();
/// println!("{found}");
/// if !found.has_ipc_events() {
///     std::process::exit(1);
/// }
/// ```
#[must_use]
pub fn doctor() -> Doctor {
    match Api::find() {
        Err(error) => examine(None, None, tried(&error), Some(Error::from(error))),
        Ok(library) => match Api::start(library.clone()) {
            Ok(api) => examine(Some(found(&library)), Some(api), Vec::new(), None),
            Err(error) => examine(Some(found(&library)), None, Vec::new(), Some(error)),
        },
    }
}

impl Runtime {
    /// Looks at this runtime, its devices, and everything around them; see [`doctor`].
    #[must_use]
    pub fn doctor(&self) -> Doctor {
        examine(Some(found(self.api().library())), Some(self.api()), Vec::new(), None)
    }
}

impl Doctor {
    /// Whether IPC events work on a device of this process.
    #[must_use]
    pub fn has_ipc_events(&self) -> bool {
        self.devices.iter().filter_map(|device| device.capabilities.as_ref()).any(|can| can.ipc_events.is_yes())
    }
}

fn tried(error: &LoadError) -> Vec<Tried> {
    let one = |attempt: &ascend_sys::Attempt| {
        let prefix = format!("{}: ", attempt.path.display()); // the loader names it too
        let why = attempt.why.strip_prefix(&prefix).unwrap_or(&attempt.why).to_owned();
        Tried { path: attempt.path.clone(), why }
    };
    error.attempts().iter().map(one).collect()
}

fn found(library: &Library) -> RuntimeFound {
    RuntimeFound {
        library: library.origin().to_string(),
        version: library.version(),
        driver: driver_version(library),
        soc: ffi::library::soc(library),
        simulated: ffi::library::is_simulated(library),
    }
}

fn examine(
    runtime: Option<RuntimeFound>,
    api: Option<&'static Api>,
    tried: Vec<Tried>,
    failure: Option<Error>,
) -> Doctor {
    let (devices, counting) = api.map_or((Vec::new(), None), devices);
    let failure = failure.or(counting).as_ref().map(ErrorReport::from);
    let mut doctor = Doctor { runtime, failure, tried, devices, host: Host::look(), warnings: Vec::new() };
    doctor.warnings = warning::all(&doctor);
    doctor
}

/// All devices, or why they could not be counted.
fn devices(api: &'static Api) -> (Vec<DeviceFound>, Option<Error>) {
    match ffi::device::count(api) {
        Ok(count) => ((0..i32::try_from(count).unwrap_or(0)).map(|id| device(api, id)).collect(), None),
        Err(error) => (Vec::new(), Some(error)),
    }
}

/// One device, on a thread of its own: setting and resetting it changes what a thread is bound to.
fn device(api: &'static Api, id: i32) -> DeviceFound {
    let thread = std::thread::Builder::new().name(format!("doctor {id}")).spawn(move || {
        let mut found = DeviceFound::unknown(id);
        match ffi::device::RawDevice::set(api, id).map(Device::new) {
            Err(error) => found.failure = Some(ErrorReport::from(&error)),
            Ok(device) => {
                found.physical = Some(device.raw.physical());
                found.bus_id = ffi::probe::bus_id(&device.raw);
                if let Ok((free, all)) = ffi::probe::memory_left(&device.raw) {
                    (found.memory_free, found.memory) = (Some(free), Some(all));
                }
                found.capabilities = Some(device.capabilities());
            }
        }
        found
    });
    let broken = |what: String| {
        let error = Error::new(ErrorKind::Runtime, what);
        DeviceFound { failure: Some(ErrorReport::from(&error)), ..DeviceFound::unknown(id) }
    };
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(found)) => found,
        Ok(Err(_)) => broken("looking at the device ended in a panic".to_owned()),
        Err(error) => broken(format!("no thread to look at the device: {error}")),
    }
}

impl DeviceFound {
    const fn unknown(id: i32) -> Self {
        Self { id, physical: None, bus_id: None, memory_free: None, memory: None, capabilities: None, failure: None }
    }
}
