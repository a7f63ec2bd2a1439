//! `NotifyTicket::open`: what is refused, and by whom.

use ascend_ipc::{Access, ErrorKind, IpcEvent, MemoryTicket, Notify, NotifyTicket, Ticket, TicketError};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{Link, PATIENCE, SAME_DEVICE, channel, device, on_each_link, require};

roles![leaver, late, closer, disappointed, kinds];

fn leaver(cx: &mut RoleCx, link: Link) -> RoleResult {
    let (_notify, ticket) = Notify::create(&device(cx, link.waiter)?)?.share(Access::AnyProcess)?;
    cx.send("ticket", &ticket)?;
    cx.receive::<()>("end")?;
    Ok(())
}

fn late(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let error = cx.receive::<NotifyTicket>("ticket")?.open(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    assert!(error.failed_call().is_none(), "the runtime is not asked: {error}");
    Ok(())
}

/// Closes its notify, but lives on; the ticket goes as text, which carries no lease.
fn closer(cx: &mut RoleCx, link: Link) -> RoleResult {
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device(cx, link.waiter)?)?.share(Access::AnyProcess)?;
    notify.close(PATIENCE)?;
    assert_eq!(channel.send(&ticket, PATIENCE).unwrap_err().kind(), ErrorKind::Stale);
    channel.send(&ticket.to_hex(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn disappointed(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let channel = channel(cx)?;
    let ticket: NotifyTicket = channel.receive::<String>(PATIENCE)?.parse()?;
    let error = ticket.open(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    assert_eq!(error.failed_call(), Some("aclrtNotifyImportByKey"));
    channel.send(&(), PATIENCE)?;
    Ok(())
}

on_each_link! {
    fn open_fails_after_the_creator_has_exited(s, link) {
        let leaver = s.spawn(leaver, link);
        let late = s.spawn(late, link);
        let ticket: NotifyTicket = leaver.receive("ticket");
        leaver.send("end", &());
        let _ended = leaver.outcome();
        late.send("ticket", &ticket);
    }

    fn open_fails_after_the_creator_has_closed_the_notify(s, link) {
        let closer = s.spawn(closer, link);
        let disappointed = s.spawn(disappointed, link);
        s.connect("channel", &closer, &disappointed);
    }
}

#[test]
fn a_notifys_ticket_opens_nothing_else_and_the_reverse() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(kinds, ());
    });
}

fn kinds(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let (_notify, ticket) = Notify::create(&device)?.share(Access::AnyProcess)?;
    let (_event, other) = IpcEvent::create(&device)?.share()?;
    assert_eq!(Ticket::from_bytes(&ticket.to_bytes()).unwrap_err(), TicketError::Kind);
    assert_eq!(MemoryTicket::from_bytes(&ticket.to_bytes()).unwrap_err(), TicketError::Kind);
    assert_eq!(NotifyTicket::from_bytes(&other.to_bytes()).unwrap_err(), TicketError::Kind);
    assert_eq!(NotifyTicket::from_bytes(&ticket.to_bytes())?, ticket);
    Ok(())
}
