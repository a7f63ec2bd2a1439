//! A role whose memory went wrong may write anything to its control socket: it fails, and nobody else does.

use ascend_testkit::{FailureKind, RoleCx, RoleResult, roles, run, run_report};
use rustix::net::SendFlags;

mod expect;

roles![babbler, sound];

#[derive(serde::Serialize, serde::Deserialize, Clone, Copy, Debug)]
enum Garbage {
    Words,
    Empty,
    Huge,
    WrongLength,
    WrongVersion,
    WrongContent,
}

fn babbler(cx: &mut RoleCx, garbage: Garbage) -> RoleResult {
    let bytes = match garbage {
        Garbage::Words => b"these are no frames".to_vec(),
        Garbage::Empty => Vec::new(),
        Garbage::Huge => vec![b'A'; 100_000],
        Garbage::WrongLength => b"ATK\x01\x09\x00\x00\x00\x00".to_vec(),
        Garbage::WrongVersion => b"ATK\x07\x01\x00\x00\x00\x00".to_vec(),
        Garbage::WrongContent => b"ATK\x01\x02\x00\x00\x00\x3f\x3f".to_vec(),
    };
    rustix::net::send(cx.control(), &bytes, SendFlags::empty())?;
    cx.barrier("never opens")?;
    Ok(())
}

#[test]
fn each_kind_of_garbage_is_named_and_ends_the_role() {
    for (garbage, text) in [
        (Garbage::Words, "a frame that begins with [74, 68, 65], which is not the kit's mark"),
        (Garbage::Empty, "a frame that 0 bytes, which is no header"),
        (Garbage::Huge, "a frame that is longer than 65536 bytes"),
        (Garbage::WrongLength, "a frame that says that 9 bytes follow, but 1 do"),
        (Garbage::WrongVersion, "a frame that has version 7, not 1"),
        (Garbage::WrongContent, "a frame that its content cannot be read"),
    ] {
        let report = run_report(|s| {
            s.spawn(babbler, garbage);
        });
        let cause = format!("cause: [Protocol] babbler wrote garbage to its control socket: {text}");
        expect::failed(&report, FailureKind::Protocol, &[&cause, "(ended by the kit)"]);
    }
}

fn sound(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.barrier("sound")?;
    Ok(())
}

#[test]
fn garbage_of_a_role_harms_no_other_scenario() {
    run(|s| {
        let role = s.spawn(sound, ());
        let report = ascend_testkit::Setup::new().test("garbage_of_a_role_harms_no_other_scenario").run_report(|s| {
            s.spawn(babbler, Garbage::Huge);
        });
        expect::failed(&report, FailureKind::Protocol, &["babbler wrote garbage"]);
        s.barrier("sound", [&role]);
    });
}
