//! Strict mode: each wrong program of the gallery is found out, with its sites, and right programs are met with silence.

use std::os::unix::process::ExitStatusExt;

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use super::{BENCH, bench};

const REPORT: (&str, &str) = ("ASCEND_SIM_STRICT", "report");
const MARK: &str = "ascend-sim: strict: ";

/// The gallery is compiled once, beside the other programs.
static GALLERY: LazyLock<()> = LazyLock::new(|| {
    for name in sources() {
        BENCH.compile(&format!("gallery/{name}"), "acl_rt");
    }
});

fn folder() -> PathBuf {
    bench::sources().join("gallery")
}

fn sources() -> Vec<String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn run(name: &str, environment: &[(&str, &str)]) -> String {
    LazyLock::force(&GALLERY);
    BENCH.run(name, &[], environment)
}

/// The place of the line that bears a mark, as findings show it.
fn place(name: &str, mark: &str) -> String {
    let source = std::fs::read_to_string(folder().join(format!("{name}.c"))).unwrap();
    let line =
        source.lines().position(|line| line.contains(&format!("/* {mark}"))).unwrap_or_else(|| panic!("no {mark}"));
    format!("/gallery/{name}.c:{} ", line + 1)
}

fn findings(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix(MARK)).collect()
}

/// A program has exactly one finding, which names the places that bear these marks.
fn is_found(name: &str, finding: &str, subject: &str, marks: &[&str]) {
    let text = run(name, &[REPORT]);
    let found = findings(&text);
    let prefix = format!("{finding}: {subject}");
    assert!(matches!(found[..], [only] if only.starts_with(&prefix)), "{name}:\n{text}");
    for mark in marks {
        let at = if *mark == "here" { format!(" called at {}", "") } else { " at ".to_owned() };
        let place = place(name, mark);
        let shown = found[0].split("; ").any(|part| part.contains(&at) && format!("{part} ").contains(&place));
        assert!(shown, "{name}: {mark} is {place}:\n{text}");
    }
}

macro_rules! gallery {
    ($($program:ident: $finding:literal, $subject:literal, [$($mark:literal),*];)*) => {
        $(
            #[test]
            fn $program() {
                is_found(stringify!($program), $finding, $subject, &[$($mark),*]);
            }
        )*

        #[test]
        fn every_wrong_program_of_the_gallery_is_run() {
            let mut listed = vec![$(stringify!($program)),*];
            listed.push("leaked");
            listed.sort_unstable();
            let wrong: Vec<String> = sources().into_iter().filter(|name| !name.starts_with("right_")).collect();
            assert_eq!(wrong, listed);
        }
    };
}

gallery! {
    never_recorded: "never-recorded", "event ", ["here", "there"];
    never_recorded_at_all: "never-recorded", "event ", ["here", "there"];
    overwritten: "overwritten", "event ", ["here", "there", "other"];
    destroyed_while_exported: "destroyed-while-exported", "event ", ["here", "there", "other"];
    destroyed_before_opened: "destroyed-while-exported", "event ", ["here", "there"];
    notify_destroyed_while_exported: "destroyed-while-exported", "notify ", ["here", "there", "other"];
    memory_freed_while_exported: "destroyed-while-exported", "memory ", ["here", "there", "other"];
    physical_freed_while_exported: "destroyed-while-exported", "physical memory ", ["here", "there", "other"];
    used_after_destroy: "used-after-destroy", "event ", ["here", "there", "other"];
    wrong_device: "wrong-device", "event ", ["here", "there"];
    notify_on_wrong_device: "wrong-device", "notify ", ["here", "there"];
    foreign_synchronize: "foreign-synchronize", "event ", ["here", "there"];
}

#[test]
fn what_is_left_at_the_end_is_listed_by_kind_and_place() {
    let text = run("leaked", &[REPORT]);
    let found = findings(&text);
    assert_eq!(found.len(), 4, "{text}");
    let expected = [
        ("leaked: 3 × event: ", place("leaked", "here")),
        ("leaked: 1 stream: ", place("leaked", "there")),
        ("leaked: 1 key of exported memory: ", place("leaked", "other")),
        ("leaked: 1 block of device memory: ", "/gallery/leaked.c:".to_owned()),
    ];
    for (prefix, place) in expected {
        assert!(
            found.iter().any(|found| found.starts_with(prefix) && found.contains(&place)),
            "{prefix}{place}:\n{text}"
        );
    }
}

#[test]
fn findings_are_appended_to_a_file_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.jsonl");
    std::fs::write(&path, "{}\n").unwrap();
    run("overwritten", &[REPORT, ("ASCEND_SIM_STRICT_FILE", path.to_str().unwrap())]);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{text}");
    let finding = &lines[1];
    assert_eq!(finding["name"], "overwritten");
    assert_eq!(finding["call"], "aclrtRecordEvent");
    let place = place("overwritten", "here");
    assert!(format!("{} ", finding["site"].as_str().unwrap()).ends_with(&place), "{text}");
    assert_eq!(finding["others"][0]["pid"], finding["pid"]);
    assert_ne!(finding["others"][1]["pid"], finding["pid"]);
    assert_eq!(finding["command"], "overwritten");
}

#[test]
fn abort_ends_the_process_at_the_finding() {
    LazyLock::force(&GALLERY);
    let run = |mode: &str| {
        let program = BENCH.path("used_after_destroy");
        let mut command = Command::new(program);
        command.env("LD_LIBRARY_PATH", BENCH.path("")).env("ASCEND_SIM_STRICT", mode).output().unwrap()
    };
    let output = run("abort");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.signal(), Some(6), "{text}");
    assert_eq!(findings(&text).len(), 1, "{text}");
    let output = run("on");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && text.contains("ASCEND_SIM_STRICT=on is none of"), "{text}");
}

#[test]
fn nothing_is_said_while_strict_mode_is_off() {
    for name in sources() {
        assert!(findings(&run(&name, &[])).is_empty(), "{name}");
    }
}

/// Programs of many rules: what they leave counts, too.
#[test]
fn what_looks_like_misuse_is_none() {
    for rule in [
        "an_allocator_may_outlive_its_streams",
        "a_stream_whose_limits_count_may_be_destroyed",
        "a_stream_that_was_settled_may_be_destroyed_between_two_records",
        "memory_for_overflows_is_not_the_programs_to_free",
    ] {
        let text = BENCH.run("strict_rules", &[rule], &[REPORT]);
        assert!(findings(&text).is_empty(), "{rule}:\n{text}");
    }
}

#[test]
fn two_places_of_a_function_are_two_findings_even_without_debug_information() {
    let source = bench::sources().join("strict_rules.c");
    let bare = BENCH.path("bare.c");
    std::fs::copy(source, &bare).unwrap();
    BENCH.build_with(&bare, "acl_rt", &["-g0", "-I", bench::sources().to_str().unwrap()]);
    let text = BENCH.run("bare", &["two_uses_after_destruction_in_one_function"], &[REPORT]);
    let found = findings(&text);
    let sites: std::collections::BTreeSet<&str> =
        found.iter().map(|found| found.split("called at ").nth(1).unwrap().split(" by ").next().unwrap()).collect();
    assert_eq!((found.len(), sites.len()), (2, 2), "{text}");
    assert!(sites.iter().all(|site| site.contains(" in bare+0x") || site.starts_with("bare+0x")), "{sites:?}");
}

#[test]
fn right_programs_are_met_with_silence() {
    for name in sources().iter().filter(|name| name.starts_with("right_")) {
        let text = run(name, &[REPORT]);
        assert!(findings(&text).is_empty(), "{name}:\n{text}");
    }
    let text = BENCH.run("handover", &[], &[REPORT]);
    assert!(findings(&text).is_empty(), "{text}");
}

/// Rules whose programs are right, but for what they leave for the end of the process to clean up.
#[test]
fn right_rules_are_met_with_silence() {
    let rules = [
        ("situations", "wait_after_completion_and_before_recycling_passes_at_once"),
        ("situations", "wait_after_completion_and_recycling_enqueues_nothing"),
        ("situations", "a_wait_stays_with_the_record_it_was_bound_to"),
        ("situations", "export_writes_the_same_eight_bytes_every_time_and_no_others"),
        ("situations", "destroy_with_outstanding_tasks_returns_at_once"),
        ("calls", "asynchronous_copies_take_their_place"),
        ("calls", "destroying_by_force_drops_queued_work"),
        ("calls", "elapsed_time_needs_a_time_line"),
        ("notifies", "a_notify_wait_blocks_until_a_record"),
        ("notifies", "an_early_record_is_remembered_once"),
        ("notifies", "only_a_listed_process_may_import_a_notify"),
        ("values", "a_value_is_written_in_stream_order"),
        ("values", "values_work_on_memory_of_another_process"),
        ("flagged_events", "the_default_flag_changes_nothing"),
        ("callbacks", "a_blocking_callback_holds_the_stream_until_the_thread_has_run_it"),
        ("callbacks", "one_thread_serves_several_streams_of_one_device"),
        ("callbacks", "a_callback_may_use_the_runtime"),
        ("devices", "a_persistent_stream_is_not_waited_for"),
        ("physical", "freed_memory_lives_while_it_is_mapped"),
        ("physical", "a_fabric_handle_names_the_same_memory"),
        ("memory", "descriptors_are_read_when_the_copy_runs"),
        ("memory", "offsets_apply_to_what_pointers_point_to"),
    ];
    for (program, rule) in rules {
        let text = BENCH.run(program, &[rule], &[REPORT]);
        let wrong: Vec<&str> = findings(&text).into_iter().filter(|found| !found.starts_with("leaked: ")).collect();
        assert!(wrong.is_empty(), "{program} {rule}: {wrong:#?}");
    }
}
