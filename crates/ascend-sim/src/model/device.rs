//! Devices: reference-counted set and reset, and the primary context in between.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::context::{self, Context};
use super::fault::{Answer, Fault};
use super::registry::Raw;
use super::runtime::runtime;
use super::thread;

/// A device that this process sees.
pub(crate) struct Device {
    logical: u32,
    state: Mutex<State>,
    peers: Mutex<Vec<i32>>,
}

#[derive(Default)]
struct State {
    /// Calls of set less calls of reset, of all threads.
    count: u64,
    primary: Option<Raw>,
}

impl Device {
    /// A device with this id in the driver.
    pub(crate) fn new(logical: u32) -> Self {
        Self { logical, state: Mutex::default(), peers: Mutex::default() }
    }

    /// The driver's id, which all processes share.
    pub(crate) const fn logical(&self) -> u32 {
        self.logical
    }

    /// Whether its primary context exists.
    pub(crate) fn is_active(&self) -> bool {
        self.state().primary.is_some()
    }

    /// The peers whose memory it may access.
    pub(crate) fn peers(&self) -> MutexGuard<'_, Vec<i32>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts up, makes the primary context if there is none, and binds this thread to it.
pub(crate) fn set(id: i32) -> Answer {
    let device = runtime().device(id)?;
    let mut state = device.state();
    state.count += 1;
    let primary = *state.primary.get_or_insert_with(|| Context::create(id.unsigned_abs(), true));
    drop(state);
    thread::bind_primary(primary);
    Ok(())
}

/// How a device is given up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reset {
    /// Counts down; tears down at 0.
    Counted,
    /// Tears down whatever the count is.
    Forced,
}

/// Gives a device up.
pub(crate) fn reset(id: i32, how: Reset) -> Answer {
    let device = runtime().device(id)?;
    let mut state = device.state();
    if state.count == 0 {
        let cause = format!("device {id} was reset more often than it was set");
        return Err(Fault::new(507_007, "EE1018", cause, "Pair each aclrtSetDevice with one aclrtResetDevice."));
    }
    state.count = if how == Reset::Forced { 0 } else { state.count - 1 };
    if state.count > 0 {
        return Ok(());
    }
    state.primary = None;
    let contexts = runtime().contexts.all(|context| context.device() == id.unsigned_abs());
    drop(state);
    for context in contexts {
        context.invalidate();
        context::retire(&context);
    }
    device.peers().clear();
    thread::unbind_primary();
    Ok(())
}

/// Waits for all streams of the current device.
pub(crate) fn synchronize(deadline: Option<Instant>) -> Answer {
    drain(thread::current()?.device(), deadline)
}

/// Waits for all streams of a device; needs no context.
pub(crate) fn drain(device: u32, deadline: Option<Instant>) -> Answer {
    for context in runtime().contexts.all(|context| context.device() == device) {
        for stream in context.streams() {
            stream.synchronize(deadline, "device")?; // a later failure stays for whoever asks next
        }
    }
    Ok(())
}
