//! Every reason, produced by a runtime that differs from the simulator in one thing.

use ascend_sys::abi::{aclError, aclrtEvent, aclrtNotify, aclrtPhysicalMemProp, aclrtStream};
use ascend_sys::{Library, Table};
use core::ffi::{c_char, c_void};

use super::probe::all;
use super::{Capabilities, Reason, Support};
use crate::error::ErrorKind;
use crate::ffi::device::RawDevice;
use crate::ffi::library::Api;

fn of(table: &'static Table) -> Capabilities {
    with_pages(table, 4096)
}

fn with_pages(table: &'static Table, page: u64) -> Capabilities {
    let api = Api::start(Library::provided(table, "a test")).unwrap();
    all(&std::sync::Arc::new(RawDevice::set(api, 0).unwrap()), page, false)
}

#[test]
fn the_simulator_has_everything() {
    let capabilities = of(&ascend_sim::TABLE);
    for (name, support) in capabilities.named() {
        assert_eq!(support, &Support::Yes, "{name}");
    }
    assert_eq!(capabilities.peers.len(), 7);
    let json = serde_json::to_string(&capabilities).unwrap();
    assert_eq!(serde_json::from_str::<Capabilities>(&json).unwrap(), capabilities);
}

#[test]
fn a_missing_function_is_named_with_its_library_and_version() {
    static OLD: Table = Table {
        aclrtIpcGetEventHandle: None,
        aclrtIpcMemClose: None,
        aclrtWaitAndResetNotify: None,
        aclrtNotifyGetExportKey: None,
        aclrtMapMem: None,
        aclrtValueWait: None,
        aclrtDeviceCanAccessPeer: None,
        ..ascend_sim::TABLE
    };
    let capabilities = of(&OLD);
    for ((name, support), missing) in capabilities.named().into_iter().zip([
        "aclrtIpcGetEventHandle",
        "aclrtIpcMemClose",
        "aclrtWaitAndResetNotify",
        "aclrtNotifyGetExportKey",
        "aclrtMapMem",
        "aclrtValueWait",
        "aclrtDeviceCanAccessPeer",
    ]) {
        let expected = Reason::MissingSymbol {
            symbol: missing.to_owned(),
            library: "a test".to_owned(),
            version: Some("9.1.0".to_owned()),
        };
        assert_eq!(support.reason(), Some(&expected), "{name}");
    }
}

#[test]
fn exactly_207000_means_unsupported_and_any_other_code_is_an_error() {
    extern "C" fn refused(_: *mut aclrtEvent, _: u32) -> aclError {
        207_000
    }
    extern "C" fn refused_value(_: *mut c_void, _: u64, _: u32, _: aclrtStream) -> aclError {
        207_000
    }
    extern "C" fn full(_: *mut aclrtNotify, _: u64) -> aclError {
        207_009
    }
    extern "C" fn broken(_: *mut *mut c_void, _: usize, _: *const aclrtPhysicalMemProp, _: u64) -> aclError {
        507_899
    }
    static REFUSING: Table = Table {
        aclrtCreateEventExWithFlag: Some(refused),
        aclrtValueWrite: Some(refused_value),
        aclrtCreateNotify: Some(full),
        aclrtMallocPhysical: Some(broken),
        ..ascend_sim::TABLE
    };
    let capabilities = of(&REFUSING);
    let refused = |call: &str| Support::No(Reason::Refused { call: call.to_owned(), text: None });
    assert_eq!(capabilities.ipc_events, refused("aclrtCreateEventExWithFlag"));
    assert_eq!(capabilities.values, refused("aclrtValueWrite"));
    let Support::Unknown(error) = capabilities.notify else { panic!("{:?}", capabilities.notify) };
    assert_eq!((error.kind, error.code, error.retryable), (ErrorKind::ResourceExhausted, Some(207_009), true));
    let Support::Unknown(error) = capabilities.physical_memory else { panic!("a broken driver is no reason") };
    assert_eq!(error.code, Some(507_899));
    assert_eq!(capabilities.ipc_memory, Support::Yes);
}

#[test]
fn a_refusal_of_an_old_soc_names_the_soc() {
    extern "C" fn old() -> *const c_char {
        c"Ascend310P3".as_ptr()
    }
    extern "C" fn refused(_: *mut aclrtEvent, _: u32) -> aclError {
        207_000
    }
    static OLD_SOC: Table =
        Table { aclrtGetSocName: Some(old), aclrtCreateEventExWithFlag: Some(refused), ..ascend_sim::TABLE };
    let soc = "Ascend310P3".to_owned();
    assert_eq!(of(&OLD_SOC).ipc_events, Support::No(Reason::Soc { soc }));
}

#[test]
fn a_stub_is_called_a_stub() {
    extern "C" fn stub(_: *mut aclrtEvent, _: u32) -> aclError {
        100_039
    }
    static STUB: Table = Table { aclrtCreateEventExWithFlag: Some(stub), ..ascend_sim::TABLE };
    let call = "aclrtCreateEventExWithFlag".to_owned();
    assert_eq!(of(&STUB).ipc_events, Support::No(Reason::Stub { call }));
}

#[test]
fn large_pages_are_a_reason_before_anything_is_created() {
    let capabilities = with_pages(&ascend_sim::TABLE, 65536); // whose driver says that it is 9.1.0
    let driver = Some("9.1.0".to_owned());
    assert_eq!(capabilities.ipc_events, Support::No(Reason::PageSize { bytes: 65536, driver }));
    assert_eq!(capabilities.ipc_memory, Support::Yes);
}

#[test]
fn a_device_without_a_link_names_both() {
    extern "C" fn no(_: *mut i32, _: i32, _: i32) -> aclError {
        0 // and the answer stays "no"
    }
    static ALONE: Table = Table { aclrtDeviceCanAccessPeer: Some(no), ..ascend_sim::TABLE };
    let peers = of(&ALONE).peers;
    assert_eq!(peers[&3], Support::No(Reason::NoPeerLink { device: 0, peer: 3 }));
    assert!(peers[&3].to_string().contains("device 0 has no link to device 3"));
}
