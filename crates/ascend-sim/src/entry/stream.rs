//! Streams.

use std::time::{Duration, Instant};

use ascend_sys::abi::{ACL_STREAM_STATUS_COMPLETE, ACL_STREAM_STATUS_NOT_READY, aclrtStream, aclrtStreamStatus};

use super::entry;
use crate::model::fault::{Answer, Fault};
use crate::model::{stream, thread};

entry! {
    /// Creates a stream in the current context.
    fn aclrtCreateStream(stream: *mut aclrtStream) {
        stream.required()?;
        stream.set_raw(stream::create()?)
    }

    /// Creates a stream; priority and flags make no difference here.
    fn aclrtCreateStreamWithConfig(stream: *mut aclrtStream, priority: u32, flag: u32) {
        let _ = (priority, flag);
        stream.required()?;
        stream.set_raw(stream::create()?)
    }

    /// Destroys a stream after its work is done.
    fn aclrtDestroyStream(stream: aclrtStream) {
        stream.required()?;
        stream::destroy(stream.address(), true)
    }

    /// Destroys a stream and discards its work.
    fn aclrtDestroyStreamForce(stream: aclrtStream) {
        stream.required()?;
        stream::destroy(stream.address(), false)
    }

    /// Waits for a stream; null means the current context's default stream.
    fn aclrtSynchronizeStream(stream: aclrtStream) {
        thread::any_stream(stream.address())?.synchronize(None, "stream")
    }

    /// Waits for a stream, at most so many milliseconds; -1 waits for ever.
    fn aclrtSynchronizeStreamWithTimeout(stream: aclrtStream, timeout: i32) {
        let deadline = deadline(timeout)?;
        thread::any_stream(stream.address())?.synchronize(deadline, "stream")
    }

    /// Whether a stream's work is done.
    fn aclrtStreamQuery(stream: aclrtStream, status: *mut aclrtStreamStatus) {
        status.required()?;
        let complete = thread::any_stream(stream.address())?.is_complete();
        status.set(if complete { ACL_STREAM_STATUS_COMPLETE } else { ACL_STREAM_STATUS_NOT_READY })
    }

    /// Discards a stream's work.
    fn aclrtStreamAbort(stream: aclrtStream) {
        stream.required()?;
        thread::any_stream(stream.address())?.abort();
        Ok(())
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
