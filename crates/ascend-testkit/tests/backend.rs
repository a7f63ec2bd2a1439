//! The backend is chosen from outside, is part of the name, and is made sure of; what it lacks is a reason to skip.

use ascend_testkit::{Backend, Capabilities, FailureKind, Needs, RoleCx, RoleResult, roles, run, run_report};

mod expect;
mod rerun;

roles![loader, prober];

const SIMULATOR: &str = "the embedded simulator";
const LIBRARY: &str = "/opt/lib/libacl_rt.so";

fn loader(cx: &mut RoleCx, origin: String) -> RoleResult {
    cx.loaded(&origin)?;
    cx.send("backend", &cx.backend().to_string())?;
    Ok(())
}

#[test]
fn a_role_that_loads_another_library_fails_the_scenario() {
    let report = run_report(|s| {
        s.spawn(loader, LIBRARY.to_owned()).judged();
    });
    let text = format!(
        "[Backend] loader has loaded another library: the backend is `sim`, but the library that was loaded is `{LIBRARY}`"
    );
    expect::failed(&report, FailureKind::Backend, &[&text]);
}

#[test]
fn a_role_that_loads_what_was_asked_for_passes() {
    run(|s| {
        let backend: String = s.spawn(loader, SIMULATOR.to_owned()).receive("backend");
        assert_eq!(backend, "sim");
        assert_eq!(*s.backend(), Backend::Sim);
    });
}

/// Run with a backend by the test below.
#[test]
#[ignore = "run by a_backend_from_outside_is_part_of_the_name"]
fn inner_loads_the_library() {
    run(|s| {
        s.spawn(loader, LIBRARY.to_owned());
        s.fail(s.name().to_owned());
    });
}

#[test]
fn a_backend_from_outside_is_part_of_the_name() {
    let inner = |backend: &str| {
        let arguments = ["inner_loads_the_library", "--exact", "--ignored", "--nocapture"];
        rerun::text(&rerun::command(&arguments, &[("ASCEND_TEST_BACKEND", backend)]).output().unwrap())
    };
    let text = inner("hw");
    assert!(text.contains("FAIL inner_loads_the_library@hw (") && text.contains("[Body] inner_loads"), "{text}");
    assert!(text.contains("again: ASCEND_TEST_BACKEND='hw' cargo test "), "{text}");
    let text = inner(LIBRARY);
    assert!(text.contains(&format!("FAIL inner_loads_the_library@{LIBRARY} (")), "{text}");
    let text = inner("/opt/other.so");
    assert!(text.contains("cause: [B"), "either the body or the backend is first: {text}");
    let text = inner("hardware");
    assert!(text.contains("cause: [Setup] ASCEND_TEST_BACKEND=\"hardware\" is neither `sim` nor `hw`"), "{text}");
}

fn prober(cx: &mut RoleCx, devices: u32) -> RoleResult {
    cx.send("capabilities", &Capabilities { devices, peer_access: true, ipc_events: false })?;
    Ok(())
}

#[test]
fn what_is_missing_skips_the_scenario_with_the_reason() {
    let needs = Needs { devices: 4, peer_access: true, ipc_events: false };
    let mut reached = false;
    let report = run_report(|s| {
        let has: Capabilities = s.spawn(prober, 2).receive("capabilities");
        s.require(&needs, &has);
        reached = true;
    });
    assert!(!reached && !report.passed() && report.failures().is_empty(), "{report}");
    assert_eq!(report.skipped(), Some("need 4 devices, have 2"));
    assert!(
        report.to_string().starts_with("SKIP what_is_missing_skips_the_scenario_with_the_reason@sim ("),
        "{report}"
    );
    expect::everybody_gone(&report);
}

#[test]
fn what_is_there_skips_nothing() {
    let report = run_report(|s| {
        let has: Capabilities = s.spawn(prober, 4).receive("capabilities");
        s.require(&Needs { devices: 4, peer_access: true, ipc_events: false }, &has);
    });
    expect::passed(&report);
}

#[test]
#[ignore = "run by a_run_in_which_everything_was_skipped_says_so_without_being_asked"]
fn inner_skips() {
    for _ in 0..2 {
        run(|s| s.skip("there is no device"));
    }
    if std::env::var_os("THEN_RUN").is_some() {
        run(|_| {});
        run(|s| s.skip("there is no second device"));
    }
}

#[test]
fn a_run_in_which_everything_was_skipped_says_so_without_being_asked() {
    let inner = |variables: &[(&str, &str)]| {
        let output = rerun::command(&["inner_skips", "--exact", "--ignored"], variables).output().unwrap();
        assert!(output.status.success(), "a skip is no failure");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let all = "SKIP inner_skips@sim: there is no device (NOTHING WAS TESTED: all 2 scenarios of this process so far were skipped)";
    let text = inner(&[]);
    assert!(text.contains(all), "{text}");
    let text = inner(&[("THEN_RUN", "1")]);
    assert!(
        text.contains("SKIP inner_skips@sim: there is no second device (3 of 4 scenarios of this process so far"),
        "{text}"
    );
}
