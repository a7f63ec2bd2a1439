//! How many cores a device, a stream or a thread may use.

use std::cell::Cell;

use ascend_sys::abi::{ACL_RT_DEV_RES_CUBE_CORE, ACL_RT_DEV_RES_VECTOR_CORE, aclrtDevResLimitType};

use super::device::Device;
use super::fault::{Answer, Fault};
use super::registry::Raw;
use super::runtime::runtime;
use super::stream::Stream;
use super::thread;

/// Limits that were set; where none was, the next wider one counts.
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    cube: Option<u32>,
    vector: Option<u32>,
}

impl Limits {
    fn of(&self, kind: aclrtDevResLimitType) -> Option<u32> {
        if kind == ACL_RT_DEV_RES_CUBE_CORE { self.cube } else { self.vector }
    }

    /// These limits with one more.
    pub(crate) fn with(self, kind: aclrtDevResLimitType, value: u32) -> Answer<Self> {
        let most = most(kind)?;
        if value == 0 || value > most {
            let cause = format!("{value} cores are not among the 1 to {most} that the device has");
            return Err(Fault::parameter(cause, "Pass a number of cores that exists."));
        }
        Ok(if kind == ACL_RT_DEV_RES_CUBE_CORE {
            Self { cube: Some(value), ..self }
        } else {
            Self { vector: Some(value), ..self }
        })
    }
}

thread_local! {
    /// A handle, and so nothing that is dropped: a thread that is ending may still ask.
    static USED: Cell<Option<Raw>> = const { Cell::new(None) };
}

/// How many there are.
fn most(kind: aclrtDevResLimitType) -> Answer<u32> {
    let (cube, vector) = runtime().profile.cores();
    match kind {
        ACL_RT_DEV_RES_CUBE_CORE => Ok(cube),
        ACL_RT_DEV_RES_VECTOR_CORE => Ok(vector),
        _ => Err(Fault::parameter(format!("{kind} is no kind of resource"), "Pass an ACL_RT_DEV_RES_*.")),
    }
}

/// What a device allows.
pub(crate) fn of_device(device: &Device, kind: aclrtDevResLimitType) -> Answer<u32> {
    let most = most(kind)?;
    Ok(device.limits().of(kind).unwrap_or(most))
}

/// What a stream allows.
pub(crate) fn of_stream(stream: &Stream, kind: aclrtDevResLimitType) -> Answer<u32> {
    let device = runtime().device(i32::try_from(stream.device()).unwrap_or(-1))?;
    let wider = of_device(device, kind)?;
    Ok(stream.settings().limits().of(kind).unwrap_or(wider))
}

/// What this thread may use.
pub(crate) fn of_thread(kind: aclrtDevResLimitType) -> Answer<u32> {
    let context = thread::current()?;
    match USED.get().and_then(|raw| runtime().streams.peek(raw)) {
        Some(stream) => of_stream(&stream, kind),
        None => of_device(runtime().device(i32::try_from(context.device()).unwrap_or(-1))?, kind),
    }
}

/// This thread uses a stream's limits from now on.
pub(crate) fn use_stream(stream: &Stream) {
    USED.set(Some(stream.raw()));
}

/// This thread uses a stream's limits no longer.
pub(crate) fn unuse_stream() {
    USED.set(None);
}
