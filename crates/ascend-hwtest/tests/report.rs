//! Every view of the invented runs in `tests/journals`, against what it must be (`SNAPSHOTS=overwrite` writes them anew).

use std::path::{Path, PathBuf};

use ascend_hwtest::redact::Redactor;
use ascend_hwtest::report::{self, Format, Options};
use ascend_hwtest::view::View;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};

/// A copy of an invented run, since reports are written into the run's folder.
fn run(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals").join(name), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn options() -> Options {
    Options { salt: Some([7; 16]), ..Options::default() }
}

fn written(name: &str, file: &str) -> String {
    let folder = run(name);
    report::write(folder.path(), &options()).unwrap();
    std::fs::read_to_string(folder.path().join(file)).unwrap()
}

fn is_as_expected(name: &str, file: &str) {
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected").join(format!("{name}.{file}"));
    let expected = snapbox::Data::read_from(&expected, Some(snapbox::data::DataFormat::Text));
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(snapbox::Data::text(written(name, file)), expected.raw());
}

#[test]
fn the_summary_of_a_mixed_run_is_as_expected() {
    is_as_expected("mixed", "summary.json");
}

#[test]
fn the_summary_of_a_torn_run_is_as_expected() {
    is_as_expected("torn", "summary.json");
}

#[test]
fn the_junit_of_a_mixed_run_is_as_expected() {
    is_as_expected("mixed", "junit.xml");
}

#[test]
fn the_junit_of_a_torn_run_is_as_expected() {
    is_as_expected("torn", "junit.xml");
}

#[test]
fn the_page_of_a_torn_run_is_as_expected() {
    is_as_expected("torn", "report.html");
}

#[test]
fn the_step_summary_of_a_mixed_run_is_as_expected() {
    is_as_expected("mixed", "summary.md");
}

#[test]
fn the_trace_of_a_torn_run_is_as_expected() {
    is_as_expected("torn", "trace.json");
}

fn parsed(name: &str) -> Report {
    Report::deserialize_from_str(&written(name, "junit.xml")).unwrap()
}

fn found<'a>(report: &'a Report, suite: &str, test: &str) -> &'a TestCase {
    let suite = report.test_suites.iter().find(|each| each.name.as_str() == suite);
    let suite = suite.unwrap_or_else(|| {
        panic!("suites: {:?}", report.test_suites.iter().map(|each| each.name.as_str()).collect::<Vec<_>>())
    });
    suite.test_cases.iter().find(|each| each.name.as_str() == test).expect("the test is in the suite")
}

#[test]
fn junit_tells_failures_from_errors_and_counts_each_case_once() {
    let report = parsed("mixed");
    // fail, hang, leak, xpass; the phase and the device that were left dirty.
    assert_eq!((report.failures, report.errors), (6, 1));
    let hang = report.test_suites.iter().flat_map(|suite| &suite.test_cases).find_map(|case| match &case.status {
        TestCaseStatus::NonSuccess { kind, ty: Some(ty), .. } if ty.as_str() == "hang" => Some(kind),
        _ => None,
    });
    assert_eq!(hang, Some(&NonSuccessKind::Failure));
    let lost = report.test_suites.iter().flat_map(|suite| &suite.test_cases).find_map(|case| match &case.status {
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, ty: Some(ty), reruns, .. } => {
            Some((ty.as_str(), reruns.runs.len()))
        }
        _ => None,
    });
    assert_eq!(lost, Some(("infra.environment", 1)));
}

#[test]
fn junit_names_no_two_cases_of_a_suite_alike() {
    for suite in parsed("mixed").test_suites {
        let names: std::collections::BTreeSet<_> = suite.test_cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), suite.test_cases.len(), "{}", suite.name.as_str());
    }
}

#[test]
fn junit_shows_a_pass_after_a_retry_as_flaky() {
    let report = parsed("mixed");
    let suite =
        report.test_suites.iter().find(|suite| suite.name.as_str() == "memory@cross-card@Ascend910_9392").unwrap();
    let flaky: Vec<usize> = suite
        .test_cases
        .iter()
        .filter_map(|case| match &case.status {
            TestCaseStatus::Success { flaky_runs } => Some(flaky_runs.len()),
            _ => None,
        })
        .collect();
    assert_eq!(flaky.iter().sum::<usize>(), 1, "{flaky:?}");
}

#[test]
fn junit_of_the_simulator_says_so_in_every_suite() {
    let report = parsed("torn");
    assert!(!report.test_suites.is_empty());
    for suite in &report.test_suites {
        assert!(suite.name.as_str().ends_with("@sim"), "{}", suite.name.as_str());
        assert!(suite.properties.iter().any(|property| property.value.as_str() == "SIMULATOR"));
    }
    let open = found(&report, "memory@cross-card@Ascend910B3@sim", "share::what_one_writes_the_other_reads[0-1]");
    assert!(
        matches!(&open.status, TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, ty: Some(ty), .. } if ty.as_str() == "infra.unfinished")
    );
}

#[test]
fn every_file_of_a_simulator_run_says_so() {
    for format in Format::ALL {
        let text = written("torn", format.file());
        let label = if format == Format::Json { "\"backend\": \"sim\"" } else { "SIMULATOR" };
        assert!(text.contains(label), "{}", format.file());
        assert!(!written("mixed", format.file()).contains(label), "{}", format.file());
    }
}

#[test]
fn no_file_tells_a_secret_unless_it_is_asked_to() {
    let folder = run("mixed");
    let secrets = ["alice", "10.1.22.3", "fe80::1ff", "2102312ABC", "00112233445566778899", "lab-a3-07"];
    report::write(folder.path(), &options()).unwrap();
    for format in Format::ALL {
        let text = std::fs::read_to_string(folder.path().join(format.file())).unwrap();
        for secret in secrets {
            assert!(!text.contains(secret), "{} contains {secret}", format.file());
        }
    }
    report::write(folder.path(), &Options { redact: false, ..options() }).unwrap();
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    for secret in secrets {
        assert!(page.contains(secret), "report.html lacks {secret}");
    }
}

#[test]
fn the_page_loads_nothing_runs_nothing_and_shows_logs_as_text() {
    let page = written("mixed", "report.html");
    for forbidden in ["<script", "<img", "<link", "<iframe", " src=\"", "url(", "@import", "alert(1)>"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "the log with markup is shown");
    assert!(!page.contains("http://") || page.matches("http://").count() == page.matches("http://www.w3.org/").count());
}

#[test]
fn a_journal_cut_anywhere_still_has_all_its_reports() {
    let folder = run("mixed");
    let journal = std::fs::read(folder.path().join("events.jsonl")).unwrap();
    for part in 0..12 {
        // Not at the ends of lines, but wherever it falls.
        std::fs::write(folder.path().join("events.jsonl"), &journal[..journal.len() * part / 12]).unwrap();
        assert_eq!(report::write(folder.path(), &options()).unwrap().len(), 5, "part {part}");
        let text = std::fs::read_to_string(folder.path().join("junit.xml")).unwrap();
        Report::deserialize_from_str(&text).unwrap();
    }
}

#[test]
fn a_file_that_cannot_be_written_does_not_keep_the_others_from_being_written() {
    let folder = run("torn");
    std::fs::create_dir_all(folder.path().join("junit.xml/in-the-way")).unwrap();
    let error = report::write(folder.path(), &options()).unwrap_err();
    assert_eq!((error.written.len(), error.failed.len()), (4, 1));
    assert!(error.to_string().contains("junit.xml"), "{error}");
}

#[test]
fn a_run_without_a_journal_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    assert!(report::write(folder.path(), &options()).unwrap_err().to_string().contains("events.jsonl"));
}

#[test]
fn runs_side_by_side_have_a_column_each() {
    let (mixed, torn, out) = (run("mixed"), run("torn"), tempfile::tempdir().unwrap());
    let folders: Vec<PathBuf> = vec![mixed.path().to_owned(), torn.path().to_owned()];
    let files = report::merge(&folders, out.path(), &options()).unwrap();
    assert_eq!(files.len(), 4);
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.path().join("summary.json")).unwrap()).unwrap();
    assert_eq!((&json["exit"], &json["hardware"]), (&100.into(), &false.into()));
    assert_eq!(json["columns"][0]["soc"], "Ascend910_9392");
    assert_eq!(json["columns"][1]["soc"], "Ascend910B3");
    let junit = Report::deserialize_from_str(&std::fs::read_to_string(out.path().join("junit.xml")).unwrap()).unwrap();
    let names: std::collections::BTreeSet<_> = junit.test_suites.iter().map(|suite| suite.name.as_str()).collect();
    assert_eq!(names.len(), junit.test_suites.len(), "suites of different runs have different names");
    let page = std::fs::read_to_string(out.path().join("report.html")).unwrap();
    assert!(page.contains("70a2") && page.contains("5ee7") && page.contains("SIMULATOR"));
}

#[test]
fn a_run_that_cannot_be_read_does_not_keep_the_others_from_being_merged() {
    let (torn, out) = (run("torn"), tempfile::tempdir().unwrap());
    let error = report::merge(&[torn.path().to_owned(), out.path().join("gone")], out.path(), &options()).unwrap_err();
    assert_eq!((error.written.len(), error.failed.len()), (4, 1));
}

#[test]
fn a_view_folds_attempts_into_cases() {
    let view = View::open(run("mixed").path()).unwrap();
    let flaky: Vec<_> = view.cases.iter().filter(|case| case.is_flaky()).collect();
    assert_eq!(flaky.len(), 1);
    assert_eq!((flaky[0].attempts.len(), flaky[0].attempts[1].number), (2, 2));
    assert_eq!((view.exit, view.torn, view.unknown), (Some(100), false, 1));
    let mut hidden = view.clone();
    Redactor::off().view(&mut hidden);
    assert_eq!(hidden, view);
}
