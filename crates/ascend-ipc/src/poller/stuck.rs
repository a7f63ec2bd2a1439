//! A runtime whose query never returns, as after a process was killed inside the event's lock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use ascend_sys::abi::{aclError, aclrtEvent, aclrtEventRecordedStatus};

use crate::device::Device;
use crate::error::ErrorKind;
use crate::event::IpcEvent;
use crate::ffi::device::RawDevice;
use crate::ffi::library::Api;

/// How many threads are inside the query for ever, and how many events were destroyed.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
static DESTROYED: AtomicUsize = AtomicUsize::new(0);
/// The poller is the process's: one test at a time wedges it.
static TURN: Mutex<()> = Mutex::new(());

extern "C" fn never_returns(_: aclrtEvent, _: *mut aclrtEventRecordedStatus) -> aclError {
    INSIDE.fetch_add(1, Ordering::SeqCst);
    loop {
        std::thread::park();
    }
}

extern "C" fn destroyed(_: aclrtEvent) -> aclError {
    DESTROYED.fetch_add(1, Ordering::SeqCst);
    0
}

static WEDGED: ascend_sys::Table = ascend_sys::Table {
    aclrtQueryEventStatus: Some(never_returns),
    aclrtDestroyEvent: Some(destroyed),
    ..ascend_sim::TABLE
};

fn device(table: &'static ascend_sys::Table) -> Device {
    let api = Api::start(ascend_sys::Library::provided(table, "a test")).unwrap();
    Device::new(RawDevice::set(api, 0).unwrap())
}

#[test]
fn a_query_that_never_returns_holds_nobody_and_poisons_its_event_only() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = INSIDE.load(Ordering::SeqCst);
    let (wedged, sound) = (device(&WEDGED), device(&ascend_sim::TABLE));
    let (stream, other_stream) = (wedged.create_stream().unwrap(), sound.create_stream().unwrap());
    let (event, _) = IpcEvent::create(&wedged).unwrap().share().unwrap();
    let (other, _) = IpcEvent::create(&sound).unwrap().share().unwrap();
    let (recorded, other_recorded) = (event.record(&stream).unwrap(), other.record(&other_stream).unwrap());

    let start = Instant::now();
    let error = event.wait_host(&recorded, Duration::from_millis(20)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Poisoned, "{error}");
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(INSIDE.load(Ordering::SeqCst), before + 1);

    // A new thread looks for everybody else, and nobody touches the event again.
    other.wait_host(&other_recorded, Duration::from_secs(10)).unwrap();
    assert_eq!(event.record(&stream).unwrap_err().kind(), ErrorKind::Poisoned);
    assert_eq!(event.wait_host(&recorded, Duration::ZERO).unwrap_err().kind(), ErrorKind::Poisoned);
    drop(event);
    assert_eq!((INSIDE.load(Ordering::SeqCst), DESTROYED.load(Ordering::SeqCst)), (before + 1, 0));
}

#[test]
fn futures_end_at_their_deadlines_although_nobody_blocks_for_them() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (wedged, sound) = (device(&WEDGED), device(&ascend_sim::TABLE));
    let (stream, other_stream) = (wedged.create_stream().unwrap(), sound.create_stream().unwrap());
    let (event, _) = IpcEvent::create(&wedged).unwrap().share().unwrap();
    let (other, _) = IpcEvent::create(&sound).unwrap().share().unwrap();
    let _recorded = event.record(&stream).unwrap();
    let _recorded = other.record(&other_stream).unwrap();
    let event = super::watch(event.raw_event(), None, Duration::from_millis(20).into()).unwrap();
    let other = super::watch(other.raw_event(), None, Duration::from_secs(60).into()).unwrap();

    let patience = Instant::now() + Duration::from_secs(20);
    let end = |watch: &super::Watch| loop {
        match watch.poll(Waker::noop()) {
            Poll::Ready(outcome) => return outcome,
            Poll::Pending => assert!(Instant::now() < patience, "it hangs"),
        }
        std::thread::park_timeout(Duration::from_millis(5));
    };
    assert_eq!(end(&event).unwrap_err().kind(), ErrorKind::Poisoned);
    end(&other).unwrap();
}
