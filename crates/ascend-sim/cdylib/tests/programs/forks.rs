//! Forked children, and a standard error that takes nothing: what must not disturb a program that goes on.

use std::fs::File;
use std::process::Command;

use super::BENCH;

rules_of! {
    forks:
    children_end_whatever_other_threads_held_at_the_fork [ASCEND_SIM_STRICT = "report", ASCEND_SIM_FAULTS = "aclrtResetEvent=507000", ASCEND_SIM_SEED = "7"];
    a_child_that_was_forked_before_the_first_context_is_a_process_of_its_own;
}

#[test]
fn what_looks_on_does_not_hang_children_by_itself() {
    let rule = "children_end_whatever_other_threads_held_at_the_fork";
    let folder = tempfile::tempdir().unwrap();
    let (order, trace) = (folder.path().join("order"), folder.path().join("trace"));
    for variable in [
        ("ASCEND_SIM_STRICT", "report"),
        ("ASCEND_SIM_FAULTS", "aclrtResetEvent=507000"),
        ("ASCEND_SIM_SEED", "7"),
        ("ASCEND_SIM_SCHEDULE", order.to_str().unwrap()),
        ("ASCEND_SIM_TRACE", trace.to_str().unwrap()),
    ] {
        BENCH.run("forks", &[rule], &[variable]);
    }
}

#[test]
fn a_child_that_was_forked_before_the_first_context_tells_what_it_has_left() {
    let rule = "a_child_that_was_forked_before_the_first_context_is_a_process_of_its_own";
    let text = BENCH.run("forks", &[rule], &[("ASCEND_SIM_STRICT", "report")]);
    assert_eq!(text.matches("leaked: 1 event: ").count(), 2, "one of each child:\n{text}");
    assert_eq!(text.matches("leaked: 1 data buffer: ").count(), 1, "only the parent's:\n{text}");
}

#[test]
fn complaints_that_nobody_can_read_do_no_harm() {
    let wrong = [
        ("ASCEND_SIM_FAULTS", "aclrtNothing=drop;aclInit@2=500000"),
        ("ASCEND_SIM_SCHEDULE", "/"),
        ("ASCEND_SIM_SEED", "many"),
        ("ASCEND_SIM_TRACE", "/"),
        ("ASCEND_SIM_DEVICES", "many"),
        ("ASCEND_SIM_STRICT", "many"),
    ];
    std::sync::LazyLock::force(&BENCH);
    for variable in wrong {
        let mut command = Command::new(BENCH.path("faults"));
        command.arg("without_rules_nothing_fails").env("LD_LIBRARY_PATH", BENCH.path("")).envs([variable]);
        let full = File::options().write(true).open("/dev/full").unwrap();
        let status = command.stderr(full).status().unwrap();
        assert!(status.success(), "{variable:?}: {status}");
    }
}
