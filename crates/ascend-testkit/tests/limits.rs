//! A role with few descriptors runs out of them, and the kit does not.

use std::fs::File;

use ascend_testkit::{FailureKind, RoleCx, RoleResult, roles, run, run_report};

mod expect;

roles![opener, receiver];

fn opener(cx: &mut RoleCx, (): ()) -> RoleResult {
    let mut files = Vec::new();
    let error = loop {
        match File::open("/dev/null") {
            Ok(file) => files.push(file),
            Err(error) => break error,
        }
    };
    cx.point("no descriptor left");
    cx.send("opened", &files.len())?;
    cx.barrier("after it")?;
    Err(error.into())
}

#[test]
fn a_role_cannot_open_more_than_its_limit() {
    let report = run_report(|s| {
        let opener = s.prepare(opener, ()).descriptors(16).start();
        let opened: usize = opener.receive("opened");
        assert!((1..14).contains(&opened), "{opened} opened");
        s.barrier("after it", [&opener]);
    });
    expect::failed(&report, FailureKind::Role, &["cause: [Role] opener failed: Too many open files"]);
}

fn receiver(cx: &mut RoleCx, limited: bool) -> RoleResult {
    let mut files = Vec::new();
    while let (true, Ok(file)) = (limited, File::open("/dev/null")) {
        files.push(file);
    }
    cx.barrier("full")?;
    match cx.socket("link") {
        Ok(_) if !limited => Ok(()),
        Err(error) if limited && error.to_string().contains("this process can hold no more") => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

#[test]
fn a_socket_that_does_not_fit_is_an_error_of_the_role() {
    run(|s| {
        let full = s.prepare(receiver, true).descriptors(16).start();
        let other = s.spawn(receiver, false);
        s.barrier("full", [&full, &other]);
        s.connect("link", &full, &other);
    });
}
