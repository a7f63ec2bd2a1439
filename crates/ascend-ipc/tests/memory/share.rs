//! Device memory between processes: what is written arrives, and what is gone is said to be.

use ascend_ipc::Access;
use ascend_ipc::{BarePid, ErrorKind, MemoryTicket};
use ascend_testkit::{RoleCx, RoleResult, roles};

use crate::kind::{Case, on_each_kind};
use crate::stage::{PATIENCE, channel, device, runtime};

/// Neither a page nor a grain.
const BYTES: usize = 3 * 4096 + 5;

roles![exporter, importer, leaver, orphan, closer, late];

fn exporter(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.recorder)?;
    let channel = channel(cx)?;
    let mut buffer = case.kind.allocate::<u8>(&device, BYTES)?;
    let content: Vec<u8> = (0..BYTES).map(|index| (index % 251) as u8).collect();
    buffer.write(0, &content)?;
    let peer: BarePid = channel.receive(PATIENCE)?;
    let (buffer, ticket) = buffer.share(Access::Processes(&[peer]))?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // the importer has written
    let mut byte = [0];
    buffer.read(BYTES - 1, &mut byte)?;
    assert_eq!(byte, [77]);
    buffer.close(PATIENCE)?;
    Ok(())
}

fn importer(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    channel.send(&runtime(cx)?.bare_pid()?, PATIENCE)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    assert_eq!(ticket.byte_len(), BYTES as u64);
    let mut buffer = ticket.open::<u8>(&device)?;
    assert_eq!((buffer.len(), buffer.device_id()), (BYTES, case.link.waiter));
    drop(ticket.open::<u8>(&device)?); // opened again it is the same memory, which this does not close

    let mut local = device.allocate::<u8>(BYTES)?;
    stream.copy(buffer.slice(..)?, local.slice_mut(..)?)?;
    stream.synchronize(PATIENCE)?;
    let mut content = vec![0; BYTES];
    local.read(0, &mut content)?;
    assert!(content.iter().enumerate().all(|(index, byte)| *byte == (index % 251) as u8));

    local.write(0, &[77])?;
    stream.copy(local.slice(..1)?, buffer.slice_mut(BYTES - 1..)?)?;
    stream.synchronize(PATIENCE)?;
    channel.send(&(), PATIENCE)?;
    Ok(())
}

/// Exports, and ends when told.
fn leaver(cx: &mut RoleCx, case: Case) -> RoleResult {
    let buffer = case.kind.allocate::<u8>(&device(cx, case.link.recorder)?, BYTES)?;
    let (_buffer, ticket) = buffer.share(Access::AnyProcess)?;
    cx.send("ticket", &ticket)?;
    cx.receive::<()>("end")?;
    Ok(())
}

fn orphan(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let ticket: MemoryTicket = cx.receive("ticket")?;
    let error = ticket.open::<u8>(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    Ok(())
}

/// Exports, and closes before anybody has opened the ticket, which went without a lease.
fn closer(cx: &mut RoleCx, case: Case) -> RoleResult {
    let channel = channel(cx)?;
    let buffer = case.kind.allocate::<u8>(&device(cx, case.link.recorder)?, BYTES)?;
    let (buffer, ticket) = buffer.share(Access::AnyProcess)?;
    buffer.close(PATIENCE)?;
    assert_eq!(channel.send(&ticket, PATIENCE).unwrap_err().kind(), ErrorKind::Stale);
    channel.send(&ticket.to_hex(), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn late(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let channel = channel(cx)?;
    let ticket: MemoryTicket = channel.receive::<String>(PATIENCE)?.parse()?;
    let error = ticket.open::<u8>(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("keep the exporter's buffer")), "{error}");
    channel.send(&(), PATIENCE)?;
    Ok(())
}

on_each_kind! {
    fn what_one_process_writes_the_other_reads_and_the_reverse(s, case) {
        let exporter = s.spawn(exporter, case);
        let importer = s.spawn(importer, case);
        s.connect("channel", &exporter, &importer);
    }

    fn open_fails_after_the_exporter_has_exited(s, case) {
        let leaver = s.spawn(leaver, case);
        let orphan = s.spawn(orphan, case);
        let ticket: MemoryTicket = leaver.receive("ticket");
        leaver.send("end", &());
        let _ended = leaver.outcome();
        orphan.send("ticket", &ticket);
    }

    fn open_fails_after_the_exporter_has_closed(s, case) {
        let closer = s.spawn(closer, case);
        let late = s.spawn(late, case);
        s.connect("channel", &closer, &late);
    }
}
