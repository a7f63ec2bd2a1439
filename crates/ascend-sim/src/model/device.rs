//! Devices: reference-counted set and reset, and the primary context in between.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ascend_sys::abi::{
    ACL_RT_DEVICE_STATE_RESET_POST, ACL_RT_DEVICE_STATE_RESET_PRE, ACL_RT_DEVICE_STATE_SET_POST,
    ACL_RT_DEVICE_STATE_SET_PRE, ACL_RT_DEVICE_TASK_ABORT_POST, ACL_RT_DEVICE_TASK_ABORT_PRE,
    ACL_RT_OVERFLOW_MODE_INFNAN, aclrtDeviceState, aclrtDeviceTaskAbortStage,
};

use super::context::{self, Context};
use super::fault::{Answer, Fault};
use super::number::Numbers;
use super::profile::Profile;
use super::registry::Raw;
use super::res_limit::Limits;
use super::runtime::runtime;
use super::stream_ids::StreamIds;
use super::thread;

/// A device that this process sees.
pub(crate) struct Device {
    logical: u32,
    state: Mutex<State>,
    peers: Mutex<Vec<i32>>,
    notifies: Arc<Numbers>,
    events: Arc<Numbers>,
    stream_ids: StreamIds,
    limits: Mutex<Limits>,
    saturation: AtomicU32,
    aborted: AtomicBool,
}

#[derive(Default)]
struct State {
    /// Calls of set less calls of reset, of all threads.
    count: u64,
    primary: Option<Raw>,
}

impl Device {
    /// A device with this id in the driver.
    pub(crate) fn new(logical: u32, profile: &Profile) -> Self {
        Self {
            logical,
            state: Mutex::default(),
            peers: Mutex::default(),
            notifies: Numbers::new(profile.notifies()),
            events: Numbers::new(profile.events()),
            stream_ids: StreamIds::default(),
            limits: Mutex::default(),
            saturation: AtomicU32::new(ACL_RT_OVERFLOW_MODE_INFNAN),
            aborted: AtomicBool::new(false),
        }
    }

    /// The driver's id, which all processes share.
    pub(crate) const fn logical(&self) -> u32 {
        self.logical
    }

    /// The numbers of its notifies.
    pub(crate) const fn notifies(&self) -> &Arc<Numbers> {
        &self.notifies
    }

    /// The numbers of its events.
    pub(crate) const fn events(&self) -> &Arc<Numbers> {
        &self.events
    }

    /// Whether its primary context exists.
    pub(crate) fn is_active(&self) -> bool {
        self.state().primary.is_some()
    }

    /// The peers whose memory it may access.
    pub(crate) fn peers(&self) -> MutexGuard<'_, Vec<i32>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers of its streams.
    pub(crate) const fn stream_ids(&self) -> &StreamIds {
        &self.stream_ids
    }

    /// Its limits of resources.
    pub(crate) fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What becomes of numbers that are too large.
    pub(crate) const fn saturation(&self) -> &AtomicU32 {
        &self.saturation
    }

    /// Refuses while its tasks are aborted.
    pub(crate) fn require_not_aborted(&self) -> Answer {
        if !self.aborted.load(Ordering::Acquire) {
            return Ok(());
        }
        let hint = "Reset the device and set it again.";
        Err(Fault::new(107_022, "EE1018", "the device's tasks were aborted", hint))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts up, makes the primary context if there is none, and binds this thread to it.
pub(crate) fn set(id: i32) -> Answer {
    let device = runtime().device(id)?;
    tell(id, ACL_RT_DEVICE_STATE_SET_PRE);
    let mut state = device.state();
    state.count += 1;
    let primary = *state.primary.get_or_insert_with(|| Context::create(id.unsigned_abs(), true));
    drop(state);
    thread::bind_primary(primary);
    tell(id, ACL_RT_DEVICE_STATE_SET_POST);
    Ok(())
}

fn tell(id: i32, state: aclrtDeviceState) {
    for listener in runtime().audience.device.all() {
        listener.call(id, state);
    }
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
    if device.state().count > 0 {
        tell(id, ACL_RT_DEVICE_STATE_RESET_PRE);
    }
    count_down(device, id, how)?;
    tell(id, ACL_RT_DEVICE_STATE_RESET_POST);
    Ok(())
}

fn count_down(device: &Device, id: i32, how: Reset) -> Answer {
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
        context::retire(&context, how == Reset::Counted);
    }
    device.peers().clear();
    *device.limits() = Limits::default();
    device.aborted.store(false, Ordering::Release);
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

/// Aborts all tasks of a device; calls that need it are refused until it is reset.
pub(crate) fn abort(id: i32, timeout: u32) -> Answer {
    let device = runtime().device(id)?;
    consult(id, ACL_RT_DEVICE_TASK_ABORT_PRE, timeout)?;
    device.aborted.store(true, Ordering::Release);
    for stream in runtime().streams.all(|stream| stream.device() == id.unsigned_abs()) {
        stream.abort();
    }
    consult(id, ACL_RT_DEVICE_TASK_ABORT_POST, timeout)
}

/// Asks those who want to hear of aborts.
fn consult(id: i32, stage: aclrtDeviceTaskAbortStage, timeout: u32) -> Answer {
    if runtime().audience.abort.all().iter().all(|listener| listener.call(id, stage, timeout) == 0) {
        return Ok(());
    }
    Err(Fault::new(107_035, "EE1018", "a callback stopped the abort", "See what the callback does."))
}
