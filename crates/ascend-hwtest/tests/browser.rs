//! The page in a real browser: it renders, says nothing on the console, and loads nothing.
//!
//! Skipped, and said so, where there is no Chromium. `HWTEST_SCREENSHOTS=DIR` keeps the pictures.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ascend_hwtest::report::{self, Options};

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        // Not eprintln!, which the test harness hides.
        let text = "SKIP browser: there is no chromium on this machine (NOTHING WAS TESTED); see ci/setup.sh\n";
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
    found
}

/// Runs the browser on a page, in a home of its own; gives its standard output and standard error.
fn browse(chromium: &Path, page: &Path, arguments: &[&str]) -> (String, String) {
    let home = tempfile::tempdir().unwrap();
    let (out, err) = (home.path().join("stdout"), home.path().join("stderr"));
    let mut child = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-dev-shm-usage",
        ])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        // Whatever the page asks for has nowhere to go.
        .args([
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            "--window-size=1240,3900",
            "--hide-scrollbars",
        ])
        .arg(format!("--user-data-dir={}", home.path().join("profile").display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(std::fs::File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let start = std::time::Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the browser did not end: {}", std::fs::read_to_string(&err).unwrap());
        }
        // sleep: nothing tells of a child's end with a deadline without a signal handler
        std::thread::sleep(Duration::from_millis(50));
    };
    let text = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let (out, err) = (text(&out), text(&err));
    assert!(status.success(), "{status}: {err}");
    (out, err)
}

/// A report on the invented run of this name, or on both side by side.
fn reports(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let journals = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals");
    let runs: Vec<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
    for (run, name) in runs.iter().zip(names) {
        let copied = Command::new("cp").arg("-r").arg(journals.join(name)).arg(run).status().unwrap();
        assert!(copied.success());
        report::write(run, &Options::default()).unwrap();
    }
    let page = if runs.len() == 1 { runs[0].join("report.html") } else { folder.path().join("report.html") };
    if runs.len() > 1 {
        report::merge(&runs, folder.path(), &Options::default()).unwrap();
    }
    (folder, page)
}

/// The page as the browser has understood it; its console must be empty.
fn rendered(chromium: &Path, names: &[&str]) -> String {
    let (folder, page) = reports(names);
    let (dom, err) = browse(chromium, &page, &["--dump-dom"]);
    let console: Vec<_> = err.lines().filter(|line| line.contains("CONSOLE") || line.contains("Refused to")).collect();
    assert!(console.is_empty(), "{console:?}");

    let picture = folder.path().join("page.png");
    browse(chromium, &page, &[&format!("--screenshot={}", picture.display())]);
    let png = std::fs::read(&picture).unwrap();
    assert!(png.starts_with(b"\x89PNG") && png.len() > 20_000, "a picture of {} bytes", png.len());
    if let Some(keep) = std::env::var_os("HWTEST_SCREENSHOTS") {
        std::fs::copy(&picture, Path::new(&keep).join(format!("{}.png", names.join("-")))).unwrap();
        std::fs::copy(&page, Path::new(&keep).join(format!("{}.html", names.join("-")))).unwrap();
    }
    dom
}

#[test]
fn the_page_of_a_run_shows_a_heat_map_and_plots_and_has_no_script() {
    let Some(chromium) = chromium() else { return };
    let dom = rendered(&chromium, &["mixed"]);
    assert!(!dom.contains("<script"), "no script, not even one that a log smuggled in");
    let heat = dom.split("id=\"heat-map\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(heat.matches("<td").count(), 16, "4 devices by 4");
    assert!(heat.contains("HCCS_SW") && heat.contains("<td class=\"none cut\""), "links, and one that does not reach");
    let plots = dom.split("id=\"plots\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(plots.matches("<svg").count(), 3, "two measurements and the durations");
    assert!(plots.contains("<polyline") && plots.contains("<circle"));
    let timeline = dom.split("id=\"timeline\"").nth(1).unwrap();
    assert!(timeline.contains("<rect class=\"fail\""));
}

#[test]
fn the_page_of_a_torn_simulator_run_says_both() {
    let Some(chromium) = chromium() else { return };
    let dom = rendered(&chromium, &["torn"]);
    assert!(dom.contains("SIMULATOR — nothing on this page was measured on Ascend hardware"));
    assert!(dom.contains("did not end") && dom.contains("is torn"));
}

#[test]
fn the_page_of_several_runs_has_a_column_each() {
    let Some(chromium) = chromium() else { return };
    let dom = rendered(&chromium, &["mixed", "torn"]);
    let matrix = dom.split("id=\"matrix\"").nth(1).unwrap();
    assert!(matrix.contains("Ascend910_9392") && matrix.contains("Ascend910B3"));
}
