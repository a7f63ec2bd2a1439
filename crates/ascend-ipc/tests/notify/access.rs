//! `Notify::share` and `allow`: who may open a notify.

use ascend_ipc::{Access, BarePid, ErrorKind, Notify, NotifyTicket};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{Link, PATIENCE, SAME_DEVICE, channel, device, on_each_link, require, runtime};

roles![lister, listed, opener, anybody, shower];

/// Lists nobody, then the other process, which tells who it is.
fn lister(cx: &mut RoleCx, link: Link) -> RoleResult {
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device(cx, link.waiter)?)?.share(Access::Processes(&[]))?;
    channel.send(&ticket, PATIENCE)?;
    notify.allow(channel.receive::<BarePid>(PATIENCE)?)?;
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn listed(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let channel = channel(cx)?;
    let ticket: NotifyTicket = channel.receive(PATIENCE)?;
    let error = ticket.open(&device).unwrap_err();
    assert_eq!(error.status().map(|status| status.0), Some(507_899), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("listed")), "{error}");
    channel.send(&runtime(cx)?.bare_pid()?, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    ticket.open(&device)?.record(&device.create_stream()?)?;
    channel.send(&(), PATIENCE)?;
    Ok(())
}

/// Shares two notifies: one with a list that has the other process on it, one with anybody.
fn opener(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let process: BarePid = channel.receive(PATIENCE)?;
    let (_named, by_name) = Notify::create(&device)?.share(Access::Processes(&[process]))?;
    let (_any, by_any) = Notify::create(&device)?.share(Access::AnyProcess)?;
    channel.send(&[by_name, by_any], PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn anybody(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let channel = channel(cx)?;
    channel.send(&runtime(cx)?.bare_pid()?, PATIENCE)?;
    for ticket in channel.receive::<[NotifyTicket; 2]>(PATIENCE)? {
        ticket.open(&device)?;
    }
    channel.send(&(), PATIENCE)?;
    Ok(())
}

on_each_link! {
    fn a_process_can_open_once_it_is_listed_and_not_before(s, link) {
        let lister = s.spawn(lister, link);
        let listed = s.spawn(listed, link);
        s.connect("channel", &lister, &listed);
    }

    fn a_list_and_anybody_both_let_a_process_open(s, link) {
        let opener = s.spawn(opener, link);
        let anybody = s.spawn(anybody, link);
        s.connect("channel", &opener, &anybody);
    }
}

#[test]
fn a_list_that_is_too_long_gives_the_notify_back_unexported() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(shower, ());
    });
}

fn shower(cx: &mut RoleCx, (): ()) -> RoleResult {
    let notify = Notify::create(&device(cx, 0)?)?;
    let crowd = vec![runtime(cx)?.bare_pid()?; 65_536];
    let refused = notify.share(Access::Processes(&crowd)).unwrap_err();
    assert_eq!(refused.error.kind(), ErrorKind::Misuse);
    let (notify, ticket) = refused.value.share(Access::Processes(&crowd[..1]))?;
    assert_eq!(ticket.open(&device(cx, 0)?).unwrap_err().kind(), ErrorKind::Ticket, "its own");
    let shown = format!("{notify:?} {ticket:?}");
    let key = ticket.to_hex();
    assert!(shown.contains("Notify<Shared>") && !shown.contains(&key[40..60]), "{shown}");
    notify.close(PATIENCE)?;
    Ok(())
}
