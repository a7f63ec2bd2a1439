//! `IpcEvent::record`.

use ascend_ipc::{ErrorKind, IpcEvent};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{CROSS_DEVICE, PATIENCE, SAME_DEVICE, device, require};

roles![elsewhere, unbound, often];

#[test]
fn record_on_a_stream_of_another_device_is_refused_and_names_both() {
    run(|s| {
        require(s, CROSS_DEVICE);
        s.spawn(elsewhere, ());
    });
}

fn elsewhere(cx: &mut RoleCx, (): ()) -> RoleResult {
    let (event, _) = IpcEvent::create(&device(cx, 0)?)?.share()?;
    let stream = device(cx, 1)?.create_stream()?;
    let error = event.record(&stream).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    assert!(error.to_string().contains("device 0") && error.to_string().contains("device 1"), "{error}");
    Ok(())
}

#[test]
fn record_works_on_a_thread_that_never_touched_the_device() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(unbound, ());
    });
}

fn unbound(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (event, _) = IpcEvent::create(&device)?.share()?;
    let recorded = std::thread::scope(|threads| threads.spawn(|| event.record(&stream)).join().expect("no panic"))?;
    event.wait_host(&recorded, PATIENCE)?;
    Ok(())
}

#[test]
fn records_beyond_the_number_of_slots_succeed_when_they_complete() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(often, ());
    });
}

fn often(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (event, _) = IpcEvent::create(&device)?.share()?;
    for _ in 0..4 {
        for _ in 0..4096 {
            let _recorded = event.record(&stream)?;
        }
        stream.synchronize(PATIENCE)?;
    }
    Ok(())
}
