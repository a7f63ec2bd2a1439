//! Events: what record, wait, query, synchronise and destroy do, whatever kind of event it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ascend_sys::EventFlags;

use super::device::Device;
use super::fault::{Answer, Fault};
use super::ipc_event::IpcEvent;
use super::local_event::{LocalEvent, Mode};
use super::registry::Raw;
use super::runtime::runtime;
use super::schedule;
use super::strict::{share, use_of_event};
use super::task::Task;
use super::{thread, trace};

/// An event behind a handle.
pub(crate) enum Event {
    /// Of this process only.
    Local(Arc<LocalEvent>),
    /// Shared or shareable.
    Ipc(Arc<IpcEvent>),
}

/// Default flags of `aclrtCreateEvent`, as far as they are public: internal synchronisation and time line.
const DEFAULT: EventFlags = EventFlags::SYNC.union(EventFlags::TIME_LINE);
/// Bits that `aclrtCreateEventWithFlag` knows; 0x4 has no public name.
const OLD_BITS: u32 = 0x3f;
/// Bits that `aclrtCreateEventExWithFlag` allows together.
const NEW_BITS: u32 = 0xf;

/// Creates an event with default flags.
pub(crate) fn create() -> Answer<Raw> {
    local(Mode::Default, DEFAULT)
}

/// Creates an event in the old mode.
pub(crate) fn create_with_flag(flag: u32) -> Answer<Raw> {
    let alone = EventFlags::DEVICE_USE_ONLY.bits() | EventFlags::EXTERNAL.bits();
    let combined = flag & alone != 0 && flag & (flag - 1) != 0;
    if flag == 0 || flag & !OLD_BITS != 0 || combined {
        return Err(bad_flag(flag, "Use SYNC, CAPTURE_STREAM_PROGRESS, TIME_LINE, or one other flag alone."));
    }
    local(Mode::Old, EventFlags::from_bits_truncate(flag))
}

/// Creates an event in the new mode, or an IPC event.
pub(crate) fn create_ex_with_flag(flag: u32) -> Answer<Raw> {
    let ipc = EventFlags::IPC.bits();
    if flag & ipc != 0 && flag != ipc {
        return Err(bad_flag(flag, "The IPC flag must stand alone."));
    }
    if flag == ipc {
        runtime().require_ipc_events()?;
        let device = current_device()?;
        runtime().require_host_access()?;
        let event = IpcEvent::create(device.logical())?;
        return Ok(insert(Event::Ipc(Arc::new(event)), false));
    }
    if flag == 0 || flag & !NEW_BITS != 0 {
        return Err(bad_flag(
            flag,
            "Use SYNC, CAPTURE_STREAM_PROGRESS and TIME_LINE in any combination, or IPC alone.",
        ));
    }
    local(Mode::New, EventFlags::from_bits_truncate(flag))
}

fn local(mode: Mode, flags: EventFlags) -> Answer<Raw> {
    let event = LocalEvent::new(mode, flags, current_device()?.events())?;
    Ok(insert(Event::Local(Arc::new(event)), false))
}

fn insert(event: Event, imported: bool) -> Raw {
    let event = Arc::new(event);
    let raw = runtime().events.insert(Arc::clone(&event));
    use_of_event::created(raw, &event, imported);
    raw
}

/// How many events the current device has left.
pub(crate) fn left() -> Answer<u32> {
    Ok(current_device()?.events().left())
}

fn current_device() -> Answer<&'static Device> {
    runtime().device(i32::try_from(thread::current()?.device()).unwrap_or(-1))
}

fn bad_flag(flag: u32, hint: &'static str) -> Fault {
    Fault::parameter(format!("the event flag {flag:#x} is not allowed here"), hint)
}

/// Opens the event behind a handle's live bytes, for the current device.
pub(crate) fn open(bytes: u64) -> Answer<Raw> {
    runtime().require_ipc_events()?;
    let user = current_device()?;
    runtime().require_host_access()?;
    Ok(insert(Event::Ipc(Arc::new(IpcEvent::open(bytes, user)?)), true))
}

/// The live bytes of an IPC event's handle.
pub(crate) fn export(raw: Raw) -> Answer<u64> {
    runtime().require_ipc_events()?;
    match &*runtime().event(raw)? {
        Event::Ipc(event) => {
            share::exported(event.block());
            Ok(event.export())
        }
        Event::Local(_) => {
            Err(Fault::new(107_000, "EE1006", "the event was not created for IPC", "Create it with the IPC flag."))
        }
    }
}

/// Destroys an event; tasks that use it keep what they need until they end.
pub(crate) fn destroy(raw: Raw) -> Answer {
    let event = runtime().events.remove(raw).ok_or_else(|| Fault::handle("event"))?;
    use_of_event::destroyed(raw, &event);
    Ok(())
}

/// Records an event on a stream of the current context.
pub(crate) fn record(raw: Raw, stream: Raw) -> Answer {
    let whole = runtime().event(raw)?;
    let stream = thread::named_stream(stream)?;
    match &*whole {
        Event::Local(event) => {
            event.require_host_use()?;
            let stream = thread::own(stream)?;
            use_of_event::recording(raw, &whole, &stream);
            let _order = stream.in_order();
            stream.submit(Task::RecordLocal(Arc::clone(event), event.record()?))
        }
        Event::Ipc(event) => {
            let stream = thread::own(stream)?;
            use_of_event::recording(raw, &whole, &stream);
            let _order = stream.in_order();
            let ticket = event.record()?;
            event.submitted();
            stream.submit(Task::RecordIpc(Arc::clone(event), ticket))
        }
    }
}

/// Makes a stream of the current context wait for the event's latest record; the time limit counts for local events only.
pub(crate) fn stream_wait(stream: Raw, raw: Raw, limit: Option<Duration>) -> Answer {
    let whole = runtime().event(raw)?;
    let stream = thread::named_stream(stream)?;
    match &*whole {
        Event::Local(event) => {
            event.require_host_use()?;
            if !event.synchronizes() {
                return Err(Fault::unsupported(
                    "the event was created without the SYNC flag, so no stream can wait for it",
                ));
            }
            let stream = thread::own(stream)?;
            use_of_event::using(raw, &whole, Some(&stream));
            let _order = stream.in_order();
            let bound = event.bind()?;
            use_of_event::used(raw, &whole, true);
            match bound {
                None => {
                    trace::nothing_to_wait_for(&stream, event.serial());
                    Ok(())
                }
                Some(record) => stream.submit(Task::WaitLocal(Arc::clone(event), record, limit)),
            }
        }
        Event::Ipc(event) => {
            let stream = thread::own(stream)?;
            use_of_event::using(raw, &whole, Some(&stream));
            let _order = stream.in_order();
            let bound = event.bind()?;
            use_of_event::used(raw, &whole, true);
            match bound {
                None => {
                    trace::nothing_to_wait_for(&stream, format_args!("{:016x}", event.export()));
                    if schedule::is_on() { stream.submit(Task::PassIpc) } else { Ok(()) }
                }
                Some(ticket) => stream.submit(Task::WaitIpc(Arc::clone(event), ticket)),
            }
        }
    }
}

/// Records or waits across the border of a graph, which needs a stream that captures one; here none ever does.
pub(crate) fn external(event: Raw, stream: Raw) -> Answer {
    let event = runtime().event(event)?;
    let stream = thread::named_stream(stream)?;
    match &*event {
        Event::Local(event) => event.require_crossing()?,
        Event::Ipc(_) => return Err(Fault::unsupported("an IPC event takes no part in graphs")),
    }
    thread::own(stream)?;
    let hint = "Begin to capture on the stream first.";
    Err(Fault::new(107_029, "EE1018", "the stream does not capture a graph", hint))
}

/// Refuses a handle that names no event.
pub(crate) fn require(raw: Raw) -> Answer {
    runtime().event(raw).map(drop)
}

/// Whether the latest record is executed.
pub(crate) fn query_status(raw: Raw) -> Answer<bool> {
    let event = runtime().event(raw)?;
    use_of_event::using(raw, &event, None);
    let status = status(&event);
    use_of_event::used(raw, &event, false);
    status
}

fn status(event: &Event) -> Answer<bool> {
    match event {
        Event::Local(event) => {
            event.require_internal()?;
            let never = !event.was_recorded();
            Ok(if never { event.mode() == Mode::New } else { event.is_complete() })
        }
        Event::Ipc(event) => event.is_complete(),
    }
}

/// The old query: an event without a record counts as complete.
pub(crate) fn query(raw: Raw) -> Answer<bool> {
    let event = old(raw, "aclrtQueryEvent")?;
    use_of_event::using(raw, &Event::Local(Arc::clone(&event)), None);
    Ok(event.is_complete())
}

/// Whether no wait for the event is under way.
pub(crate) fn query_wait_status(raw: Raw) -> Answer<bool> {
    Ok(!old(raw, "aclrtQueryEventWaitStatus")?.is_waited_for())
}

/// Makes an old event's record void.
pub(crate) fn reset(event: Raw, stream: Raw) -> Answer {
    let event = old(event, "aclrtResetEvent")?;
    event.require_host_use()?;
    if !event.synchronizes() {
        return Err(Fault::unsupported("the event was created without the SYNC flag, so it cannot be reset"));
    }
    thread::own_stream(stream)?;
    event.reset();
    Ok(())
}

/// Blocks the host until the latest record is executed.
pub(crate) fn synchronize(raw: Raw, deadline: Option<Instant>) -> Answer {
    let event = runtime().event(raw)?;
    use_of_event::using(raw, &event, None);
    use_of_event::synchronizing(raw, &event);
    let answer = complete(&event, deadline);
    use_of_event::used(raw, &event, false);
    answer
}

fn complete(event: &Event, deadline: Option<Instant>) -> Answer {
    match event {
        Event::Local(event) => {
            event.require_internal()?;
            event.synchronize(deadline)
        }
        Event::Ipc(event) => event.synchronize(deadline),
    }
}

/// Milliseconds from one event's record to another's.
pub(crate) fn elapsed(start: Raw, end: Raw) -> Answer<f32> {
    let (start, end) = (timed(start)?, timed(end)?);
    let (start, end) = (start.time()?, end.time()?);
    if end < start {
        return Err(Fault::new(107_007, "EE1018", "the second event was recorded before the first", "Swap them."));
    }
    // Exactly the difference of the timestamps that a program can ask for.
    let (start, end) = (microseconds(start), microseconds(end));
    Ok((end.saturating_sub(start) as f64 / 1000.0) as f32)
}

/// Microseconds of the record's time, counted from an arbitrary moment.
pub(crate) fn timestamp(raw: Raw) -> Answer<u64> {
    timed(raw)?.time().map(microseconds)
}

fn microseconds(time: Instant) -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = *START.get_or_init(|| time.checked_sub(Duration::from_secs(3600)).unwrap_or(time));
    u64::try_from(time.saturating_duration_since(start).as_micros()).unwrap_or(u64::MAX)
}

/// The event's number.
pub(crate) fn id(raw: Raw) -> Answer<u32> {
    timed(raw)?.id()
}

/// An event that has a time and an id: any but an IPC event.
fn timed(raw: Raw) -> Answer<Arc<LocalEvent>> {
    match &*runtime().event(raw)? {
        Event::Local(event) => Ok(Arc::clone(event)),
        Event::Ipc(_) => Err(Fault::unsupported("an IPC event has neither time nor id")),
    }
}

/// An event of the old mode.
fn old(raw: Raw, call: &'static str) -> Answer<Arc<LocalEvent>> {
    match &*runtime().event(raw)? {
        Event::Local(event) if event.mode() != Mode::New => Ok(Arc::clone(event)),
        Event::Local(_) | Event::Ipc(_) => {
            Err(Fault::unsupported(format!("{call} is not for events created with aclrtCreateEventExWithFlag")))
        }
    }
}
