//! Setting a pipeline up: what does not fit is refused, at both ends, and nothing hangs.

use ascend_ipc::ErrorKind;
use ascend_ipc::pipeline::{Consumer, MOST_SLOTS, Producer};
use ascend_testkit::{RoleCx, RoleResult, roles, run};

use crate::stage::{GLANCE, PATIENCE, SAME_DEVICE, channel, device, require};

roles![producer, consumer, lonely];

fn producer(cx: &mut RoleCx, slots: usize) -> RoleResult {
    let error = Producer::set_up(&channel(cx)?, &device(cx, 0)?, slots, PATIENCE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    cx.barrier("end")?;
    Ok(())
}

fn consumer(cx: &mut RoleCx, slots: usize) -> RoleResult {
    let error = Consumer::set_up(&channel(cx)?, &device(cx, 0)?, slots, PATIENCE).unwrap_err();
    assert!(error.to_string().contains("2 slots") && error.to_string().contains('3'), "{error}");
    cx.barrier("end")?;
    Ok(())
}

fn lonely(cx: &mut RoleCx, (): ()) -> RoleResult {
    let device = device(cx, 0)?;
    let (channel, other) = ascend_ipc::Channel::pair()?;
    for slots in [0, MOST_SLOTS + 1] {
        assert_eq!(Producer::set_up(&channel, &device, slots, PATIENCE).unwrap_err().kind(), ErrorKind::Misuse);
    }
    assert_eq!(Producer::set_up(&channel, &device, 2, GLANCE).unwrap_err().kind(), ErrorKind::Timeout);
    drop(other);
    assert_eq!(Consumer::set_up(&channel, &device, 2, PATIENCE).unwrap_err().kind(), ErrorKind::ChannelClosed);
    Ok(())
}

#[test]
fn two_producers_do_not_make_a_pipeline() {
    run(|s| {
        require(s, SAME_DEVICE);
        let ends = [s.spawn(producer, 2), s.spawn(producer, 2)];
        s.connect("channel", &ends[0], &ends[1]);
        s.barrier("end", &ends);
    });
}

#[test]
fn both_ends_count_the_same_slots() {
    run(|s| {
        require(s, SAME_DEVICE);
        let producer = s.spawn(producer, 3);
        let consumer = s.spawn(consumer, 2);
        s.connect("channel", &producer, &consumer);
        s.barrier("end", [&producer, &consumer]);
    });
}

#[test]
fn setting_up_alone_ends_at_the_deadline() {
    run(|s| {
        require(s, SAME_DEVICE);
        s.spawn(lonely, ());
    });
}
