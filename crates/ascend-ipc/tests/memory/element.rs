//! What memory consists of: any plain data, of the same size on both sides.

use ascend_ipc::Access;
use ascend_ipc::{ErrorKind, MemoryTicket};
use ascend_testkit::{RoleCx, RoleResult, roles};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::kind::{Case, on_each_kind};
use crate::stage::{CROSS_DEVICE, PATIENCE, channel, device, require};

roles![painter, viewer, far_exporter, far_importer];

#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Pixel {
    place: [u32; 2],
    light: f32,
}

const LIT: Pixel = Pixel { place: [3, 4], light: 0.5 };

fn painter(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.recorder)?;
    let channel = channel(cx)?;
    let mut pixels = case.kind.allocate::<Pixel>(&device, 10)?;
    assert_eq!((pixels.len(), pixels.byte_len()), (10, 120));
    pixels.write(7, &[LIT])?;
    let (pixels, ticket) = pixels.share(Access::AnyProcess)?;
    channel.send(&ticket, PATIENCE)?;
    pixels.close(PATIENCE)?;
    Ok(())
}

fn viewer(cx: &mut RoleCx, case: Case) -> RoleResult {
    let device = device(cx, case.link.waiter)?;
    let stream = device.create_stream()?;
    let ticket: MemoryTicket = channel(cx)?.receive(PATIENCE)?;
    let error = ticket.open::<u32>(&device).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ticket);
    assert!(error.to_string().contains("12 bytes") && error.to_string().contains("4"), "{error}");
    let pixels = ticket.open::<Pixel>(&device)?;
    let mut local = device.allocate::<Pixel>(2)?;
    let mut host = device.allocate_host::<Pixel>(2)?;
    stream.copy(pixels.slice(6..8)?, local.slice_mut(..)?)?;
    stream.download(local.slice(..)?, host.slice_mut(..)?)?;
    stream.synchronize(PATIENCE)?;
    assert_eq!(host.elements()?[1], LIT);
    Ok(())
}

fn far_exporter(cx: &mut RoleCx, (): ()) -> RoleResult {
    let channel = channel(cx)?;
    let buffer = device(cx, CROSS_DEVICE.recorder)?.allocate::<u8>(16)?;
    let (buffer, ticket) = buffer.share(Access::AnyProcess)?;
    channel.send(&ticket, PATIENCE)?;
    buffer.close(PATIENCE)?;
    Ok(())
}

fn far_importer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, CROSS_DEVICE.waiter)?;
    let stream = device.create_stream()?;
    let ticket: MemoryTicket = channel(cx)?.receive(PATIENCE)?;
    let mut buffer = ticket.open::<u8>(&device)?;
    let mut host = device.allocate_host::<u8>(16)?;
    let refusals = [
        buffer.write(0, &[1]),
        buffer.read(0, &mut [0]),
        stream.upload(host.slice(..)?, buffer.slice_mut(..)?),
        stream.download(buffer.slice(..)?, host.slice_mut(..)?),
    ];
    for refusal in refusals {
        let error = refusal.unwrap_err();
        assert_eq!((error.kind(), error.failed_call()), (ErrorKind::Misuse, None), "refused before any call: {error}");
    }
    Ok(())
}

on_each_kind! {
    fn structs_arrive_as_they_were_and_other_sizes_are_refused(s, case) {
        let painter = s.spawn(painter, case);
        let viewer = s.spawn(viewer, case);
        s.connect("channel", &painter, &viewer);
    }
}

#[test]
fn memory_by_key_of_another_device_takes_no_part_in_copies_with_the_host() {
    ascend_testkit::run(|s| {
        require(s, CROSS_DEVICE);
        let exporter = s.spawn(far_exporter, ());
        let importer = s.spawn(far_importer, ());
        s.connect("channel", &exporter, &importer);
    });
}
