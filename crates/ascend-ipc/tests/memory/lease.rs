//! Leases: memory stays as long as somebody uses it, and not longer.

use std::time::{Duration, Instant};

use ascend_ipc::Access;
use ascend_ipc::{ErrorKind, Leases, MemoryTicket};
use ascend_testkit::{At, RoleCx, RoleResult, roles};

use crate::kind::{Case, on_each_kind};
use crate::stage::{GLANCE, PATIENCE, channel, device, hold};

roles![hasty, slow, closer, holder, copier, survivor, doomed];

/// Shares, and drops its buffer before the other process has looked at the message.
fn hasty(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.recorder)?;
    let channel = channel(cx)?;
    let mut buffer = case.kind.allocate::<u64>(&device, 4)?;
    buffer.write(0, &[1, 2, 3, 4])?;
    let (buffer, ticket) = buffer.share(Access::AnyProcess)?;
    channel.send(&ticket, PATIENCE)?;
    drop(buffer);
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn slow(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // the exporter's value is gone by now
    std::thread::sleep(GLANCE);
    let buffer = ticket.open::<u64>(&device)?;
    let mut local = device.allocate::<u64>(4)?;
    stream.copy(buffer.slice(..)?, local.slice_mut(..)?)?;
    stream.synchronize(PATIENCE)?;
    let mut content = [0; 4];
    local.read(0, &mut content)?;
    assert_eq!(content, [1, 2, 3, 4]);
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn closer(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.recorder)?;
    let channel = channel(cx)?;
    let (buffer, ticket) = case.kind.allocate::<u8>(&device, 16)?.share(Access::AnyProcess)?;
    assert_eq!(buffer.leases(), Leases::default());
    channel.send(&ticket, PATIENCE)?;
    let holder: u32 = channel.receive(PATIENCE)?;
    assert_eq!(buffer.leases().opened, [holder]);
    let refused = buffer.close(GLANCE).unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::Timeout);
    assert!(refused.error.to_string().contains(&format!("process {holder}")), "{}", refused.error);
    channel.send(&(), PATIENCE)?;
    refused.value.close(PATIENCE)?;
    Ok(())
}

fn holder(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let channel = channel(cx)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    let (first, second) = (ticket.open::<u8>(&device)?, ticket.open::<u8>(&device)?);
    channel.send(&std::process::id(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    drop((first, ticket));
    drop(second); // the last one returns the lease
    Ok(())
}

/// Drops ticket and buffer while a copy still uses the memory.
fn copier(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    let buffer = ticket.open::<u8>(&device)?;
    let mut local = device.allocate::<u8>(16)?;
    let latch = hold(&stream)?;
    stream.copy(buffer.slice(..)?, local.slice_mut(..)?)?;
    drop((ticket, buffer));
    channel.send(&std::process::id(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    latch.release();
    stream.synchronize(PATIENCE)?;
    Ok(())
}

fn survivor(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.recorder)?;
    let channel = channel(cx)?;
    let (mut buffer, ticket) = case.kind.allocate::<u8>(&device, 16)?.share(Access::AnyProcess)?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    cx.point("opened");
    assert_eq!(channel.receive::<()>(PATIENCE).unwrap_err().kind(), ErrorKind::ChannelClosed);
    let start = Instant::now();
    while buffer.leases().is_out() && start.elapsed() < PATIENCE {
        std::thread::yield_now(); // the kernel closes a dead process's descriptors one after the other
    }
    assert_eq!((buffer.leases().is_out(), buffer.leases().died), (false, 1));
    buffer.write(0, &[1])?; // a death locks no memory
    buffer.close(PATIENCE)?;
    Ok(())
}

fn doomed(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let channel = channel(cx)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    let _buffer = ticket.open::<u8>(&device)?;
    channel.send(&(), PATIENCE)?;
    cx.point("holding");
    std::thread::sleep(Duration::from_secs(60));
    Ok(())
}

on_each_kind! {
    fn memory_that_is_dropped_while_its_ticket_is_under_way_can_still_be_opened(s, case) {
        let hasty = s.spawn(hasty, case);
        let slow = s.spawn(slow, case);
        s.connect("channel", &hasty, &slow);
    }

    fn closing_waits_for_the_holder_names_it_and_gives_the_buffer_back(s, case) {
        let closer = s.spawn(closer, case);
        let holder = s.spawn(holder, case);
        s.connect("channel", &closer, &holder);
    }

    fn a_copy_under_way_holds_the_lease_when_buffer_and_ticket_are_gone(s, case) {
        let closer = s.spawn(closer, case);
        let copier = s.spawn(copier, case);
        s.connect("channel", &closer, &copier);
    }

    fn the_death_of_a_holder_returns_its_lease(s, case) {
        let survivor = s.spawn(survivor, case);
        let doomed = s.spawn_armed(doomed, case, At::point("holding").kill());
        s.connect("channel", &survivor, &doomed);
        doomed.strike();
    }
}
