//! Cases that are run again: at once, or in another run.

use ascend_hwtest::verdict::Verdict;

use crate::stage::Stage;

/// Fails at first, and passes when its file is there.
const FLAKY: &str = "[ -e \"PATH\" ] && ok && exit; touch \"PATH\"; exit 101";

fn flaky(stage: &Stage, name: &str) -> String {
    FLAKY.replace("PATH", &stage.path(name).display().to_string())
}

#[test]
fn a_failure_that_passes_at_its_second_attempt_is_flaky_and_may_be_denied() {
    let stage = Stage::new("wavers", "");
    stage.program("wavers", &flaky(&stage, "first"));
    let ran = stage.run(&["--retry-failures", "1"]);
    assert_eq!((ran.code, ran.end("wavers").attempt), (0, 2), "{}", ran.screen);
    assert!(ran.screen.contains("1 flaky"), "{}", ran.screen);
    stage.program("wavers", &flaky(&stage, "second"));
    let denied = stage.ended("denied", stage.start("denied", &["--retry-failures", "1", "--deny", "flaky"]));
    assert_eq!(denied.code, 100);
}

#[test]
fn a_rerun_takes_what_is_open_and_says_so_while_something_still_is() {
    let stage = Stage::new("a b passes", "[ $test = passes ] && ok || exit 101");
    assert_eq!(stage.run(&[]).code, 100);
    stage.program("a b passes", "[ $test = passes ] && exit 9; ok");
    let rerun = |from: &str, out: &str, more: &[&str]| {
        let usual = ["rerun", from, "--programs", "programs", "--out", out, "--progress", "lines"];
        let child = stage.command(&[&usual, more].concat()).stdout(std::process::Stdio::piped()).spawn().unwrap();
        stage.ended(out, child)
    };
    let one = rerun("out", "one", &["--test", "fake::a@same-die"]);
    assert_eq!((one.code, one.verdict("a")), (5, Verdict::Pass), "{}", one.screen);
    let rest = rerun("one", "rest", &["--failed"]);
    assert_eq!(rest.code, 4, "{}", rest.screen);
    let rest = rerun("one", "rest", &[]);
    assert_eq!((rest.code, rest.verdict("b")), (0, Verdict::Pass), "{}", rest.screen);
    assert_eq!(rerun("rest", "none", &[]).code, 4);
    let both = rerun("out", "both", &["--failed"]);
    assert_eq!(both.code, 0, "{}", both.screen);
}

#[test]
fn a_case_is_repeated_as_often_as_asked() {
    let stage = Stage::new("passes", "ok");
    let ran = stage.run(&["--stress-count", "5"]);
    assert!(ran.code == 0 && ran.screen.contains(" 5 cases in "), "{}", ran.screen);
}
