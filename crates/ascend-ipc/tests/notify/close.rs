//! `Notify::close`, and leases: a notify stays as long as somebody holds it.

use std::time::{Duration, Instant};

use ascend_ipc::{Access, ErrorKind, Notify, NotifyTicket};
use ascend_testkit::{At, RoleCx, RoleResult, roles};

use crate::stage::{GLANCE, Link, PATIENCE, channel, device, on_each_link};

roles![closer, holder, hasty, slow, survivor, doomed];

fn closer(cx: &mut RoleCx, link: Link) -> RoleResult {
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device(cx, link.waiter)?)?.share(Access::AnyProcess)?;
    assert!(!notify.leases().is_out());
    channel.send(&ticket, PATIENCE)?;
    let holder: u32 = channel.receive(PATIENCE)?;
    assert_eq!(notify.leases().opened, [holder]);
    let refused = notify.close(GLANCE).unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::Timeout);
    assert!(refused.error.to_string().contains(&format!("process {holder}")), "{}", refused.error);
    channel.send(&(), PATIENCE)?;
    refused.value.close(PATIENCE)?;
    Ok(())
}

fn holder(cx: &mut RoleCx, link: Link) -> RoleResult {
    let channel = channel(cx)?;
    let notify = channel.receive::<NotifyTicket>(PATIENCE)?.open(&device(cx, link.recorder)?)?;
    channel.send(&std::process::id(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    drop(notify);
    Ok(())
}

/// Drops its notify before the other process has looked at the message.
fn hasty(cx: &mut RoleCx, link: Link) -> RoleResult {
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device(cx, link.waiter)?)?.share(Access::AnyProcess)?;
    channel.send(&ticket, PATIENCE)?;
    drop(notify);
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn slow(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let ticket: NotifyTicket = channel.receive(PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // the creator's value is gone by now
    let notify = ticket.open(&device)?;
    notify.record(&stream)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    Ok(())
}

/// Waits for a process that dies: nothing is poisoned, the wait ends with its limit, and the lease is back.
fn survivor(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device)?.share(Access::AnyProcess)?;
    notify.wait(&stream, Duration::from_secs(1))?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    assert_eq!(channel.receive::<()>(PATIENCE).unwrap_err().kind(), ErrorKind::ChannelClosed);
    assert_eq!(stream.synchronize(PATIENCE).unwrap_err().kind(), ErrorKind::Expired);
    let start = Instant::now();
    while notify.leases().is_out() && start.elapsed() < PATIENCE {
        std::thread::yield_now(); // the kernel closes a dead process's descriptors one after the other
    }
    assert_eq!((notify.leases().is_out(), notify.leases().died), (false, 1));
    notify.wait(&stream, Duration::from_secs(1))?; // not poisoned
    assert_eq!(stream.synchronize(PATIENCE).unwrap_err().kind(), ErrorKind::Expired);
    notify.close(PATIENCE)?;
    Ok(())
}

fn doomed(cx: &mut RoleCx, link: Link) -> RoleResult {
    let channel = channel(cx)?;
    let _notify = channel.receive::<NotifyTicket>(PATIENCE)?.open(&device(cx, link.recorder)?)?;
    channel.send(&(), PATIENCE)?;
    cx.point("holding");
    std::thread::sleep(Duration::from_secs(60));
    Ok(())
}

on_each_link! {
    fn closing_waits_for_the_holder_names_it_and_gives_the_notify_back(s, link) {
        let closer = s.spawn(closer, link);
        let holder = s.spawn(holder, link);
        s.connect("channel", &closer, &holder);
    }

    fn a_notify_that_is_dropped_while_its_ticket_is_under_way_can_still_be_opened(s, link) {
        let hasty = s.spawn(hasty, link);
        let slow = s.spawn(slow, link);
        s.connect("channel", &hasty, &slow);
    }

    fn the_death_of_the_recorder_poisons_nothing_and_returns_its_lease(s, link) {
        let survivor = s.spawn(survivor, link);
        let doomed = s.spawn_armed(doomed, link, At::point("holding").kill());
        s.connect("channel", &survivor, &doomed);
        doomed.strike();
    }
}
