//! `Notify::record`: from the process that opened it, behind the work that its stream has.

use ascend_ipc::{Access, ErrorKind, Notify, NotifyTicket};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{CROSS_DEVICE, PATIENCE, channel, device, require};

roles![creator, astray];

fn creator(cx: &mut RoleCx, (): ()) -> RoleResult {
    let channel = channel(cx)?;
    let (notify, ticket) = Notify::create(&device(cx, 0)?)?.share(Access::AnyProcess)?;
    channel.send(&ticket, PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    notify.close(PATIENCE)?;
    Ok(())
}

fn astray(cx: &mut RoleCx, (): ()) -> RoleResult {
    let there = device(cx, 1)?;
    let stream = device(cx, 0)?.create_stream()?;
    let channel = channel(cx)?;
    let notify = channel.receive::<NotifyTicket>(PATIENCE)?.open(&there)?;
    let error = notify.record(&stream).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse);
    assert!(error.to_string().contains("device 1") && error.to_string().contains("device 0"), "{error}");
    drop(notify);
    channel.send(&(), PATIENCE)?;
    Ok(())
}

#[test]
fn a_record_on_a_stream_of_another_device_than_it_was_opened_for_is_refused() {
    run(|s| {
        require(s, CROSS_DEVICE);
        let creator = s.spawn(creator, ());
        let astray = s.spawn(astray, ());
        s.connect("channel", &creator, &astray);
    });
}
