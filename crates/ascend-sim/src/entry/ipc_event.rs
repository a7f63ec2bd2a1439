//! Events shared between processes.

use ascend_sys::abi::{aclrtEvent, aclrtIpcEventHandle};

use super::entry;
use crate::model::event;

entry! {
    /// Writes the handle's live bytes; like the real function it leaves the other 56 as they are.
    fn aclrtIpcGetEventHandle(event: aclrtEvent, handle: *mut aclrtIpcEventHandle) {
        handle.required()?;
        event.required()?;
        handle.set_live_bytes(event::export(event.address())?)
    }

    /// Opens an event that another process exported.
    fn aclrtIpcOpenEventHandle(handle: aclrtIpcEventHandle, event: *mut aclrtEvent) {
        event.required()?;
        let mut live = [0; 8];
        for (byte, sent) in live.iter_mut().zip(handle.reserved) {
            *byte = sent.to_ne_bytes()[0];
        }
        event.set_raw(event::open(u64::from_ne_bytes(live))?)
    }
}
