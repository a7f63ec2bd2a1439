//! Orders that replay: by a seed within a process, by a file between processes.

use std::collections::BTreeSet;

use super::BENCH;

/// The last line that a program says.
fn order(rule: &str, environment: &[(&str, &str)]) -> String {
    let text = BENCH.run("schedules", &[rule], environment);
    text.lines().rfind(|line| line.starts_with("order ")).unwrap().to_owned()
}

fn seeded(rule: &str, seed: u32) -> String {
    order(rule, &[("ASCEND_SIM_SEED", &seed.to_string())])
}

#[test]
fn one_seed_gives_one_order_and_another_seed_another() {
    let first = seeded("three_streams_of_host_functions", 7);
    for _ in 1..20 {
        assert_eq!(seeded("three_streams_of_host_functions", 7), first);
    }
    let orders: BTreeSet<String> = (0..10).map(|seed| seeded("three_streams_of_host_functions", seed)).collect();
    assert!(orders.len() > 5, "{orders:?}");
}

#[test]
fn a_seed_counts_while_the_program_queues_more() {
    for rule in ["a_host_that_comes_back_between_tasks", "a_host_that_polls"] {
        let first = seeded(rule, 3);
        for _ in 1..5 {
            assert_eq!(seeded(rule, 3), first, "{rule}");
        }
    }
}

#[test]
fn programs_work_under_a_seed() {
    let rules = [
        ("situations", "wait_blocks_the_peers_stream_until_the_record_is_executed"),
        ("situations", "a_wait_stays_with_the_record_it_was_bound_to"),
        ("situations", "a_record_that_was_discarded_does_not_pass_for_complete"),
        ("situations", "a_recorder_that_died_is_reported_to_whoever_waits"),
        ("situations", "destroy_with_outstanding_tasks_returns_at_once"),
        ("notifies", "one_record_wakes_one_wait"),
        ("notifies", "a_notify_wait_that_expires_is_told_at_the_next_synchronise"),
        ("notifies", "an_aborted_notify_wait_ends"),
        ("notifies", "a_record_of_an_importer_wakes_the_creators_wait"),
        ("values", "a_value_wait_passes_when_its_condition_holds"),
        ("callbacks", "a_blocking_callback_holds_the_stream_until_the_thread_has_run_it"),
        ("callbacks", "one_thread_serves_several_streams_of_one_device"),
        ("calls", "a_stream_keeps_its_order"),
        ("calls", "destroying_by_force_drops_queued_work"),
        ("memory", "pools_allocate_and_free_in_stream_order"),
    ];
    for (program, rule) in rules {
        BENCH.run(program, &[rule], &[("ASCEND_SIM_SEED", "11")]);
    }
    BENCH.run("handover", &[], &[("ASCEND_SIM_SEED", "11")]);
}

#[test]
fn the_order_of_two_processes_is_recorded_and_enforced() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order");
    let environment = [("ASCEND_SIM_SCHEDULE", file.to_str().unwrap())];
    let recorded = order("two_processes_write_in_turns", &environment);
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().filter(|line| line.ends_with(" host")).count(), 32);
    for _ in 0..3 {
        let text = BENCH.run("schedules", &["two_processes_write_in_turns"], &environment);
        assert!(text.contains(&recorded) && !text.contains("DIVERGES"), "{recorded}\n{text}");
    }
}

#[test]
fn a_host_function_that_waits_holds_up_no_other_process() {
    for (program, arguments) in
        [("schedules", ["a_host_function_waits_for_another_process"].as_slice()), ("handover", &[])]
    {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("order");
        for _ in 0..2 {
            let text = BENCH.run(program, arguments, &[("ASCEND_SIM_SCHEDULE", file.to_str().unwrap())]);
            assert!(!text.contains("DIVERGES"), "{text}");
        }
    }
}

#[test]
fn a_forked_child_that_exits_leaves_its_parents_schedule_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order");
    for _ in 0..3 {
        let environment = [("ASCEND_SIM_SCHEDULE", file.to_str().unwrap())];
        let text = BENCH.run("schedules", &["a_child_exits_while_its_parents_task_runs"], &environment);
        assert!(!text.contains("DIVERGES"), "{text}");
    }
}

#[test]
fn a_child_that_was_forked_after_the_first_call_has_no_part_in_the_schedule() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order");
    let rule = "a_child_that_was_forked_before_the_first_context_is_a_process_of_its_own";
    for _ in 0..2 {
        let text = BENCH.run("forks", &[rule], &[("ASCEND_SIM_SCHEDULE", file.to_str().unwrap())]);
        assert_eq!(text.matches("THE ORDER IS FREE here").count(), 2, "each child says so once:\n{text}");
        assert!(!text.contains("DIVERGES"), "{text}");
        let order = std::fs::read_to_string(&file).unwrap();
        assert_eq!(order.lines().count(), 1, "the heading:\n{order}");
    }
}

#[test]
fn a_run_that_diverges_is_told_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order");
    let environment = [("ASCEND_SIM_SCHEDULE", file.to_str().unwrap())];
    std::fs::write(&file, "# ascend-sim schedule 1\na 2 1 host\na 2 2 copy\n").unwrap();
    let text = BENCH.run("schedules", &["two_processes_write_in_turns"], &environment);
    assert!(text.contains("task 2: expected \"a 2 2 copy\", got \"a 2 2 host\""), "{text}");
}

#[test]
fn a_wait_takes_its_place_whether_or_not_its_record_was_recycled() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order");
    let environment = [("ASCEND_SIM_SCHEDULE", file.to_str().unwrap())];
    for _ in 0..4 {
        let text = BENCH.run("schedules", &["a_ping_pong_of_events"], &environment);
        assert!(!text.contains("DIVERGES"), "{text}");
    }
    let order = std::fs::read_to_string(&file).unwrap();
    assert_eq!(order.lines().filter(|line| line.ends_with(" wait-ipc")).count(), 200);
}

#[test]
fn a_file_that_is_no_schedule_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes");
    std::fs::write(&file, "x".repeat(1000)).unwrap();
    let environment = [("ASCEND_SIM_SCHEDULE", file.to_str().unwrap())];
    let text = BENCH.run("schedules", &["two_processes_write_in_turns"], &environment);
    assert!(text.contains("is no schedule") && !text.contains("DIVERGES"), "{text}");
    assert!(!folder.path().join("notes.progress").exists());
}
