//! What a fleet does on the other machine: a bundle is checked and run, and a job is taken from standard input.

use std::io::Write;
use std::process::Stdio;

use ascend_hwtest::bundle::{Contents, open, pack};
use ascend_hwtest::fleet::job::Job;
use ascend_hwtest::verdict::Verdict;

use crate::stage::{HWRUN, Ran, Stage};

/// Unpacks a bundle with the stage's program as the folder `bundles/x`.
fn unpack(stage: &Stage) {
    let contents = Contents {
        target: format!("{}-unknown-linux-gnu", std::env::consts::ARCH),
        runner: HWRUN.into(),
        programs: vec![("fake".into(), stage.path("programs/fake"), Vec::new())],
        ..Contents::default()
    };
    let packed = pack(&contents, &stage.path("b.tar.gz")).unwrap();
    std::fs::create_dir(stage.path("bundles")).unwrap();
    open(&packed.path, &stage.path("bundles/x")).unwrap();
}

/// A run of this bundle, of which `hwrun` is told on standard input.
fn told(stage: &Stage, job: &[u8]) -> Ran {
    let mut command = stage.command(&["run", "--job", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(job).unwrap();
    stage.ended("runs/7", child)
}

fn job() -> Job {
    let arguments = ["run", "--backend", "sim", "--sim", "a2x2", "--progress", "lines"];
    Job {
        run: "7".into(),
        bundle: "unused".into(),
        arguments: arguments.map(str::to_owned).to_vec(),
        environment: [("ASCEND_FROM_THE_JOB".to_owned(), "yes".to_owned())].into(),
        limit: std::time::Duration::from_secs(60),
    }
}

#[test]
fn a_bundle_runs_and_one_that_was_changed_is_refused_before_anything_runs() {
    let stage = Stage::new("passes", "ok");
    unpack(&stage);
    let run = |out: &str| {
        let arguments = ["run", "--backend", "sim", "--sim", "a2x2", "--bundle", "bundles/x", "--out", out];
        let mut command = stage.command(&arguments);
        stage.ended(out, command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    };
    let ran = run("1");
    assert_eq!((ran.code, ran.verdict("passes")), (0, Verdict::Pass), "{}", ran.screen);
    std::fs::write(stage.path("bundles/x/fake"), "#!/bin/sh\n").unwrap();
    let refused = run("2");
    assert_eq!(refused.code, 2, "{}", refused.screen);
    assert!(refused.screen.contains("fake is not the file that was packed"), "{}", refused.screen);
    assert!(!stage.path("2").exists());
}

#[test]
fn a_job_on_standard_input_is_the_run_that_it_describes() {
    let stage = Stage::new("sees", r#"[ "$ASCEND_FROM_THE_JOB" = yes ] && ok"#);
    unpack(&stage);
    let spec = serde_json::to_vec(&job().spec("x")).unwrap();
    let ran = told(&stage, &spec);
    assert_eq!((ran.code, ran.verdict("sees")), (0, Verdict::Pass), "{}", ran.screen);
    assert!(stage.path("runs/7/summary.json").is_file());
}

#[test]
fn a_job_that_is_cut_short_is_refused_with_a_sentence() {
    let stage = Stage::new("passes", "ok");
    let spec = serde_json::to_vec(&job().spec("x")).unwrap();
    let refused = told(&stage, &spec[..spec.len() / 2]);
    assert_eq!(refused.code, 2, "{}", refused.screen);
    assert!(refused.screen.contains("the job makes no sense"), "{}", refused.screen);
    assert!(!stage.path("runs/7").exists());
}
