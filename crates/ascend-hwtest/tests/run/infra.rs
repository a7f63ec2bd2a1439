//! When the environment fails: another attempt elsewhere, and a device that does it twice is not used any more.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use ascend_hwtest::event::{Case, CaseEnd, Die, Placement};
use ascend_hwtest::journal::Journal;
use ascend_hwtest::matrix::attempt::Setting;
use ascend_hwtest::matrix::known::Known;
use ascend_hwtest::matrix::{Matrix, Policy};
use ascend_hwtest::plan::Planned;
use ascend_hwtest::screen::Nothing;
use ascend_hwtest::verdict::Verdict;

use crate::stage::{HWRUN, Stage};

/// Runs `cases` cases on device 0 of two, as if they were hardware, whose device 0 answers as `body` says.
fn run(cases: u32, body: &str) -> Vec<CaseEnd> {
    let stage = Stage::new("x", body);
    let out = stage.path("out");
    std::fs::create_dir(&out).unwrap();
    let setting = Setting {
        root: "/".into(),
        runner: HWRUN.into(),
        run: format!("infra-{}", std::process::id()),
        folder: out,
        backend: "hw".into(),
        environment: BTreeMap::from([("PATH".into(), std::env::var("PATH").unwrap())]),
        programs: BTreeMap::from([("fake".into(), stage.path("programs/fake"))]),
        timeout: Duration::from_secs(60),
        grace: Duration::from_secs(1),
    };
    let policy = Policy { jobs: 1, retries_infra: 1, retry_failures: 0, fail_fast: false };
    let dies: Vec<Die> = (0..2).map(|logic| Die { logic, card: logic, ..Die::default() }).collect();
    let journal = Journal::open(Path::new(&setting.folder), Box::new(Nothing)).unwrap();
    let known = Known::default();
    let matrix =
        Matrix { setting: &setting, policy, known: &known, dies: &dies, links: &[], journal: &journal, stop: &|| None };
    let case = |number: u32| {
        let (program, test) = ("fake".to_owned(), "x".to_owned());
        let case =
            Case { name: format!("fake::x#{number}"), program, test, placement: Placement::SameDie, dies: vec![0] };
        Planned { case, skip: None }
    };
    matrix.run((0..cases).map(case).collect())
}

const SICK: &str = "[ $ASCEND_RT_VISIBLE_DEVICES = 0 ] && echo 'aclrtSetDevice answered 507033' >&2 && exit 101; ok";

#[test]
fn an_attempt_that_the_environment_failed_is_repeated_on_another_device() {
    let ends = run(1, SICK);
    let seen: Vec<_> = ends.iter().map(|end| (end.attempt, end.verdict)).collect();
    assert_eq!(seen, [(1, Verdict::Infra), (2, Verdict::Pass)], "{ends:?}");
    assert!(ends[0].reason.contains("cannot be brought up (507033)"), "{}", ends[0].reason);
}

#[test]
fn a_device_that_fails_twice_in_a_row_is_in_quarantine_and_its_cases_move() {
    let ends = run(6, SICK);
    let infra = ends.iter().filter(|end| end.verdict == Verdict::Infra).count();
    let passed = ends.iter().filter(|end| end.verdict == Verdict::Pass).count();
    assert_eq!((infra, passed), (2, 6), "{ends:?}");
}

#[test]
fn when_no_device_is_left_the_cases_end_and_say_so() {
    let ends = run(6, "echo 'ret is -8012' >&2; exit 101");
    let left = ends.iter().filter(|end| end.reason == "no device is left for it").count();
    assert!(left >= 2 && ends.iter().all(|end| end.verdict == Verdict::Infra), "{ends:?}");
}
