//! Streams.

use core::ffi::c_void;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ascend_sys::abi::{
    ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK, ACL_STREAM_ATTR_PRIORITY, ACL_STREAM_STATUS_COMPLETE,
    ACL_STREAM_STATUS_NOT_READY, aclrtStream, aclrtStreamAttr, aclrtStreamAttrValue, aclrtStreamStatus,
};

use super::argument::Out;
use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::stream::Stream;
use crate::model::stream_settings::LEAST_PRIORITY;
use crate::model::{stream_life, thread};

entry! {
    /// Creates a stream in the current context.
    fn aclrtCreateStream(stream: *mut aclrtStream) {
        stream.required()?;
        stream.set_raw(stream_life::create(0, 0)?)
    }

    /// Creates a stream; of the flags, only that for persistent streams makes a difference here.
    fn aclrtCreateStreamWithConfig(stream: *mut aclrtStream, priority: u32, flag: u32) {
        stream.required()?;
        stream.set_raw(stream_life::create(priority, flag)?)
    }

    /// Destroys a stream after its work is done.
    fn aclrtDestroyStream(stream: aclrtStream) {
        stream.required()?;
        stream_life::destroy(stream.address(), true)
    }

    /// Destroys a stream and discards its work.
    fn aclrtDestroyStreamForce(stream: aclrtStream) {
        stream.required()?;
        stream_life::destroy(stream.address(), false)
    }

    /// Waits for a stream; null means the current context's default stream.
    fn aclrtSynchronizeStream(stream: aclrtStream) {
        thread::awaited_stream(stream.address())?.synchronize(None, "stream")
    }

    /// Waits for a stream, at most so many milliseconds; -1 waits for ever.
    fn aclrtSynchronizeStreamWithTimeout(stream: aclrtStream, timeout: i32) {
        thread::named_stream(stream.address())?; // a wrong handle is found before a wrong timeout
        let deadline = deadline(timeout)?;
        thread::awaited_stream(stream.address())?.synchronize(deadline, "stream")
    }

    /// Whether a stream's work is done.
    fn aclrtStreamQuery(stream: aclrtStream, status: *mut aclrtStreamStatus) {
        status.required()?;
        let complete = thread::any_stream(stream.address())?.is_complete();
        status.set(if complete { ACL_STREAM_STATUS_COMPLETE } else { ACL_STREAM_STATUS_NOT_READY })
    }

    /// The flags that a stream was created with.
    fn aclrtStreamGetFlags(stream: aclrtStream, flags: *mut u32) {
        flags.required()?;
        flags.set(named(&stream)?.settings().flags())
    }

    /// A stream's priority.
    fn aclrtStreamGetPriority(stream: aclrtStream, priority: *mut u32) {
        priority.required()?;
        priority.set(named(&stream)?.settings().attribute(ACL_STREAM_ATTR_PRIORITY)? as u32)
    }

    /// A stream's number on its device.
    fn aclrtStreamGetId(stream: aclrtStream, streamId: *mut i32) {
        streamId.required()?;
        streamId.set(i32::try_from(named(&stream)?.id()).unwrap_or(i32::MAX))
    }

    /// How many more streams can be created on the current device.
    fn aclrtGetStreamAvailableNum(streamCount: *mut u32) {
        streamCount.required()?;
        streamCount.set(stream_life::available()?)
    }

    /// The least and the most urgent priority.
    fn aclrtDeviceGetStreamPriorityRange(leastPriority: *mut i32, greatestPriority: *mut i32) {
        leastPriority.required()?;
        greatestPriority.required()?;
        leastPriority.set(LEAST_PRIORITY.cast_signed())?;
        greatestPriority.set(0)
    }

    /// Whether a failure stops the stream's whole context.
    fn aclrtSetStreamFailureMode(stream: aclrtStream, mode: u64) {
        named(&stream)?.settings().set_failure_mode(mode)
    }

    /// Switches overflow detection.
    fn aclrtSetStreamOverflowSwitch(stream: aclrtStream, flag: u32) {
        named(&stream)?.settings().set_attribute(ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK, flag.into())
    }

    /// Whether overflow detection is on.
    fn aclrtGetStreamOverflowSwitch(stream: aclrtStream, flag: *mut u32) {
        flag.required()?;
        flag.set(named(&stream)?.settings().attribute(ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK)? as u32)
    }

    /// Sets an attribute of a stream.
    fn aclrtSetStreamAttribute(stream: aclrtStream, stmAttrType: aclrtStreamAttr, value: *mut aclrtStreamAttrValue) {
        let bytes = value.first_bytes()?;
        named(&stream)?.settings().set_attribute(stmAttrType, bytes)
    }

    /// An attribute of a stream.
    fn aclrtGetStreamAttribute(stream: aclrtStream, stmAttrType: aclrtStreamAttr, value: *mut aclrtStreamAttrValue) {
        value.required()?;
        let bytes = named(&stream)?.settings().attribute(stmAttrType)?;
        value.set(aclrtStreamAttrValue { failureMode: bytes })
    }

    /// Discards the tasks of a persistent stream.
    fn aclrtPersistentTaskClean(stream: aclrtStream) {
        stream.required()?;
        let stream = thread::own_stream(stream.address())?;
        if !stream.settings().is_persistent() {
            return Err(Fault::parameter("the stream is not persistent", "Create it with ACL_STREAM_PERSISTENT."));
        }
        stream.abort();
        Ok(())
    }

    /// Discards a stream's work.
    fn aclrtStreamAbort(stream: aclrtStream) {
        stream.required()?;
        thread::any_stream(stream.address())?.abort();
        Ok(())
    }
}

/// A stream by its handle, which needs no current context, or the current context's default stream.
pub(super) fn named(stream: &Out<c_void>) -> Answer<Arc<Stream>> {
    match thread::named_stream(stream.address())? {
        Some(stream) => Ok(stream),
        None => thread::own(None),
    }
}

/// When a timeout of so many milliseconds ends; -1 is never, 0 and what is below -1 are refused.
pub(super) fn deadline(milliseconds: i32) -> Answer<Option<Instant>> {
    match milliseconds {
        -1 => Ok(None),
        1.. => Ok(Some(Instant::now() + Duration::from_millis(u64::from(milliseconds.unsigned_abs())))),
        _ => {
            Err(Fault::parameter(format!("{milliseconds} is no timeout"), "Pass milliseconds, or -1 to wait for ever."))
        }
    }
}
