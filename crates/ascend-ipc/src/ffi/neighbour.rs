//! Another library in this process initialised the runtime first, and goes on after ours has ended.
//!
//! # Safety
//! Stands for C code: calls functions of the table with arguments of its own.
#![allow(unsafe_code)]

use ascend_sys::{Library, Table};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use super::library::Api;
use crate::error::ErrorKind;

roles![neighbour, alone];

const TABLE: &Table = &ascend_sim::TABLE;

fn ours(table: &'static Table) -> &'static Api {
    Api::start(Library::provided(table, "ours")).unwrap()
}

/// The other library's calls.
fn initialise() -> i32 {
    // SAFETY: null is "no configuration".
    unsafe { TABLE.aclInit.unwrap()(core::ptr::null()) }
}

fn works() -> bool {
    // SAFETY: any id may be asked for.
    let set = unsafe { TABLE.aclrtSetDevice.unwrap()(0) };
    let mut stream = core::ptr::null_mut();
    // SAFETY: a writable pointer.
    set == 0 && unsafe { TABLE.aclrtCreateStream.unwrap()(&raw mut stream) } == 0
}

/// Gives one reference back; the code, and what is left.
fn release() -> (i32, u64) {
    let mut left = u64::MAX;
    // SAFETY: a writable counter.
    let code = unsafe { TABLE.aclFinalizeReference.unwrap()(&raw mut left) };
    (code, left)
}

fn neighbour(_: &mut RoleCx, (): ()) -> RoleResult {
    assert_eq!(initialise(), 0);
    assert!(works());
    let api = ours(TABLE);
    assert!(!api.was_first());
    assert!(std::ptr::eq(api, ours(TABLE))); // twice
    api.finalize()?;
    api.finalize()?;
    let error = api.finalize().unwrap_err(); // what is left is the neighbour's
    assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    assert!(works());
    assert_eq!(release(), (0, 0)); // exactly its own reference was left
    Ok(())
}

fn alone(_: &mut RoleCx, (): ()) -> RoleResult {
    static WITHOUT: Table = Table { aclFinalizeReference: None, ..ascend_sim::TABLE };
    let api = ours(&WITHOUT);
    assert!(api.was_first());
    assert_eq!(initialise(), 100_002); // the neighbour comes second
    let error = api.finalize().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingSymbol, "{error}");
    assert!(error.to_string().contains("aclFinalizeReference"), "{error}");
    assert!(works());
    assert_eq!(release(), (0, 1));
    Ok(())
}

#[test]
fn our_finalize_gives_back_what_is_ours_and_the_neighbour_goes_on() {
    run(|s| {
        s.spawn(neighbour, ());
    });
}

#[test]
fn without_references_nothing_is_finalised() {
    run(|s| {
        s.spawn(alone, ());
    });
}
