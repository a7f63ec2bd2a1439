//! The table that the linker fills (feature `linked`); `cargo xtask ci linked` runs this against the simulator.
//!
//! # Safety
//! Calls one function of the library that the linker bound.
#![cfg(feature = "linked")]
#![allow(unsafe_code)]

use ascend_sys::{Library, Origin};

#[test]
fn the_linker_fills_what_every_release_has_and_the_rest_is_looked_up() {
    let library = Library::linked();
    assert_eq!(library.origin(), &Origin::Linked);
    assert!(library.version().is_some());
    let table = library.table();
    let mut count = 0;
    // SAFETY: a writable integer.
    assert_eq!(unsafe { table.aclrtGetDeviceCount.unwrap()(&raw mut count) }, 0);
    assert!(count > 0);
    // Newer than the oldest release that is linked: found among what the process has loaded.
    assert!(table.aclrtRecordEventWithFlag.is_some());
}
