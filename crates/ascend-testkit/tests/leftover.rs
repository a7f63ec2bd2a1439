//! What is left at the end is a failure of its own kind, which names the object; and it is gone then.

use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::time::Duration;

use ascend_testkit::{FailureKind, RoleCx, RoleResult, Setup, roles, run, run_report};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags};

mod expect;
mod rerun;

roles![daemoniser, forgetful, tidy, sharer, segment_holder, segment_maker, nester];

fn sleep_pid(output: &[u8]) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(String::from_utf8_lossy(output).trim().parse()?)
}

/// Leaves a process behind whose parent is gone, in a session of its own, with or without our environment and pipes.
fn daemoniser(cx: &mut RoleCx, hidden: bool) -> RoleResult {
    let script = if hidden {
        "env -i setsid sleep 1000 >/dev/null </dev/null & echo $!" // it still has the role's stderr
    } else {
        "setsid sleep 1000 >/dev/null 2>/dev/null </dev/null & echo $!"
    };
    let output = Command::new("sh").args(["-c", script]).stderr(Stdio::inherit()).output()?;
    cx.send("daemon", &sleep_pid(&output.stdout)?)?;
    Ok(())
}

#[test]
fn a_grandchild_that_daemonised_is_caught() {
    let mut pid = 0;
    let report = run_report(|s| pid = s.spawn(daemoniser, false).receive("daemon"));
    let cause = format!("cause: [Leftover] process {pid} `sleep`, a child of ");
    expect::failed(&report, FailureKind::Leftover, &[&cause, "(ended by the kit)"]);
    assert!(!expect::is_there(pid), "{report}");
    assert_eq!(report.failures().len(), 1, "{report}");
}

#[test]
fn a_grandchild_is_caught_even_without_its_environment() {
    let mut pid = 0;
    let report = run_report(|s| pid = s.spawn(daemoniser, true).receive("daemon"));
    expect::failed(&report, FailureKind::Leftover, &[&format!("cause: [Leftover] process {pid} `sleep`")]);
    assert!(!expect::is_there(pid), "{report}");
}

/// Ends without having waited for its child.
fn forgetful(cx: &mut RoleCx, time: String) -> RoleResult {
    let child = Command::new("sleep").arg(time).stdin(Stdio::null()).spawn()?;
    cx.send("child", &child.id())?;
    Ok(())
}

#[test]
fn a_child_that_outlives_its_role_is_caught() {
    let mut pid = 0;
    let report = run_report(|s| pid = s.spawn(forgetful, "1000".to_owned()).receive("child"));
    expect::failed(&report, FailureKind::Leftover, &[&format!("[Leftover] process {pid} `sleep`")]);
    assert!(!expect::is_there(pid), "{report}");
}

#[test]
fn a_child_that_is_about_to_end_is_no_leftover() {
    run(|s| {
        s.spawn(forgetful, "0.05".to_owned());
    });
}

/// Waits for its child, and for the scenario.
fn tidy(cx: &mut RoleCx, (): ()) -> RoleResult {
    let mut child = Command::new("sleep").arg("1000").spawn()?;
    cx.send("child", &child.id())?;
    cx.barrier("seen")?;
    child.kill()?;
    child.wait()?;
    Ok(())
}

#[test]
fn the_processes_of_another_scenario_are_let_alone() {
    run(|s| {
        let tidy = s.spawn(tidy, ());
        let child: u32 = tidy.receive("child");
        let report = inner();
        expect::failed(&report, FailureKind::Leftover, &["[Leftover] process "]);
        assert!(expect::is_there(child), "the inner scenario has ended a process of the outer one");
        s.barrier("seen", [&tidy]);
    });

    fn inner() -> ascend_testkit::Report {
        let test = "the_processes_of_another_scenario_are_let_alone";
        Setup::new().test(test).run_report(|s| {
            s.spawn(forgetful, "1000".to_owned());
        })
    }
}

#[test]
fn the_grandchild_of_a_role_that_hangs_goes_with_it() {
    let mut pid = 0;
    let report = Setup::new().body(Duration::from_secs(1)).run_report(|s| {
        let tidy = s.spawn(tidy, ());
        pid = tidy.receive("child");
        tidy.receive::<()>("never");
    });
    expect::failed(&report, FailureKind::Deadline, &[&format!("then: [Leftover] process {pid} `sleep`")]);
    assert!(!expect::is_there(pid), "{report}");
}

fn sharer(cx: &mut RoleCx, (): ()) -> RoleResult {
    let path = format!("/dev/shm/ascend-testkit-{}", std::process::id());
    std::fs::write(&path, "x")?;
    cx.send("path", &path)?;
    Ok(())
}

#[test]
fn a_file_in_shared_memory_is_named() {
    let mut path = String::new();
    let report = run_report(|s| path = s.spawn(sharer, ()).receive("path"));
    let removed = std::fs::remove_file(&path);
    expect::failed(&report, FailureKind::Leftover, &[&format!("cause: [Leftover] file {path}")]);
    removed.unwrap();
}

/// Leaves a child behind that holds a segment, named like those of the simulator.
fn segment_holder(cx: &mut RoleCx, (): ()) -> RoleResult {
    let segment = rustix::fs::memfd_create("ascend-sim-event-00000041000000ff", rustix::fs::MemfdFlags::empty())?;
    let child = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn()?;
    cx.send("child", &child.id())?;
    drop(segment);
    Ok(())
}

#[test]
fn a_segment_that_a_leftover_holds_is_named() {
    let report = run_report(|s| {
        s.spawn(segment_holder, ());
    });
    let held = "which holds /memfd:ascend-sim-event-00000041000000ff (deleted) (ended by the kit)";
    expect::failed(&report, FailureKind::Leftover, &[held]);
}

/// Makes a segment as the simulator would, whose name tells who made it.
fn segment_maker(cx: &mut RoleCx, (): ()) -> RoleResult {
    let name = format!("ascend-sim-event-{:016x}", u64::from(std::process::id()) << 40 | 65 << 32);
    let segment = rustix::fs::memfd_create(name.as_str(), rustix::fs::MemfdFlags::CLOEXEC)?;
    cx.send("segment", &segment.as_raw_fd())?;
    cx.barrier("taken")?;
    Ok(())
}

/// A descriptor of another process, or of this one.
fn descriptor_of(pid: u32, number: i32) -> rustix::io::Result<OwnedFd> {
    let pid = Pid::from_raw(pid.try_into().unwrap()).unwrap();
    let process = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
    rustix::process::pidfd_getfd(process, number, PidfdGetfdFlags::empty())
}

#[test]
fn a_segment_of_a_role_that_this_process_holds_is_named() {
    let mut kept = None;
    let report = run_report(|s| {
        let maker = s.spawn(segment_maker, ());
        kept = Some(descriptor_of(maker.pid(), maker.receive("segment")).unwrap());
        s.barrier("taken", [&maker]);
    });
    let text = "cause: [Leftover] descriptor /memfd:ascend-sim-event-";
    expect::failed(&report, FailureKind::Leftover, &[text, "(deleted) in this process"]);
    drop(kept);
}

#[test]
#[ignore = "run by a_descriptor_of_the_scenario_that_stays_open_is_named, alone: it takes everybody's"]
fn inner_keeps_descriptors() {
    let mut kept = Vec::new();
    run(|s| {
        s.spawn(forgetful, "0".to_owned());
        kept.extend((3..64).filter_map(|number| descriptor_of(std::process::id(), number).ok()));
    });
}

#[test]
fn a_descriptor_of_the_scenario_that_stays_open_is_named() {
    let arguments = ["inner_keeps_descriptors", "--exact", "--ignored", "--nocapture"];
    let text = rerun::text(&rerun::command(&arguments, &[]).output().unwrap());
    for kind in ["socket:[", "pipe:[", "/memfd:ascend-testkit-diary"] {
        assert!(text.contains(&format!("[Leftover] descriptor {kind}")), "{kind} in:\n{text}");
    }
}

/// A role that is the scenario of another process.
fn nester(cx: &mut RoleCx, (): ()) -> RoleResult {
    let inner = Command::new(std::env::current_exe()?)
        .args(["a_child_that_is_about_to_end_is_no_leftover", "--exact", "--nocapture", "--test-threads=1"])
        .output()?;
    cx.send("output", &String::from_utf8_lossy(&inner.stdout))?;
    if inner.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&inner.stderr).into()) }
}

#[test]
fn a_role_may_run_a_scenario_itself() {
    run(|s| {
        let output: String = s.spawn(nester, ()).receive("output");
        assert!(output.contains("1 passed"), "{output}");
    });
}

#[test]
fn the_descriptors_of_a_scenario_are_closed_at_its_end() {
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let once = || {
        run(|s| {
            let (a, b) = (s.spawn(forgetful, "0".to_owned()), s.spawn(forgetful, "0".to_owned()));
            s.connect("unused", &a, &b);
        });
    };
    once();
    let before = open();
    (0..10).for_each(|_| once());
    // Other tests of this process have descriptors of their own, but not ten times as many as a scenario has.
    assert!(open() < before + 100, "{} descriptors before, {} after", before, open());
}
