//! Copies: within bounds, in stream order, and never looked at while under way.

use ascend_ipc::ErrorKind;
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{PATIENCE, SAME_DEVICE, device, hold, require};

roles![bounded, lopsided, careful, keeper, zeroer, splitter];

#[test]
fn ranges_outside_a_buffer_are_refused() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(bounded, ());
    });
}

fn bounded(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let mut near = device.allocate::<u32>(16)?;
    let mut host = device.allocate_host::<u32>(16)?;
    #[allow(clippy::reversed_empty_ranges, reason = "it is refused")]
    let wrong = [0..17, 16..17, 17..17, 8..7, 1..usize::MAX, usize::MAX..usize::MAX, usize::MAX / 2..usize::MAX];
    for range in wrong {
        let refusals = [
            near.slice(range.clone()).map(drop),
            near.slice_mut(range.clone()).map(drop),
            host.slice(range.clone()).map(drop),
            host.slice_mut(range.clone()).map(drop),
        ];
        for refusal in refusals {
            assert_eq!(refusal.unwrap_err().kind(), ErrorKind::Misuse, "{range:?}");
        }
    }
    assert_eq!(near.slice(..=usize::MAX).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(near.split_at_mut(17).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(near.slice(3..=4)?.len(), 2);
    assert!(near.slice(16..)?.is_empty());
    assert_eq!(near.write(15, &[1, 2]).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(near.write(usize::MAX, &[1, 2]).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(near.read(17, &mut []).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(device.allocate::<u8>(0).unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(device.allocate::<[u8; 0]>(4).unwrap_err().kind(), ErrorKind::Misuse);
    for absurd in [1 << 60, usize::MAX] {
        assert_eq!(device.allocate::<u8>(absurd).unwrap_err().kind(), ErrorKind::ResourceExhausted);
        assert_eq!(device.allocate::<u64>(absurd).unwrap_err().kind(), ErrorKind::ResourceExhausted);
        assert_eq!(device.allocate_physical::<u64>(absurd).unwrap_err().kind(), ErrorKind::ResourceExhausted);
    }
    Ok(())
}

#[test]
fn both_ends_of_a_copy_have_the_same_length() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(lopsided, ());
    });
}

fn lopsided(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let (mut near, far) = (device.allocate::<u32>(16)?, device.allocate::<u32>(16)?);
    let mut host = device.allocate_host::<u32>(16)?;
    let refusals = [
        stream.copy(far.slice(..15)?, near.slice_mut(..)?),
        stream.upload(host.slice(..)?, near.slice_mut(..15)?),
        stream.download(near.slice(..0)?, host.slice_mut(..1)?),
    ];
    for refusal in refusals {
        assert_eq!(refusal.unwrap_err().kind(), ErrorKind::Misuse);
    }
    stream.copy(far.slice(16..)?, near.slice_mut(..0)?)?; // nothing is something to copy
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
    let mut buffer = device.allocate::<u8>(8)?;
    let mut host = device.allocate_host::<u8>(8)?;
    host.elements_mut()?.copy_from_slice(b"12345678");
    let latch = hold(&stream)?;
    stream.upload(host.slice(..)?, buffer.slice_mut(..)?)?;
    assert_eq!(host.elements().unwrap_err().kind(), ErrorKind::Misuse);
    assert_eq!(host.elements_mut().unwrap_err().kind(), ErrorKind::Misuse);
    latch.release();
    stream.synchronize(PATIENCE)?;
    host.elements_mut()?.fill(0);
    stream.download(buffer.slice(2..6)?, host.slice_mut(..4)?)?;
    stream.synchronize(PATIENCE)?;
    assert_eq!(host.elements()?, b"3456\0\0\0\0");
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
    let (mut from, mut physical) = (device.allocate::<u8>(8)?, device.allocate_physical::<u8>(8)?);
    from.write(0, b"abcdefgh")?;
    let mut to = device.allocate::<u8>(8)?;
    let latch = hold(&stream)?;
    stream.copy(from.slice(..)?, physical.slice_mut(..)?)?;
    stream.copy(physical.slice(..)?, to.slice_mut(..)?)?;
    drop((from, physical));
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

#[test]
fn filling_with_zeroes_takes_its_place_in_the_stream_and_stays_in_its_range() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(zeroer, ());
    });
}

fn zeroer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let mut buffer = device.allocate::<u32>(4)?;
    buffer.write(0, &[1, 2, 3, 4])?;
    let latch = hold(&stream)?;
    stream.fill_zero(buffer.slice_mut(1..3)?)?;
    let mut content = [0; 4];
    buffer.read(0, &mut content)?;
    assert_eq!(content, [1, 2, 3, 4]);
    latch.release();
    stream.synchronize(PATIENCE)?;
    buffer.read(0, &mut content)?;
    assert_eq!(content, [1, 0, 0, 4]);
    Ok(())
}

#[test]
fn one_part_of_a_buffer_is_copied_to_the_other() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(splitter, ());
    });
}

fn splitter(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let stream = device.create_stream()?;
    let mut buffer = device.allocate::<u16>(6)?;
    buffer.write(0, &[1, 2, 3, 0, 0, 0])?;
    let (first, second) = buffer.split_at_mut(3)?;
    stream.copy(first.into_slice(), second)?;
    stream.synchronize(PATIENCE)?;
    let mut content = [0; 6];
    buffer.read(0, &mut content)?;
    assert_eq!(content, [1, 2, 3, 1, 2, 3]);
    Ok(())
}
