//! The AscendCL runtime of this process.

use std::path::Path;

use ascend_sys::Origin;

use crate::device::Device;
use crate::error::Result;
use crate::ffi;
use crate::ffi::library::Api;
use crate::span::span;

/// An opened and initialised AscendCL runtime.
///
/// A value is a handle: copies are the same runtime. Nothing is finalised when it is dropped (process exit releases
/// everything, and others in the process may use the runtime too); [`finalize`](Self::finalize) says so explicitly.
///
/// ```no_run
/// let acl = ascend_ipc::Runtime::load()?;
/// eprintln!("{} says version {:?}, SoC {:?}", acl.origin(), acl.version(), acl.soc());
/// assert!(!acl.is_simulated(), "no NPU would be used");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Runtime {
    api: &'static Api,
}

impl Runtime {
    pub(crate) const fn api(&self) -> &'static Api {
        self.api
    }

    /// `aclInit(NULL)`—Opens the runtime that the search order finds, and initialises it.
    ///
    /// The order: `ASCEND_SYS_LIBRARY`; `$ASCEND_HOME_PATH/lib64`; `$ASCEND_TOOLKIT_HOME/lib64`; the default installation
    /// roots; the loader. A runtime that somebody else in this process initialised is shared. Never the simulator, unless
    /// one of these says so.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) lists every path that was tried and why it failed;
    /// [`MissingSymbol`](crate::ErrorKind::MissingSymbol) when it is too old; whatever `aclInit` answers.
    ///
    /// ```no_run
    /// use ascend_ipc::{ErrorKind, Runtime};
    ///
    /// let acl = match Runtime::load() {
    ///     Err(error) if error.kind() == ErrorKind::NotFound => return eprintln!("no CANN here: {error}"),
    ///     other => other.unwrap(),
    /// };
    /// ```
    #[doc(alias = "aclInit")]
    pub fn load() -> Result<Self> {
        Api::load().map(|api| Self { api })
    }

    /// `aclInit(NULL)`—Opens this library, or the vendor's names in this folder, and initialises it.
    ///
    /// # Errors
    /// As [`load`](Self::load), for this path only.
    ///
    /// ```no_run
    /// let acl = ascend_ipc::Runtime::open("/usr/local/Ascend/cann/lib64")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Api::open(path.as_ref()).map(|api| Self { api })
    }

    /// The simulator, embedded: the same calls in software, across processes. No NPU is used.
    ///
    /// # Errors
    /// Whatever its `aclInit` answers.
    ///
    /// ```
    /// let acl = ascend_ipc::Runtime::simulated()?;
    /// assert!(acl.is_simulated());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "sim")]
    pub fn simulated() -> Result<Self> {
        Api::start(ascend_sys::Library::provided(&ascend_sim::TABLE, ascend_sim::NAME)).map(|api| Self { api })
    }

    /// `aclFinalizeReference(out)`—Gives one initialisation back; the runtime is finalised with the last one of anybody.
    ///
    /// Each [`load`](Self::load) or [`open`](Self::open) made one, whether or not others in the process had initialised the
    /// runtime before. Only those are given back; plain `aclFinalize`, which ends the runtime for everybody, is never called.
    ///
    /// The real runtime may take up to 2 s to flush device logs unless `ASCEND_LOG_DEVICE_FLUSH_TIMEOUT=0`.
    ///
    /// # Errors
    /// [`MissingSymbol`](crate::ErrorKind::MissingSymbol) on runtimes without it, which are not finalised at all;
    /// [`Misuse`](crate::ErrorKind::Misuse) when every one was given back already; whatever the call answers, which is
    /// 100037 when somebody else has called `aclFinalize`.
    ///
    /// ```
    /// # let acl = ascend_ipc::Runtime::simulated()?;
    /// /* everything of it is dropped */
    /// acl.finalize()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclFinalizeReference")]
    pub fn finalize(self) -> Result<()> {
        self.api.finalize()
    }

    /// Whether this library was the first in the process to initialise the runtime; others may have followed.
    #[must_use]
    pub fn initialised_first(&self) -> bool {
        self.api.was_first()
    }

    /// `aclrtGetDeviceCount(out)`—How many devices this process sees.
    ///
    /// # Errors
    /// [`Device`](crate::ErrorKind::Device) when `ASCEND_RT_VISIBLE_DEVICES` is wrong.
    ///
    /// ```
    /// # let acl = ascend_ipc::Runtime::simulated()?;
    /// for id in 0..acl.device_count()? as i32 {
    ///     let device = acl.device(id)?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclrtGetDeviceCount")]
    pub fn device_count(&self) -> Result<u32> {
        ffi::device::count(self.api)
    }

    /// `aclrtSetDevice(id)`—The device with this id, counted from 0 among those that the process sees.
    ///
    /// The calling thread is bound to it. The first call for a device can take seconds on hardware.
    ///
    /// # Errors
    /// [`Device`](crate::ErrorKind::Device) when there is no such device, or it cannot be brought up.
    ///
    /// ```
    /// # let acl = ascend_ipc::Runtime::simulated()?;
    /// let error = acl.device(4711).unwrap_err();
    /// assert_eq!(error.kind(), ascend_ipc::ErrorKind::Device);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclrtSetDevice")]
    pub fn device(&self, id: i32) -> Result<Device> {
        span!("device", id = id);
        let set = ffi::device::RawDevice::set(self.api, id);
        set.map(Device::new).map_err(|error| {
            error.while_(match self.device_count() {
                Ok(count) => format!("device {id} of {count}"),
                Err(_) => format!("device {id}"),
            })
        })
    }

    /// Where the runtime came from: a library's path, or the simulator.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        self.api.library().origin()
    }

    /// Whether it is the simulator, embedded or as a library under whatever name: no NPU is used then.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.api.is_simulated()
    }

    /// `aclsysGetVersionStr(name, out)`, or what else it has—The runtime's version, if it tells.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        self.api.library().version()
    }

    /// `aclrtGetSocName()`—The name of the SoC, if the runtime tells.
    #[must_use]
    #[doc(alias = "aclrtGetSocName")]
    pub fn soc(&self) -> Option<String> {
        self.api.soc()
    }

    /// `aclrtDeviceGetBareTgid(out)`—The process id that exporters of memory have to list, which in a container is not the
    /// pid that the process sees.
    ///
    /// # Errors
    /// [`MissingSymbol`](crate::ErrorKind::MissingSymbol) on older runtimes; whatever the call answers.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # fn introduce(acl: &ascend_ipc::Runtime, channel: &ascend_ipc::Channel) -> ascend_ipc::Result<()> {
    /// channel.send(&acl.bare_pid()?, Duration::from_secs(5))?; // the exporter lists it, see `Access`
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtDeviceGetBareTgid")]
    pub fn bare_pid(&self) -> Result<BarePid> {
        ffi::ipc_memory::bare_pid(self.api).map(BarePid)
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Runtime").field(self.origin()).finish()
    }
}

/// A process as the driver counts, outside any container; see [`Runtime::bare_pid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct BarePid(pub(crate) i32);
