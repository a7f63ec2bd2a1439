//! Events.

use std::time::Duration;

use ascend_sys::abi::{
    ACL_EVENT_RECORDED_STATUS_COMPLETE, ACL_EVENT_RECORDED_STATUS_NOT_READY, ACL_EVENT_STATUS_COMPLETE,
    ACL_EVENT_STATUS_NOT_READY, ACL_EVENT_WAIT_STATUS_COMPLETE, ACL_EVENT_WAIT_STATUS_NOT_READY, aclrtEvent,
    aclrtEventRecordedStatus, aclrtEventStatus, aclrtEventWaitStatus, aclrtStream,
};

use super::entry;
use super::stream::deadline;
use crate::model::fault::{Answer, Fault};
use crate::model::{event, op_timeout, thread};

entry! {
    /// Creates an event with default flags.
    fn aclrtCreateEvent(event: *mut aclrtEvent) {
        event.required()?;
        event.set_raw(event::create()?)
    }

    /// Creates an event in the old mode.
    fn aclrtCreateEventWithFlag(event: *mut aclrtEvent, flag: u32) {
        event.required()?;
        event.set_raw(event::create_with_flag(flag)?)
    }

    /// Creates an event in the new mode, or an IPC event.
    fn aclrtCreateEventExWithFlag(event: *mut aclrtEvent, flag: u32) {
        event.required()?;
        event.set_raw(event::create_ex_with_flag(flag)?)
    }

    /// Destroys an event; never blocks.
    fn aclrtDestroyEvent(event: aclrtEvent) {
        event.required()?;
        event::destroy(event.address())
    }

    /// Records an event on a stream.
    fn aclrtRecordEvent(event: aclrtEvent, stream: aclrtStream) {
        event.required()?;
        event::record(event.address(), stream.address())
    }

    /// Makes a stream wait for an event's latest record.
    fn aclrtStreamWaitEvent(stream: aclrtStream, event: aclrtEvent) {
        event.required()?;
        event::stream_wait(stream.address(), event.address(), op_timeout::limit())
    }

    /// Makes a stream wait, at most so many seconds; 0 waits for ever, and IPC events always do.
    fn aclrtStreamWaitEventWithTimeout(stream: aclrtStream, event: aclrtEvent, timeout: i32) {
        let negative = |_| Fault::parameter("the timeout is negative", "Pass seconds, or 0.").at_front();
        let seconds = u64::try_from(timeout).map_err(negative)?;
        if event.is_null() {
            thread::named_stream(stream.address())?; // handles are looked at first, and null is none
            return Err(Fault::parameter("event is a null pointer", "Pass an event."));
        }
        let limit = (seconds > 0).then(|| Duration::from_secs(seconds));
        event::stream_wait(stream.address(), event.address(), limit)
    }

    /// Records an event on a stream, in a graph or across its border.
    fn aclrtRecordEventWithFlag(event: aclrtEvent, stream: aclrtStream, flag: u32) {
        event.required()?;
        if is_external(flag)? {
            return event::external(event.address(), stream.address());
        }
        event::record(event.address(), stream.address())
    }

    /// Makes a stream wait for an event, in a graph or across its border, at most so many seconds; 0 waits for ever.
    fn aclrtStreamWaitEventWithFlag(stream: aclrtStream, event: aclrtEvent, timeout: u32, flag: u32) {
        event.required()?;
        if is_external(flag)? {
            if timeout != 0 {
                return Err(Fault::front(format!("an external wait has no timeout, but {timeout} was given"), "Pass 0."));
            }
            return event::external(event.address(), stream.address());
        }
        event::stream_wait(stream.address(), event.address(), op_timeout::of_seconds(timeout))
    }

    /// How many more events the current device has.
    fn aclrtGetEventAvailNum(eventCount: *mut u32) {
        eventCount.required()?;
        eventCount.set(event::left()?)
    }

    /// Makes an old event's record void.
    fn aclrtResetEvent(event: aclrtEvent, stream: aclrtStream) {
        event.required()?;
        event::reset(event.address(), stream.address())
    }

    /// Whether the latest record is executed.
    fn aclrtQueryEventStatus(event: aclrtEvent, status: *mut aclrtEventRecordedStatus) {
        event.required()?;
        status.required()?;
        let complete = event::query_status(event.address())?;
        status.set(if complete { ACL_EVENT_RECORDED_STATUS_COMPLETE } else { ACL_EVENT_RECORDED_STATUS_NOT_READY })
    }

    /// The old query.
    fn aclrtQueryEvent(event: aclrtEvent, status: *mut aclrtEventStatus) {
        event.required()?;
        status.required()?;
        let complete = event::query(event.address())?;
        status.set(if complete { ACL_EVENT_STATUS_COMPLETE } else { ACL_EVENT_STATUS_NOT_READY })
    }

    /// Whether no wait for an old event is under way.
    fn aclrtQueryEventWaitStatus(event: aclrtEvent, status: *mut aclrtEventWaitStatus) {
        event.required()?;
        status.required()?;
        let complete = event::query_wait_status(event.address())?;
        status.set(if complete { ACL_EVENT_WAIT_STATUS_COMPLETE } else { ACL_EVENT_WAIT_STATUS_NOT_READY })
    }

    /// Blocks the host until the latest record is executed.
    fn aclrtSynchronizeEvent(event: aclrtEvent) {
        event.required()?;
        event::synchronize(event.address(), None)
    }

    /// Blocks the host until the latest record is executed, at most so many milliseconds; -1 waits for ever.
    fn aclrtSynchronizeEventWithTimeout(event: aclrtEvent, timeout: i32) {
        event.required()?;
        let deadline = deadline(timeout);
        if timeout < -1 {
            return deadline.map(drop).map_err(Fault::at_front);
        }
        event::require(event.address())?; // the handle is looked at before the timeout
        event::synchronize(event.address(), deadline?)
    }

    /// Milliseconds from one event's record to another's.
    fn aclrtEventElapsedTime(ms: *mut f32, startEvent: aclrtEvent, endEvent: aclrtEvent) {
        ms.required()?;
        startEvent.required()?;
        endEvent.required()?;
        ms.set(event::elapsed(startEvent.address(), endEvent.address())?)
    }

    /// When the latest record was executed, in microseconds.
    fn aclrtEventGetTimestamp(event: aclrtEvent, timestamp: *mut u64) {
        event.required()?;
        timestamp.required()?;
        timestamp.set(event::timestamp(event.address())?)
    }

    /// The event's number on its device.
    fn aclrtGetEventId(event: aclrtEvent, eventId: *mut u32) {
        event.required()?;
        eventId.required()?;
        eventId.set(event::id(event.address())?)
    }
}

/// Whether the flag of a record or wait says "external"; refuses one that says neither that nor the default.
fn is_external(flag: u32) -> Answer<bool> {
    match flag {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Fault::front(format!("the flag {flag} is unknown"), "Pass DEFAULT or EXTERNAL.")),
    }
}
