//! Loading a runtime: what is found, and what the error says to somebody whose machine has none.

mod doctor;
mod everywhere;

use std::time::Duration;

use ascend_ipc::{ErrorKind, IpcEvent, Runtime};

#[test]
fn a_library_that_is_not_there_is_an_error_that_names_path_and_reason() {
    let error = Runtime::open("/nowhere/libacl_rt.so").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let text = error.to_string();
    assert!(text.contains("/nowhere/libacl_rt.so") && text.contains("No such file"), "{text}");
}

#[test]
fn a_device_that_does_not_exist_is_an_error_that_says_how_many_do() {
    let acl = Runtime::simulated().unwrap();
    for id in [-1, 8, 100_000, i32::MAX, i32::MIN] {
        let error = acl.device(id).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Device, "{error}");
        assert_eq!(error.status().map(|status| status.0), Some(107_001));
        assert!(error.to_string().contains(&format!("device {id} of 8")), "{error}");
        assert!(error.text().is_some_and(|text| text.contains("EE1001")), "{error}");
    }
}

#[test]
fn initialising_again_is_no_error() {
    let (first, second) = (Runtime::simulated().unwrap(), Runtime::simulated().unwrap());
    assert_eq!(first.origin(), second.origin());
    second.finalize().unwrap();
    assert!(first.device_count().unwrap() > 0);
}

#[test]
fn a_runtime_that_is_opened_twice_is_one_runtime() {
    let (first, second) = (Runtime::simulated().unwrap(), Runtime::simulated().unwrap());
    let (event, _) = IpcEvent::create(&first.device(0).unwrap()).unwrap().share().unwrap();
    let stream = second.device(0).unwrap().create_stream().unwrap();
    let recorded = event.record(&stream).unwrap();
    event.wait_host(&recorded, Duration::from_secs(10)).unwrap();
}

#[test]
fn a_dropped_stream_leaves_the_thread_bound_as_it_was() {
    let acl = Runtime::simulated().unwrap();
    let (near, far) = (acl.device(0).unwrap(), acl.device(1).unwrap());
    let stream = far.create_stream().unwrap();
    let kept = near.create_stream().unwrap(); // binds this thread to device 0
    drop(stream);
    let (event, _) = IpcEvent::create(&near).unwrap().share().unwrap();
    drop(far);
    let recorded = event.record(&kept).unwrap();
    event.wait_host(&recorded, Duration::from_secs(10)).unwrap();
}

#[test]
fn the_simulator_says_what_it_is() {
    let acl = Runtime::simulated().unwrap();
    assert_eq!(acl.origin().to_string(), "simulator: no NPU was used");
    assert_eq!(acl.soc().as_deref(), Some("Ascend910B3"));
    assert_eq!(acl.version().as_deref(), Some("9.1.0"));
}
