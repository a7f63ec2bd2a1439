//! Contexts: what streams belong to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

use super::fault::{Answer, Fault};
use super::registry::Raw;
use super::runtime::runtime;
use super::stream::{Kind, Stream};
use super::stream_settings::Settings;
use super::thread;

/// A context of a device.
pub(crate) struct Context {
    raw: Raw,
    device: u32,
    primary: bool,
    default_stream: Arc<Stream>,
    /// Cleared when the device is torn down; an explicit context can still be destroyed then.
    valid: AtomicBool,
    /// The failure that stopped it.
    stopped: OnceLock<Fault>,
    /// System options that were set for it.
    options: Mutex<BTreeMap<u32, i64>>,
}

impl Context {
    /// Makes a context with its default stream.
    pub(crate) fn create(device: u32, primary: bool) -> Raw {
        crate::shm::fork::mark();
        let make = |raw| Self {
            raw,
            device,
            primary,
            default_stream: default_stream(raw, device),
            valid: AtomicBool::new(true),
            stopped: OnceLock::new(),
            options: Mutex::default(),
        };
        runtime().contexts.insert_with(make).0
    }

    /// Its handle.
    pub(crate) const fn raw(&self) -> Raw {
        self.raw
    }

    /// Whether it comes and goes with its device.
    pub(crate) const fn is_primary(&self) -> bool {
        self.primary
    }

    /// Its device, as this process counts.
    pub(crate) const fn device(&self) -> u32 {
        self.device
    }

    /// The stream that a null handle stands for.
    pub(crate) const fn default_stream(&self) -> &Arc<Stream> {
        &self.default_stream
    }

    /// Whether its device was not torn down since.
    pub(crate) fn is_valid(&self) -> bool {
        self.valid.load(Ordering::Acquire)
    }

    /// Its device is torn down. A primary context is gone; an explicit one only waits to be destroyed.
    pub(crate) fn invalidate(&self) {
        self.valid.store(false, Ordering::Release);
        if self.primary {
            runtime().contexts.remove(self.raw);
        }
    }

    /// Every stream of this context.
    pub(crate) fn streams(&self) -> Vec<Arc<Stream>> {
        runtime().streams.all(|stream| stream.context() == self.raw)
    }

    /// Refuses while the device is aborted, or after a failure that stopped the context.
    pub(crate) fn status(&self) -> Answer {
        runtime().device(i32::try_from(self.device).unwrap_or(-1))?.require_not_aborted()?;
        self.stopped.get().cloned().map_or(Ok(()), Err)
    }

    /// A failure stops the context.
    pub(crate) fn stop(&self, fault: Fault) {
        let _ = self.stopped.set(fault); // the first one stays
    }

    /// The system options that were set for it.
    pub(crate) const fn options(&self) -> &Mutex<BTreeMap<u32, i64>> {
        &self.options
    }
}

fn default_stream(context: Raw, device: u32) -> Arc<Stream> {
    let ids = runtime().device(i32::try_from(device).unwrap_or(-1)).map(super::device::Device::stream_ids);
    let id = ids.and_then(|ids| ids.claim(Kind::Default, u32::MAX)).unwrap_or_default(); // never refused
    Stream::make(context, device, id, Kind::Default, Settings::default()).1
}

/// Creates a context on a device and makes it current.
pub(crate) fn create(device: i32) -> Answer<Raw> {
    runtime().device(device)?;
    let raw = Context::create(device.unsigned_abs(), false);
    thread::bind_explicit(raw);
    Ok(raw)
}

/// Destroys a context after its work is done.
pub(crate) fn destroy(raw: Raw) -> Answer {
    let gone = || Fault::new(107_002, "EE1010", "the context is unknown or was destroyed", "Destroy a context once.");
    let context = runtime().contexts.get(raw).ok_or_else(gone)?;
    if context.primary {
        let hint = "Use aclrtResetDevice for it.";
        return Err(Fault::new(107_002, "EE1010", "a device's primary context cannot be destroyed", hint));
    }
    runtime().contexts.remove(raw);
    retire(&context, true);
    thread::forget(raw);
    Ok(())
}

/// Ends the streams of a context that is no longer in the registry, after their work or at once.
pub(crate) fn retire(context: &Context, wait: bool) {
    for stream in runtime().streams.remove_if(|stream| stream.context() == context.raw) {
        if wait {
            stream.close();
        } else {
            stream.close_now();
        }
    }
}

/// Makes a context current on this thread.
pub(crate) fn set_current(raw: Raw) -> Answer {
    let unknown = || Fault::parameter("the context is unknown or was destroyed", "Use a context that exists.");
    runtime().contexts.get(raw).filter(|context| context.is_valid()).ok_or_else(unknown)?;
    thread::bind_explicit(raw);
    Ok(())
}
