//! Device memory between processes.

use ascend_ipc::{BarePid, ErrorKind, MemoryTicket};
use ascend_testkit::{RoleCx, RoleResult, roles};

use crate::stage::{Link, PATIENCE, channel, device, on_each_link, runtime};

const BYTES: usize = 3 * 4096 + 5;

roles![exporter, importer, refuser, uninvited, leaver, orphan];

fn exporter(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let channel = channel(cx)?;
    let mut buffer = device.allocate(BYTES)?;
    let content: Vec<u8> = (0..BYTES).map(|index| (index % 251) as u8).collect();
    buffer.write(0, &content)?;
    let (export, ticket) = buffer.share()?;
    assert_eq!(buffer.share().unwrap_err().kind(), ErrorKind::Misuse);
    export.allow(channel.receive::<BarePid>(PATIENCE)?)?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?; // the importer has written, and closed
    let mut byte = [0];
    buffer.read(BYTES - 1, &mut byte)?;
    assert_eq!(byte, [77]);
    Ok(())
}

fn importer(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    channel.send(&runtime(cx)?.bare_pid()?, PATIENCE)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    assert_eq!(ticket.length(), BYTES as u64);
    let mut buffer = ticket.open(&device)?;
    assert_eq!(buffer.length(), BYTES);
    assert_eq!(buffer.share().unwrap_err().kind(), ErrorKind::Misuse);
    drop(ticket.open(&device)?); // opened again it is the same memory, which this does not close

    let mut local = device.allocate(BYTES)?;
    stream.copy(&local, 0, &buffer, 0, BYTES)?;
    stream.synchronize(PATIENCE)?;
    let mut content = vec![0; BYTES];
    local.read(0, &mut content)?;
    assert!(content.iter().enumerate().all(|(index, byte)| *byte == (index % 251) as u8));

    local.write(0, &[77])?;
    stream.copy(&buffer, BYTES - 1, &local, 0, 1)?;
    stream.synchronize(PATIENCE)?;
    drop(buffer);
    channel.send(&(), PATIENCE)?;
    Ok(())
}

/// Exports, but lists nobody.
fn refuser(cx: &mut RoleCx, link: Link) -> RoleResult {
    let channel = channel(cx)?;
    let mut buffer = device(cx, link.recorder)?.allocate(BYTES)?;
    let (_export, ticket) = buffer.share()?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    Ok(())
}

fn uninvited(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let channel = channel(cx)?;
    let ticket: MemoryTicket = channel.receive(PATIENCE)?;
    let error = ticket.open(&device).unwrap_err();
    assert_eq!(error.status().map(|status| status.0), Some(507_899), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("listed")), "{error}");
    channel.send(&(), PATIENCE)?;
    Ok(())
}

/// Exports, and ends when told.
fn leaver(cx: &mut RoleCx, link: Link) -> RoleResult {
    let mut buffer = device(cx, link.recorder)?.allocate(BYTES)?;
    let (_export, ticket) = buffer.share()?;
    cx.send("ticket", &ticket)?;
    cx.receive::<()>("end")?;
    Ok(())
}

fn orphan(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.waiter)?;
    let ticket: MemoryTicket = cx.receive("ticket")?;
    let error = ticket.open(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale, "{error}");
    Ok(())
}

on_each_link! {
    fn what_one_process_writes_the_other_reads_and_the_reverse(s, link) {
        let exporter = s.spawn(exporter, link);
        let importer = s.spawn(importer, link);
        s.connect("channel", &exporter, &importer);
    }

    fn a_process_that_is_not_listed_cannot_open(s, link) {
        let refuser = s.spawn(refuser, link);
        let uninvited = s.spawn(uninvited, link);
        s.connect("channel", &refuser, &uninvited);
    }

    fn open_fails_after_the_exporter_has_exited(s, link) {
        let leaver = s.spawn(leaver, link);
        let orphan = s.spawn(orphan, link);
        let ticket: MemoryTicket = leaver.receive("ticket");
        leaver.send("end", &());
        let _ended = leaver.outcome();
        orphan.send("ticket", &ticket);
    }
}
