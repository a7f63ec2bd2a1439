//! F32, F33: devices that do not reach each other, and a device that is lost under the program.

use ascend_ipc::{ErrorKind, IpcEvent, Recorded, Runtime, Ticket};
use ascend_testkit::{RoleCx, RoleResult, Scenario, roles, run};

use crate::stage::{PATIENCE, SAME_DEVICE, channel, device, hold, require};

roles![sharer, unlinked, lost, lost_waiter, unborn];

/// Only the simulator can be told so.
fn simulated(s: &mut Scenario) {
    if *s.backend() != ascend_testkit::Backend::Sim {
        s.skip("hardware loses no device on demand");
    }
    require(s, SAME_DEVICE);
}

fn sharer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    let leases = event.leases();
    assert_eq!((leases.is_out(), leases.died), (false, 0), "{leases}");
    event.close(PATIENCE)?;
    Ok(())
}

/// Is refused on a device without a link, goes on where the event lives, and leaves nothing.
fn unlinked(cx: &mut RoleCx, (): ()) -> RoleResult {
    let (far, near) = (device(cx, 1)?, device(cx, 0)?);
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let error = ticket.open(&far).unwrap_err();
    assert_eq!(
        (error.kind(), error.failed_call()),
        (ErrorKind::Unsupported, Some("aclrtIpcOpenEventHandle")),
        "{error}"
    );
    let event = ticket.open(&near)?;
    event.wait_host(&recorded, PATIENCE)?;
    drop((event, ticket));
    channel.send(&(), PATIENCE)?;
    Ok(())
}

#[test]
fn f32_devices_without_a_link_are_a_typed_error_that_leaves_nothing() {
    run(|s| {
        simulated(s);
        let peers = ("ASCEND_SIM_PEERS", "none");
        let sharer = s.prepare(sharer, ()).env(peers.0, peers.1).start();
        let unlinked = s.prepare(unlinked, ()).env(peers.0, peers.1).start();
        s.connect("channel", &sharer, &unlinked);
    });
}

/// Each verb answers with the device's code; nothing blocks, and dropping all of it is quiet.
fn lost(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    let error = event.record(&stream).unwrap_err();
    assert_eq!((error.kind(), error.status().map(|status| status.0)), (ErrorKind::Runtime, Some(507_899)), "{error}");
    assert!(error.text().is_some_and(|text| text.contains("injected")), "{error}");
    for outcome in [
        stream.synchronize(PATIENCE),
        event.wait_host(&recorded, PATIENCE),
        stream.is_complete().map(drop),
        IpcEvent::create(&device).map(drop),
        device.create_stream().map(drop),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Runtime, "{error}");
    }
    Ok(())
}

/// The peer of a process that has lost its device goes on with its own.
fn lost_waiter(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 1)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (ticket, recorded): (Ticket, Recorded) = channel.receive(PATIENCE)?;
    let event = ticket.open(&device)?;
    event.wait(&stream, &recorded)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    let (own, _) = IpcEvent::create(&device)?.share()?;
    let latch = hold(&stream)?;
    let recorded = own.record(&stream)?;
    latch.release();
    own.wait_host(&recorded, PATIENCE)?;
    Ok(())
}

#[test]
fn f33_a_device_that_is_lost_is_a_typed_error_of_every_verb_and_blocks_nobody() {
    run(|s| {
        simulated(s);
        let rules = "aclrtRecordEvent@2..=507899; aclrtSynchronizeStreamWithTimeout=507899; aclrtQueryEventStatus=507899; \
                     aclrtStreamQuery=507899; aclrtCreateEventExWithFlag@2..=507899; aclrtCreateStream@2..=507899; \
                     aclrtDestroyEvent=507899; aclrtDestroyStream=507899; aclrtResetDevice=507899";
        let lost = s.prepare(lost, ()).env("ASCEND_SIM_FAULTS", rules).start();
        let waiter = s.spawn(lost_waiter, ());
        s.connect("channel", &lost, &waiter);
    });
}

fn unborn(_: &mut RoleCx, (): ()) -> RoleResult {
    let acl = Runtime::simulated()?;
    let error = acl.device(0).unwrap_err();
    assert_eq!((error.kind(), error.status().map(|status| status.0)), (ErrorKind::Device, Some(507_033)), "{error}");
    assert!(error.to_string().contains("device 0 of") && error.hint().is_some(), "{error}");
    let _second_try = acl.device(0)?;
    Ok(())
}

#[test]
fn f33_a_device_that_cannot_be_brought_up_is_named_and_may_be_tried_again() {
    run(|s| {
        simulated(s);
        s.prepare(unborn, ()).env("ASCEND_SIM_FAULTS", "aclrtSetDevice@1=507033").start();
    });
}
