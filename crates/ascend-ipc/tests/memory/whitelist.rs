//! Who may open shared memory: those who are listed, or anybody if that is said.

use ascend_ipc::Access;
use ascend_ipc::{BarePid, ErrorKind, MemoryTicket};
use ascend_testkit::{RoleCx, RoleResult, roles};

use crate::kind::{Case, Kind, on_each_kind};
use crate::stage::{PATIENCE, channel, device, runtime};

roles![doorkeeper, applicant, host, guest];

/// Lists itself, which is not the other; then the other, when that was refused.
fn doorkeeper(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.recorder)?;
    let channel = channel(cx)?;
    let applicant: BarePid = channel.receive(PATIENCE)?;
    let own = runtime(cx)?.bare_pid()?;
    let (buffer, ticket) = case.kind.allocate::<u8>(&device, 16)?.share(Access::Processes(&[own]))?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    buffer.allow(applicant)?;
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn applicant(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let channel = channel(cx)?;
    channel.send(&runtime(cx)?.bare_pid()?, PATIENCE)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    let error = ticket.open::<u8>(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Runtime, "{error}");
    assert_eq!(error.status().map(|status| status.0), Some(507_899), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("has not listed this process")), "{error}");
    let call = match case.kind {
        Kind::ByKey => "aclrtIpcMemImportByKey",
        Kind::Physical => "aclrtMemImportFromShareableHandle",
    };
    assert_eq!(error.failed_call(), Some(call));
    channel.send(&(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    drop(ticket.open::<u8>(&device)?);
    channel.send(&(), PATIENCE)?;
    Ok(())
}

fn host(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.recorder)?;
    let channel = channel(cx)?;
    let (buffer, ticket) = case.kind.allocate::<u8>(&device, 16)?.share(Access::AnyProcess)?;
    let own = runtime(cx)?.bare_pid()?;
    assert_eq!(buffer.allow(own).unwrap_err().kind(), ErrorKind::Misuse);
    let error = ticket.open::<u8>(&device).unwrap_err(); // in this very process
    assert_eq!(error.kind(), ErrorKind::Ticket, "{error}");
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn guest(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let channel = channel(cx)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    drop(ticket.open::<u8>(&device)?);
    channel.send(&(), PATIENCE)?;
    Ok(())
}

on_each_kind! {
    fn a_process_is_refused_until_it_is_listed(s, case) {
        let doorkeeper = s.spawn(doorkeeper, case);
        let applicant = s.spawn(applicant, case);
        s.connect("channel", &doorkeeper, &applicant);
    }

    fn memory_for_any_process_needs_no_list(s, case) {
        let host = s.spawn(host, case);
        let guest = s.spawn(guest, case);
        s.connect("channel", &host, &guest);
    }
}
