//! What people see, compared with files below `tests/screens`; `SNAPSHOTS=overwrite` rewrites them.
#![allow(clippy::print_stderr, reason = "a skip is told")]

use std::process::Command;

use ascend_hwtest::doctor;
use snapbox::{assert_data_eq, file};

use crate::server::{Server, failed};

#[test]
fn a_sound_server() {
    assert_data_eq!(doctor::text(&Server::sound().look()), file!["../screens/sound.txt"].raw());
}

#[test]
fn a_server_with_troubles() {
    let mut server = Server::sound();
    server.shows("info_a2_910b3_25.3.txt");
    server.machine.host.open_files = Some(256);
    server.devices_can(|can| {
        let driver = Some("25.5.1".to_owned());
        can.ipc_events = ascend_ipc::Support::No(ascend_ipc::Reason::PageSize { bytes: 65536, driver });
    });
    assert_data_eq!(doctor::text(&server.look()), file!["../screens/troubles.txt"].raw());
}

#[test]
fn a_server_whose_devices_do_not_start() {
    let mut server = Server::sound();
    server.remove("dev/devmm_svm");
    server.devices_fail(&failed(
        "aclrtSetDevice",
        507_033,
        "EL9999: tsd client wait response fail, device response code[1]",
    ));
    assert_data_eq!(doctor::text(&server.look()), file!["../screens/dead.txt"].raw());
}

#[test]
fn the_json_is_for_machines() {
    let json = doctor::json(&Server::sound().look()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((value["schema"].as_str(), value["exit"].as_u64()), (Some("hw-test-doctor/1"), Some(0)));
    assert_eq!(value["dies"][1]["bus"], "0000:C2:00.0");
    assert_eq!(value["smi"]["topo"]["links"]["0-1"], "HCCS");
}

#[test]
fn on_a_machine_without_a_card_the_program_says_what_is_missing_and_what_to_do() {
    if std::path::Path::new("/dev/davinci_manager").exists() {
        eprintln!("SKIP on_a_machine_without_a_card_the_program_says_what_is_missing_and_what_to_do: there is a card");
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_hwrun")).arg("doctor").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(20), "{text}");
    assert!(text.contains("P01  no Ascend card in this machine") && text.contains("--backend sim"), "{text}");
}
