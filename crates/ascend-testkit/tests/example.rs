//! A lease is given back by its holder, or by the holder's death. (The example of `docs/testing.md`.)

use std::io::Read;
use std::os::unix::net::UnixStream;

use ascend_testkit::{At, RoleCx, RoleResult, roles, run};

roles![holder, waiter]; // every function of this file that is a role

/// Process A: takes a lease, and keeps it as long as its end of the socket is open.
fn holder(cx: &mut RoleCx, lease: String) -> RoleResult {
    let socket = cx.socket("lease")?; // one end of a socket between the two roles
    cx.send("lease", &lease)?; // a typed message to the scenario
    cx.point("lease.taken"); // a named step; a scenario may stop the role here
    cx.barrier("both ready")?;
    drop(socket);
    Ok(())
}

/// Process B: waits until the lease is free.
fn waiter(cx: &mut RoleCx, (): ()) -> RoleResult {
    let mut socket = UnixStream::from(cx.socket("lease")?);
    let lease: String = cx.receive("lease")?;
    if socket.read(&mut [0])? != 0 {
        return Err(format!("{lease} was given to two").into()); // any error is the role's verdict
    }
    Ok(())
}

#[test]
fn a_lease_is_free_when_its_holder_dies() {
    run(|s| {
        let holder = s.spawn_armed(holder, "device 0".to_owned(), At::point("lease.taken").kill());
        let waiter = s.spawn(waiter, ());
        s.connect("lease", &holder, &waiter);
        s.relay(&holder, "lease", &waiter);
        holder.strike(); // waits until it stands at the point, kills it, and makes sure that it died there
        assert!(waiter.outcome().passed());
    });
}

#[test]
fn the_documentation_shows_this_very_scenario() {
    let shown = include_str!("../../../docs/testing.md");
    let (scenario, _) = include_str!("example.rs").split_once("\n#[test]\nfn the_documentation").unwrap_or_default();
    let (_, scenario) = scenario.split_once("\n\n").unwrap_or_default();
    assert!(!scenario.is_empty() && shown.contains(scenario), "copy the scenario into docs/testing.md");
}
