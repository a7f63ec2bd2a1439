//! What errors know, and where those of `Drop` go.

use std::sync::{Arc, Mutex};

use ascend_sys::abi::aclError;
use ascend_sys::{Library, Status};

use super::{Error, ErrorKind, ErrorReport, on_drop_error};
use crate::device::Device;
use crate::event::IpcEvent;
use crate::ffi::device::RawDevice;
use crate::ffi::library::Api;

extern "C" fn not_set(_: i32) -> aclError {
    507_007
}

/// Each release goes to a function that refuses the handle, and leaves a text.
static REFUSING: ascend_sys::Table = ascend_sys::Table {
    aclrtDestroyEvent: ascend_sim::TABLE.aclrtDestroyNotify,
    aclrtDestroyStream: ascend_sim::TABLE.aclrtDestroyNotify,
    aclrtFree: ascend_sim::TABLE.aclrtFreePhysical,
    aclrtFreeHost: ascend_sim::TABLE.aclrtFreePhysical,
    aclrtResetDevice: Some(not_set),
    ..ascend_sim::TABLE
};

#[test]
fn an_error_in_drop_goes_to_the_hook_and_to_no_later_call() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    on_drop_error(move |error| {
        ears.lock().unwrap().push((error.failed_call().unwrap_or(""), error.text().is_some()));
        if error.failed_call() == Some("aclrtFree") {
            panic!("a hook that panics ends there");
        }
    });
    let api = Api::start(Library::provided(&REFUSING, "refuses to release")).unwrap();
    let device = Device::new(RawDevice::set(api, 0).unwrap());
    drop(IpcEvent::create(&device).unwrap());
    drop(device.create_stream().unwrap());
    drop(device.allocate_host::<u8>(64).unwrap());
    drop(device.allocate::<u8>(64).unwrap());
    // The next error of this thread shows its own text only.
    let error = RawDevice::set(api, 99).err().unwrap();
    assert!(error.text().is_some_and(|text| text.contains("aclrtSetDevice") && !text.contains("Destroy")), "{error}");
    drop(device);
    let heard = heard.lock().unwrap();
    let expected = [
        ("aclrtDestroyEvent", true),
        ("aclrtDestroyStream", true),
        ("aclrtFreeHost", true),
        ("aclrtFree", true),
        ("aclrtResetDevice", false),
    ];
    assert_eq!(*heard, expected);
}

#[test]
fn an_error_names_its_code_its_message_and_its_first_cause() {
    let text = "EE9999: inner\nEE1010: the context is a null pointer\nEE1001: device 9 does not exist";
    let error = Error::call("aclrtSetDevice", Status(507_033), Some(text.to_owned()));
    assert_eq!(error.kind(), ErrorKind::Device);
    assert_eq!(error.code_name(), Some("ACL_ERROR_RT_DEV_SETUP_ERROR"));
    assert_eq!(error.message_id(), Some("EE1001"));
    assert!(error.text().unwrap().starts_with("EE1001: device 9"), "{error}");
    assert!(error.hint().unwrap().contains("brought up"));
    assert_eq!(Error::call("aclrtX", Status(123_456), None).code_name(), None);
}

#[test]
fn what_time_or_others_can_mend_is_retryable_and_nothing_else() {
    let of = |code, text: &str| Error::call("aclrtX", Status(code), Some(text.to_owned())).is_retryable();
    for code in [207_001, 207_005, 207_007, 207_008, 207_009, 507_046, 507_047] {
        assert!(of(code, ""), "{code}");
    }
    for code in [100_000, 107_000, 107_001, 107_002, 107_017, 207_000, 507_899, 123_456] {
        assert!(!of(code, ""), "{code}");
    }
    assert!(of(507_899, "EL0005: The resources are busy."));
}

#[test]
fn an_error_as_data_survives_json() {
    let error = Error::call("aclrtIpcMemImportByKey", Status(507_899), Some("EE1003: no".to_owned())).while_("opening");
    let json = serde_json::to_string(&error).unwrap();
    let report: ErrorReport = serde_json::from_str(&json).unwrap();
    assert_eq!(report, ErrorReport::from(&error));
    assert_eq!((report.code, report.message_id.as_deref()), (Some(507_899), Some("EE1003")));
    assert!(report.message.starts_with("opening: aclrtIpcMemImportByKey answered"), "{}", report.message);
    assert!(report.to_string().contains("VMM") && !report.retryable);
    let timeout = Error::new(ErrorKind::Timeout, "x");
    assert!(serde_json::to_string(&timeout).unwrap().contains("\"retryable\":true"));
}
