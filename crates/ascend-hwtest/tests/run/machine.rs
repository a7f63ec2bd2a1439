//! What the machine allows: no hardware, devices that are taken, requirements, and command lines without sense.

use std::time::Duration;

use ascend_hwtest::lease::{Holder, take};

use crate::stage::Stage;

#[test]
fn without_hardware_there_is_no_run_and_no_simulator_instead() {
    if std::fs::read_dir("/dev")
        .unwrap()
        .flatten()
        .any(|node| node.file_name().to_string_lossy().starts_with("davinci"))
    {
        return; // this machine has some
    }
    let stage = Stage::new("passes", "ok");
    let output = stage.command(&["--programs", "programs", "--out", "out"]).output().unwrap();
    let screen = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(20), "{screen}");
    assert!(screen.contains("no Ascend card") && screen.contains("--backend sim"), "{screen}");
    assert!(!screen.contains("SIMULATOR"));
}

#[test]
fn devices_that_somebody_has_leased_are_75_and_the_holder_is_named() {
    let stage = Stage::new("passes", "ok");
    let locks = stage.path("locks");
    let bus = {
        let ran = stage.run(&[]);
        let bus = ran.lines.iter().find_map(|line| match &line.event {
            ascend_hwtest::event::Event::Topology { dies, .. } => Some(dies[0].bus.clone()),
            _ => None,
        });
        bus.unwrap()
    };
    let holder = Holder { run: "c0ffee".into(), pid: 7, ..Holder::default() };
    let lease = take(&locks, &[bus], &holder, Duration::ZERO, &mut |_, _| true).unwrap();
    let busy = stage.ended("busy", stage.start("busy", &["--lock-dir", "locks"]));
    assert_eq!(busy.code, 75, "{}", busy.screen);
    assert!(busy.screen.contains("run c0ffee (pid 7"), "{}", busy.screen);
    let who = stage.command(&["who", "--lock-dir", "locks"]).output().unwrap();
    assert!(String::from_utf8_lossy(&who.stdout).contains("run c0ffee"));
    let other = stage.ended("other", stage.start("other", &["--lock-dir", "locks", "--devices", "1"]));
    assert_eq!(other.code, 0, "{}", other.screen);
    let waits = stage.start("waits", &["--lock-dir", "locks", "--wait", "60s"]);
    drop(lease);
    assert_eq!(stage.ended("waits", waits).code, 0);
}

#[test]
fn what_is_required_and_not_there_is_21() {
    let stage = Stage::new("passes", "ok");
    let ran = stage.run(&["--require", "dies>=3"]);
    assert_eq!(ran.code, 21);
    assert!(ran.screen.contains("dies>=3 is required, and it is 2"), "{}", ran.screen);
    let met = stage.ended("met", stage.start("met", &["--require", "dies>=2,soc=Ascend910B"]));
    assert_eq!(met.code, 0, "{}", met.screen);
}

#[test]
fn a_filter_that_selects_nothing_is_4_and_one_without_sense_is_2() {
    let stage = Stage::new("passes", "ok");
    assert_eq!(stage.run(&["no_such_test"]).code, 4);
    let wrong = stage.ended("wrong", stage.start("wrong", &["-E", "topo(moon)"]));
    assert_eq!(wrong.code, 2, "{}", wrong.screen);
}

#[test]
fn programs_that_are_not_there_are_101() {
    let stage = Stage::new("passes", "ok");
    std::fs::remove_file(stage.path("programs/fake")).unwrap();
    assert_eq!(stage.run(&[]).code, 101);
}

#[test]
fn a_dry_run_tells_every_command_and_leaves_nothing() {
    let stage = Stage::new("passes", "touch ran; ok");
    let ran = stage.run(&["--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.screen);
    assert!(ran.screen.contains("--exact passes --nocapture") && ran.screen.contains("ASCEND_TEST_BACKEND=sim"));
    assert!(!stage.path("out").exists() && !stage.path("ran").exists());
}

#[test]
fn a_folder_that_holds_a_run_is_not_used_again() {
    let stage = Stage::new("passes", "ok");
    assert_eq!(stage.run(&[]).code, 0);
    let second = stage.run(&[]);
    assert_eq!(second.code, 2, "{}", second.screen);
}

#[test]
fn each_topology_of_the_simulator_places_a_test_of_two_devices_as_its_cards_are() {
    for (sim, expected) in [("a2x8", &["cross-card"][..]), ("a3x16", &["cross-card", "sibling-die"]), ("a5x1", &[])] {
        let stage = Stage::new("x::cross_device x::same_device", "ok");
        let command =
            ["run", "--backend", "sim", "--sim", sim, "--programs", "programs", "--out", "out", "--progress", "lines"];
        let output = stage.command(&command).output().unwrap();
        let screen = String::from_utf8_lossy(&output.stdout);
        let passed = |placement: &&str| screen.contains(&format!("fake::x::cross_device@{placement}  "));
        let placements: Vec<&str> = ["cross-card", "sibling-die"]
            .into_iter()
            .filter(passed)
            .filter(|_| !screen.contains("need 2 dies, have 1"))
            .collect();
        assert_eq!(placements, expected, "{sim}: {screen}");
        assert_eq!(output.status.code(), Some(0), "{sim}: {screen}");
    }
}
