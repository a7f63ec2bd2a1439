//! What is borrowed is not released, and what is owned is, once.
//!
//! # Safety
//! The handles come from this crate's own values, which outlive what borrows them.
#![allow(unsafe_code)]

use core::mem::ManuallyDrop;
use core::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ascend_sys::Library;
use ascend_sys::abi::{aclError, aclrtStream};

use super::device::RawDevice;
use super::library::Api;
use crate::access::Access;
use crate::device::Device;
use crate::error::ErrorKind;
use crate::memory::DeviceBuffer;
use crate::stream::Stream;

const PATIENCE: Duration = Duration::from_secs(10);

static DESTROYED: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn counted(stream: aclrtStream) -> aclError {
    DESTROYED.fetch_add(1, Ordering::SeqCst);
    // SAFETY: passed on.
    unsafe { ascend_sim::TABLE.aclrtDestroyStream.unwrap()(stream) }
}

static COUNTING: ascend_sys::Table = ascend_sys::Table { aclrtDestroyStream: Some(counted), ..ascend_sim::TABLE };

#[test]
fn a_borrowed_stream_is_not_destroyed_and_an_owned_one_is_once() {
    let api = Api::start(Library::provided(&COUNTING, "counts")).unwrap();
    let device = Device::new(RawDevice::set(api, 0).unwrap());
    let stream = device.create_stream().unwrap();
    let raw = stream.as_raw();
    // SAFETY: `stream` outlives it.
    let borrowed = unsafe { Stream::from_raw_borrowed(&device, raw) };
    assert_eq!(borrowed.as_raw(), raw);
    let (from, mut to) = (device.allocate::<u8>(64).unwrap(), device.allocate::<u8>(64).unwrap());
    borrowed.copy(from.slice(..).unwrap(), to.slice_mut(..).unwrap()).unwrap();
    borrowed.synchronize(PATIENCE).unwrap();
    drop(borrowed);
    assert_eq!(DESTROYED.load(Ordering::SeqCst), 0);
    stream.synchronize(PATIENCE).unwrap(); // it still is one
    let stream = ManuallyDrop::new(stream); // given away
    // SAFETY: nobody else destroys it.
    let owned = unsafe { Stream::from_raw_owned(&device, stream.as_raw()) };
    owned.synchronize(PATIENCE).unwrap();
    drop(owned);
    assert_eq!(DESTROYED.load(Ordering::SeqCst), 1);
}

#[test]
fn borrowed_memory_is_the_same_memory_and_is_not_freed() {
    let api = Api::start(Library::provided(&ascend_sim::TABLE, ascend_sim::NAME)).unwrap();
    let device = Device::new(RawDevice::set(api, 0).unwrap());
    let mut buffer = device.allocate::<u8>(64).unwrap();
    buffer.write(0, &[7; 64]).unwrap();
    let address = NonNull::new(buffer.as_raw_ptr()).unwrap();
    // SAFETY: `buffer` outlives it.
    let mut borrowed = unsafe { DeviceBuffer::from_raw_borrowed(&device, address, 64) };
    borrowed.write(8, &[9; 8]).unwrap();
    let refused = borrowed.share(Access::AnyProcess).unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::Misuse, "its owner may free it at any time");
    drop(refused);
    let mut bytes = [0; 64];
    buffer.read(0, &mut bytes).unwrap();
    assert_eq!((bytes[7], bytes[8], bytes[16]), (7, 9, 7));
}
