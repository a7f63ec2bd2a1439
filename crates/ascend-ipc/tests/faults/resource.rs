//! F20 to F22: slots, events, descriptors and memory that run out, and come back.

use ascend_ipc::{ErrorKind, IpcEvent};
use ascend_testkit::{RoleCx, RoleResult, roles, run};
use rustix::process::{Resource, Rlimit};

use crate::kind;
use crate::stage::{PATIENCE, SAME_DEVICE, channel, device, hold, require};

roles![full, limited, without_descriptors, without_addresses, without_memory, sender, swamped];

/// Slots of an event.
const SLOTS: usize = 8192;

/// Uses every slot, is refused one more, and goes around once more after it has let go.
fn full(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (event, _) = IpcEvent::create(&device)?.share()?;
    for round in 0..2 {
        let latch = hold(&stream)?;
        for _ in 0..SLOTS {
            let _outstanding = event.record(&stream)?;
        }
        let refused = event.record(&stream);
        assert_eq!(kind(&refused), Some(ErrorKind::ResourceExhausted), "round {round}: {refused:?}");
        latch.release();
        stream.synchronize(PATIENCE)?;
    }
    let recorded = event.record(&stream)?;
    event.wait_host(&recorded, PATIENCE)?;
    event.close(PATIENCE)?;
    Ok(())
}

#[test]
fn f20_a_record_beyond_the_last_slot_is_refused_and_the_slots_go_around() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(full, ());
    });
}

/// Meets the limit of a device, which the simulator has not: a rule answers in its place.
fn limited(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let first = IpcEvent::create(&device)?;
    let error = IpcEvent::create(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceExhausted, "{error}");
    assert_eq!(error.status().map(|status| status.0), Some(207_007), "{error}");
    drop(first);
    let (event, _) = IpcEvent::create(&device)?.share()?;
    event.close(PATIENCE)?;
    Ok(())
}

#[test]
fn f21_one_event_too_many_for_a_device_is_an_error_until_one_is_dropped() {
    run(|s| {
        require(s, SAME_DEVICE);
        if *s.backend() != ascend_testkit::Backend::Sim {
            s.skip("65536 events are too many for a test");
        }
        s.prepare(limited, ())
            .env("ASCEND_SIM_FAULTS", "aclrtCreateEventExWithFlag@2=ACL_ERROR_RT_NO_EVENT_RESOURCE")
            .start();
    });
}

/// Creates until it is refused: how many, and what the refusal was.
fn until_refused<T>(mut create: impl FnMut() -> ascend_ipc::Result<T>) -> (Vec<T>, ascend_ipc::Error) {
    let mut made = Vec::new();
    loop {
        match create() {
            Ok(one) => made.push(one),
            Err(error) => return (made, error),
        }
        assert!(made.len() < 100_000, "there is no limit");
    }
}

/// Runs out of descriptors twice; what was dropped in between is there again.
fn without_descriptors(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let mut counts = [0; 2];
    for count in &mut counts {
        let (made, error) = until_refused(|| IpcEvent::create(&device));
        assert!([ErrorKind::ResourceExhausted, ErrorKind::Io].contains(&error.kind()), "{error}");
        *count = made.len();
        drop(made);
    }
    assert!(counts[0] > 3 && counts[0] == counts[1], "{counts:?}");
    let (event, _) = IpcEvent::create(&device)?.share()?;
    let recorded = event.record(&stream)?;
    event.wait_host(&recorded, PATIENCE)?;
    Ok(())
}

#[test]
fn f22_running_out_of_descriptors_is_an_error_at_create_and_leaves_none_behind() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.prepare(without_descriptors, ()).descriptors(64).start();
    });
}

/// Runs out of room for mappings.
fn without_addresses(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (event, _) = IpcEvent::create(&device)?.share()?;
    let recorded = event.record(&stream)?;
    event.wait_host(&recorded, PATIENCE)?; // every thread that is needed is there
    let status = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = status.split(' ').next().unwrap_or_default().parse()?;
    let limit = pages * 4096 + (256 << 20);
    rustix::process::setrlimit(Resource::As, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    let mut counts = [0; 2];
    for count in &mut counts {
        let (made, error) = until_refused(|| device.allocate_host::<u8>(16 << 20));
        assert_eq!(error.kind(), ErrorKind::ResourceExhausted, "{error}");
        *count = made.len();
    }
    assert!(counts[0] > 3 && counts[1] > 3, "{counts:?}");
    let recorded = event.record(&stream)?;
    event.wait_host(&recorded, PATIENCE)?;
    Ok(())
}

#[test]
fn f22_running_out_of_addresses_is_an_error_at_allocation() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(without_addresses, ());
    });
}

/// Asks for more than the device has.
fn without_memory(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let error = device.allocate::<u8>(1 << 40).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceExhausted, "{error}");
    let mut some = device.allocate::<u8>(4096)?;
    some.write(0, &[1; 4096])?;
    Ok(())
}

#[test]
fn f22_running_out_of_device_memory_is_an_error_at_allocation() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(without_memory, ());
    });
}

/// Sends more leases than the other process can hold.
fn sender(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    // The other end closes the channel when a message does not fit, since nobody could tell whose the next lease is.
    let closed = (0..80).find_map(|_| channel.send(&ticket, PATIENCE).err());
    let closed = closed.unwrap_or_else(|| channel.receive::<()>(PATIENCE).unwrap_err());
    assert_eq!(closed.kind(), ErrorKind::ChannelClosed, "{closed}");
    assert_eq!(event.leases().died, 0);
    event.close(PATIENCE)?; // all of them come back
    Ok(())
}

/// Receives until nothing more fits.
fn swamped(cx: &mut RoleCx, (): ()) -> RoleResult {
    let channel = channel(cx)?;
    let (tickets, error) = until_refused(|| channel.receive::<ascend_ipc::Ticket>(PATIENCE));
    assert!([ErrorKind::Protocol, ErrorKind::ResourceExhausted].contains(&error.kind()), "{error:?}");
    assert!(tickets.len() > 3 && tickets.len() < 64, "{}", tickets.len());
    let error = channel.receive::<ascend_ipc::Ticket>(PATIENCE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChannelClosed, "{error}");
    drop(tickets);
    Ok(())
}

#[test]
fn f22_leases_that_do_not_fit_are_an_error_of_the_receiver_and_come_back() {
    run(|s| {
        require(s, SAME_DEVICE);
        let (sender, swamped) = (s.spawn(sender, ()), s.prepare(swamped, ()).descriptors(48).start());
        s.connect("channel", &sender, &swamped);
    });
}
