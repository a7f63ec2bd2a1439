//! The functions this crate needs, looked up once, so that a hot call is one indirect call.
//!
//! # Safety
//! Opens libraries and calls initialisation, version and error functions.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char, c_void};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ascend_sys::abi::{
    aclError, aclrtContext, aclrtDrvMemHandle, aclrtEvent, aclrtEventRecordedStatus, aclrtHostFunc,
    aclrtIpcEventHandle, aclrtMemGranularityOptions, aclrtMemHandleType, aclrtMemMallocPolicy, aclrtMemcpyKind,
    aclrtNotify, aclrtPhysicalMemProp, aclrtStream, aclrtStreamStatus,
};
use ascend_sys::{Library, LoadError, MissingSymbol, Origin, Status};

use super::fork;
use crate::error::{Error, ErrorKind, Result, in_drop};

/// Code of an initialisation that somebody else did before.
const ALREADY: Status = Status::ACL_ERROR_REPEAT_INITIALIZE;

/// What this crate has initialised; others in the process may have done so as well.
#[derive(Default)]
struct Initialised {
    /// Our calls of `aclInit` that were not given back: each counts once, whoever came first.
    references: AtomicU64,
    /// One of them was the first in the process.
    first: AtomicBool,
}

macro_rules! api {
    (
        required { $($required:ident: $required_symbol:ident($($required_kind:ty),*),)* }
        optional { $($optional:ident: $optional_symbol:ident($($optional_kind:ty),*),)* }
    ) => {
        /// Function pointers, and the library they came from. Those that older runtimes lack are optional.
        pub(crate) struct Api {
            library: Library,
            initialised: Initialised,
            $(pub(super) $required: unsafe extern "C" fn($($required_kind),*) -> aclError,)*
            $(pub(super) $optional: Option<unsafe extern "C" fn($($optional_kind),*) -> aclError>,)*
        }

        impl Api {
            fn resolve(library: Library) -> Result<Self, MissingSymbol> {
                let table = library.table();
                Ok(Self {
                    $($required: table.$required_symbol.ok_or_else(|| library.missing(stringify!($required_symbol)))?,)*
                    $($optional: table.$optional_symbol,)*
                    library,
                    initialised: Initialised::default(),
                })
            }
        }
    };
}

api! {
    required {
        init: aclInit(*const c_char),
        set_device: aclrtSetDevice(i32),
        reset_device: aclrtResetDevice(i32),
        device_count: aclrtGetDeviceCount(*mut u32),
        current_context: aclrtGetCurrentContext(*mut aclrtContext),
        set_current_context: aclrtSetCurrentContext(aclrtContext),
        create_stream: aclrtCreateStream(*mut aclrtStream),
        destroy_stream: aclrtDestroyStream(aclrtStream),
        synchronize_stream: aclrtSynchronizeStreamWithTimeout(aclrtStream, i32),
        query_stream: aclrtStreamQuery(aclrtStream, *mut aclrtStreamStatus),
        record_event: aclrtRecordEvent(aclrtEvent, aclrtStream),
        stream_wait_event: aclrtStreamWaitEvent(aclrtStream, aclrtEvent),
        query_event: aclrtQueryEventStatus(aclrtEvent, *mut aclrtEventRecordedStatus),
        destroy_event: aclrtDestroyEvent(aclrtEvent),
        malloc: aclrtMalloc(*mut *mut c_void, usize, aclrtMemMallocPolicy),
        free: aclrtFree(*mut c_void),
        malloc_host: aclrtMallocHost(*mut *mut c_void, usize),
        free_host: aclrtFreeHost(*mut c_void),
        memcpy: aclrtMemcpy(*mut c_void, usize, *const c_void, usize, aclrtMemcpyKind),
        memcpy_async: aclrtMemcpyAsync(*mut c_void, usize, *const c_void, usize, aclrtMemcpyKind, aclrtStream),
    }
    optional {
        finalize_reference: aclFinalizeReference(*mut u64),
        create_event_ex: aclrtCreateEventExWithFlag(*mut aclrtEvent, u32),
        ipc_get_event_handle: aclrtIpcGetEventHandle(aclrtEvent, *mut aclrtIpcEventHandle),
        ipc_open_event_handle: aclrtIpcOpenEventHandle(aclrtIpcEventHandle, *mut aclrtEvent),
        launch_host_func: aclrtLaunchHostFunc(aclrtStream, aclrtHostFunc, *mut c_void),
        physical_device: aclrtGetPhyDevIdByLogicDevId(i32, *mut i32),
        ipc_memory_key: aclrtIpcMemGetExportKey(*mut c_void, usize, *mut c_char, usize, u64),
        ipc_memory_allow: aclrtIpcMemSetImportPid(*const c_char, *mut i32, usize),
        ipc_memory_import: aclrtIpcMemImportByKey(*mut *mut c_void, *const c_char, u64),
        ipc_memory_close: aclrtIpcMemClose(*const c_char),
        bare_tgid: aclrtDeviceGetBareTgid(*mut i32),
        memset_async: aclrtMemsetAsync(*mut c_void, usize, i32, usize, aclrtStream),
        granularity: aclrtMemGetAllocationGranularity(*mut aclrtPhysicalMemProp, aclrtMemGranularityOptions, *mut usize),
        malloc_physical: aclrtMallocPhysical(*mut aclrtDrvMemHandle, usize, *const aclrtPhysicalMemProp, u64),
        free_physical: aclrtFreePhysical(aclrtDrvMemHandle),
        reserve_address: aclrtReserveMemAddress(*mut *mut c_void, usize, usize, *mut c_void, u64),
        release_address: aclrtReleaseMemAddress(*mut c_void),
        map: aclrtMapMem(*mut c_void, usize, usize, aclrtDrvMemHandle, u64),
        unmap: aclrtUnmapMem(*mut c_void),
        physical_export: aclrtMemExportToShareableHandle(aclrtDrvMemHandle, aclrtMemHandleType, u64, *mut u64),
        physical_allow: aclrtMemSetPidToShareableHandle(u64, *mut i32, usize),
        physical_import: aclrtMemImportFromShareableHandle(u64, i32, *mut aclrtDrvMemHandle),
        create_notify: aclrtCreateNotify(*mut aclrtNotify, u64),
        destroy_notify: aclrtDestroyNotify(aclrtNotify),
        record_notify: aclrtRecordNotify(aclrtNotify, aclrtStream),
        wait_notify: aclrtWaitAndResetNotify(aclrtNotify, aclrtStream, u32),
        notify_key: aclrtNotifyGetExportKey(aclrtNotify, *mut c_char, usize, u64),
        notify_allow: aclrtNotifySetImportPid(aclrtNotify, *mut i32, usize),
        notify_import: aclrtNotifyImportByKey(*mut aclrtNotify, *const c_char, u64),
    }
}

impl Api {
    /// Opens the runtime that the search order finds, and initialises it.
    pub(crate) fn load() -> Result<&'static Self> {
        Self::start(Self::find()?)
    }

    /// Opens the runtime that the search order finds.
    pub(crate) fn find() -> Result<Library, LoadError> {
        // SAFETY: what is found under AscendCL's names is an AscendCL runtime (A1).
        unsafe { Library::load() }
    }

    /// Opens this library, and initialises it.
    pub(crate) fn open(path: &Path) -> Result<&'static Self> {
        // SAFETY: whoever names a library as the runtime vouches that it is one (A1).
        let library = unsafe { Library::open(path) }?;
        Self::start(library)
    }

    /// Initialises the runtime behind a table, which this crate never finalises by itself.
    pub(crate) fn start(library: Library) -> Result<&'static Self> {
        fork::settle()?;
        let api = Self::only(library)?;
        // SAFETY: null is "no configuration".
        let status = Status(unsafe { (api.init)(core::ptr::null()) });
        if status == ALREADY {
            api.recent_text(); // says what is no error; the next one must not show it
        } else {
            api.check("aclInit", status)
                .map_err(|error| error.while_(format!("initialising {}", api.library.origin())))?;
            api.initialised.first.store(true, Ordering::Relaxed);
        }
        api.initialised.references.fetch_add(1, Ordering::Relaxed);
        Ok(api)
    }

    /// The one value for a library, however often it is opened.
    fn only(library: Library) -> Result<&'static Self> {
        static KNOWN: Mutex<Vec<&'static Api>> = Mutex::new(Vec::new());
        let resolved = Self::resolve(library)?;
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        // A file may be opened under several names, each time with a new table; a provided table is one static.
        let provided = |api: &Self| matches!(api.library.origin(), Origin::Provided(_));
        let same = |api: &&&Self| match (provided(api), provided(&resolved)) {
            (true, true) => core::ptr::eq(api.library.table(), resolved.library.table()),
            _ => {
                core::ptr::fn_addr_eq(api.set_device, resolved.set_device)
                    && core::ptr::fn_addr_eq(api.query_event, resolved.query_event)
            }
        };
        if let Some(api) = known.iter().find(same) {
            return Ok(api);
        }
        let api: &'static Self = Box::leak(Box::new(resolved));
        known.push(api);
        Ok(api)
    }

    /// Whether nobody else in this process had initialised the runtime when this crate did.
    pub(crate) fn was_first(&self) -> bool {
        self.initialised.first.load(Ordering::Relaxed)
    }

    /// Gives one initialisation of ours back; the process is finalised with the last one of anybody.
    ///
    /// Plain `aclFinalize` is never called: it ends the runtime for everybody, whatever the count.
    pub(crate) fn finalize(&self) -> Result<()> {
        fork::refuse()?;
        let finalize = self.finalize_reference.ok_or_else(|| self.library.missing("aclFinalizeReference"))?;
        let ours = &self.initialised.references;
        if ours.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1)).is_err() {
            let what = "every initialisation that this library made was given back already; what is left is of others";
            return Err(Error::misuse(what));
        }
        let mut left = 0;
        // SAFETY: a writable counter.
        let status = Status(unsafe { finalize(&raw mut left) });
        self.check("aclFinalizeReference", status)
    }

    /// The library.
    pub(crate) const fn library(&self) -> &Library {
        &self.library
    }

    /// Whether this is the simulator, embedded or as `libascend_sim.so` under whatever name.
    pub(crate) fn is_simulated(&self) -> bool {
        is_simulated(&self.library)
    }

    /// The name of the SoC; no initialisation is needed.
    pub(crate) fn soc(&self) -> Option<String> {
        soc(&self.library)
    }

    /// Success, or an error with what the runtime said.
    #[inline]
    pub(super) fn check(&self, call: &'static str, status: Status) -> Result<()> {
        if status.0 == 0 { Ok(()) } else { Err(self.failed(call, status)) }
    }

    /// The error for a failed call; takes the runtime's text, which this thread may read once.
    #[cold]
    pub(crate) fn failed(&self, call: &'static str, status: Status) -> Error {
        Error::call(call, status, self.recent_text())
    }

    /// A call that a `Drop` made: what went wrong goes to the hook, and its text is not left for a later error.
    #[inline]
    pub(super) fn check_in_drop(&self, call: &'static str, status: Status) {
        if status.0 != 0 {
            in_drop::report(&self.failed(call, status));
        }
    }

    /// What the runtime last said on this thread, which this consumes.
    pub(crate) fn recent_text(&self) -> Option<String> {
        let recent = self.library.table().aclGetRecentErrMsg?;
        // SAFETY: no argument; the result is null, or a terminated text that is valid until the next call of this function
        // on this thread (A5); it is copied before that.
        let text = unsafe { recent() };
        if text.is_null() {
            return None;
        }
        // SAFETY: not null, so a terminated text, still valid (A5).
        let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// An optional function, or the error that names it.
    pub(super) fn need<F>(&self, function: Option<F>, symbol: &'static str) -> Result<F> {
        function.ok_or_else(|| Error::from(self.library.missing(symbol)))
    }

    /// The error for a null handle that came with success.
    pub(super) fn null(&self, call: &'static str) -> Error {
        let what = format!("{call} answered success and a null pointer; {} is broken", self.library.origin());
        Error::new(ErrorKind::Runtime, what)
    }
}

/// Whether a library is the simulator, embedded or as `libascend_sim.so` under whatever name.
pub(crate) fn is_simulated(library: &Library) -> bool {
    match library.origin() {
        Origin::Provided(_) => true,
        Origin::File(path) => std::fs::canonicalize(path)
            .is_ok_and(|path| path.file_name().is_some_and(|name| name == "libascend_sim.so")),
        _ => false,
    }
}

/// The name of the SoC; no initialisation is needed.
pub(crate) fn soc(library: &Library) -> Option<String> {
    let name = library.table().aclrtGetSocName?;
    // SAFETY: no argument; the result is null, or a terminated text that the runtime keeps (A5).
    let text = unsafe { name() };
    if text.is_null() {
        return None;
    }
    // SAFETY: not null, so a terminated text (A5).
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
