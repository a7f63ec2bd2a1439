//! The real probe, in processes of its own, against the simulator's profiles and faults.

use std::path::{Path, PathBuf};

use ascend_hwtest::exit::Exit;
use ascend_hwtest::machine::Machine;
use ascend_hwtest::preflight::{Preflight, look};

fn simulator(variables: &[(&str, &str)]) -> Preflight {
    let mut machine = Machine::this(Path::new(env!("CARGO_TARGET_TMPDIR"))).simulated();
    machine.prober = PathBuf::from(env!("CARGO_BIN_EXE_hwrun"));
    machine.host = ascend_hwtest::machine::Host::sound();
    for (name, value) in variables {
        machine.set(name, value);
    }
    look(&machine)
}

fn codes(found: &Preflight) -> Vec<&str> {
    found.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn dies_of_a_card_are_told_and_what_is_found_is_labelled() {
    let found = simulator(&[("ASCEND_SIM_SOC", "A3"), ("ASCEND_SIM_DEVICES", "4"), ("ASCEND_SIM_PEERS", "card")]);
    assert_eq!(found.backend, "sim");
    assert!(found.probe.runtime.simulated && found.ipc_events);
    assert_eq!(
        found.dies.iter().map(|die| (die.logic, die.card)).collect::<Vec<_>>(),
        [(0, 0), (1, 0), (2, 1), (3, 1)]
    );
    let apart: Vec<(u32, u32)> =
        found.links.iter().filter(|link| !link.reachable).map(|link| (link.from, link.to)).collect();
    assert_eq!(apart.len(), 8);
    assert!(apart.contains(&(0, 2)) && !apart.contains(&(0, 1)));
    assert_eq!((codes(&found), found.exit()), (vec!["P20"], Exit::Ok));
}

#[test]
fn a_product_without_ipc_events_is_usable_and_cannot_run_them() {
    let found = simulator(&[("ASCEND_SIM_SOC", "950DT"), ("ASCEND_SIM_DEVICES", "2")]);
    assert_eq!((codes(&found), found.exit(), found.dies.len()), (vec!["P17"], Exit::CannotRun, 2));
}

#[test]
fn a_hidden_device_is_counted_without_the_filter() {
    let found = simulator(&[("ASCEND_SIM_DEVICES", "4"), ("ASCEND_RT_VISIBLE_DEVICES", "1,3")]);
    assert_eq!(found.dies.iter().map(|die| die.logic).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(found.links.iter().map(|link| (link.from, link.to)).collect::<Vec<_>>(), [(1, 3), (3, 1)]);
}

#[test]
fn faults_of_calls_have_the_codes_of_real_ones() {
    for (fault, code) in [
        ("aclInit=107000", "P11"),
        ("aclrtSetDevice=107001", "P12"),
        ("aclrtSetDevice=507033", "P13"),
        ("aclrtCreateEventExWithFlag=207000", "P15"),
        ("aclrtCreateStream=207008", "P26"),
    ] {
        let found = simulator(&[("ASCEND_SIM_DEVICES", "2"), ("ASCEND_SIM_FAULTS", fault)]);
        assert_eq!(codes(&found), [code], "{fault}: {:#?}", found.findings);
    }
}
