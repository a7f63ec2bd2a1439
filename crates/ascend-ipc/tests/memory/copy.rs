//! Copies: within bounds, in stream order, and never looked at while under way.

use ascend_ipc::ErrorKind;
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{PATIENCE, SAME_DEVICE, device, hold, require};

roles![bounded, careful, keeper];

#[test]
fn ranges_outside_a_buffer_are_refused() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(bounded, ());
    });
}

fn bounded(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (mut near, far) = (device.allocate(16)?, device.allocate(16)?);
    let mut host = device.allocate_host(16)?;
    for (at, count) in [(0, 17), (16, 1), (usize::MAX, 2), (8, usize::MAX)] {
        let refusals = [
            stream.copy(&near, at, &far, 0, count),
            stream.copy(&near, 0, &far, at, count),
            stream.upload(&near, at, &host, 0, count),
            stream.download(&mut host, at, &near, 0, count),
        ];
        for refusal in refusals {
            assert_eq!(refusal.unwrap_err().kind(), ErrorKind::Misuse, "{at}, {count}");
        }
    }
    assert_eq!(near.write(15, &[1, 2]).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(near.read(17, &mut []).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(device.allocate(0).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(device.allocate(1 << 60).unwrap_err().kind(), ErrorKind::ResourceExhausted);
    Ok(())
}

#[test]
fn pinned_memory_cannot_be_looked_at_while_a_copy_may_use_it() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(careful, ());
    });
}

fn careful(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let buffer = device.allocate(8)?;
    let mut host = device.allocate_host(8)?;
    host.bytes_mut()?.copy_from_slice(b"12345678");
    let latch = hold(&stream)?;
    stream.upload(&buffer, 0, &host, 0, 8)?;
    assert_eq!(host.bytes().unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(host.bytes_mut().unwrap_err().kind(), ErrorKind::Misuse);
    latch.release();
    stream.synchronize(PATIENCE)?;
    host.bytes_mut()?.fill(0);
    stream.download(&mut host, 0, &buffer, 0, 8)?;
    stream.synchronize(PATIENCE)?;
    assert_eq!(host.bytes()?, b"12345678");
    Ok(())
}

#[test]
fn buffers_and_streams_that_are_dropped_early_serve_their_copies_to_the_end() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(keeper, ());
    });
}

fn keeper(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let mut from = device.allocate(8)?;
    from.write(0, b"abcdefgh")?;
    let to = device.allocate(8)?;
    let latch = hold(&stream)?;
    stream.copy(&to, 0, &from, 0, 8)?;
    drop(from);
    drop(stream); // with work under way: does not block, and loses nothing
    let other = device.create_stream()?;
    latch.release();
    let mut content = [0; 8];
    let end = std::time::Instant::now() + PATIENCE;
    while &content != b"abcdefgh" && std::time::Instant::now() < end {
        to.read(0, &mut content)?;
        std::thread::yield_now();
    }
    assert_eq!(&content, b"abcdefgh");
    other.synchronize(PATIENCE)?;
    Ok(())
}
