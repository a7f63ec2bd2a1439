//! The process of the scenario itself: it may die, it may have one thread or many, its body may never end.
#![allow(clippy::print_stdout, reason = "the tests that start another process read what it prints")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use ascend_testkit::{RoleCx, RoleResult, Scenario, Setup, roles, run};

mod expect;
mod rerun;

roles![sleeper, stubborn, quick];

const LIMIT: Duration = Duration::from_secs(20);

fn sleeper(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.barrier("asleep")?;
    std::thread::sleep(Duration::from_secs(1000));
    Ok(())
}

/// Does not notice the end of its socket, and is not stopped by `SIGTERM` or `SIGHUP` either.
fn stubborn(cx: &mut RoleCx, (): ()) -> RoleResult {
    cx.barrier("asleep")?;
    let script = "trap '' TERM HUP; exec sleep 1000";
    Err(std::os::unix::process::CommandExt::exec(std::process::Command::new("sh").args(["-c", script])).into())
}

#[test]
#[ignore = "run by the tests that kill it"]
fn inner_sleeps() {
    run(|s| {
        let roles = [s.spawn(sleeper, ()), s.spawn(sleeper, ()), s.spawn(stubborn, ())];
        s.barrier("asleep", &roles);
        let pids = roles.each_ref().map(|role| role.pid().to_string()).join(" ");
        println!("roles {pids}");
        s.join();
    });
}

/// Ends it in the end, whatever the test finds.
struct Coordinator(Child);

impl Drop for Coordinator {
    fn drop(&mut self) {
        self.0.kill().expect("a child can be killed");
        self.0.wait().expect("and waited for");
    }
}

/// The scenario above in a process of its own, and the processes of its roles.
fn start() -> (Coordinator, Vec<u32>) {
    let arguments = ["inner_sleeps", "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    let mut command = rerun::command(&arguments, &[]);
    let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.map_while(Result::ok).find_map(|line| line.split_once("roles ").map(|(_, pids)| pids.to_owned()));
    let pids = line.unwrap().split(' ').map(|pid| pid.parse().unwrap()).collect();
    (Coordinator(child), pids)
}

#[test]
fn roles_die_with_the_process_of_their_scenario() {
    let (coordinator, pids) = start();
    assert_eq!(pids.iter().filter(|pid| expect::is_there(**pid)).count(), 3, "{pids:?}");
    drop(coordinator);
    for pid in pids {
        assert!(expect::goes(pid, LIMIT), "{pid} outlived its scenario");
    }
}

fn quick(cx: &mut RoleCx, number: u32) -> RoleResult {
    cx.barrier("all")?;
    cx.send("square", &(number * number))?;
    Ok(())
}

#[test]
fn a_body_in_a_function_of_its_own_names_its_test() {
    fn body(s: &mut Scenario) {
        let quick = s.spawn(quick, 1);
        s.barrier("all", [&quick]);
    }
    let report = Setup::new().test("a_body_in_a_function_of_its_own_names_its_test").run_report(body);
    expect::passed(&report);
    assert_eq!(report.name(), "a_body_in_a_function_of_its_own_names_its_test@sim");
}

mod many {
    //! Enough scenarios to have several at once.

    use super::quick;
    use ascend_testkit::run;

    macro_rules! scenarios {
        ($($name:ident)*) => {$(
            #[test]
            fn $name() {
                run(|s| {
                    let roles: Vec<_> = (1..4).map(|number| s.spawn(quick, number)).collect();
                    s.barrier("all", &roles);
                    assert_eq!(roles.iter().map(|role| role.receive::<u32>("square")).sum::<u32>(), 14);
                });
            }
        )*};
    }

    scenarios![a b c d e f g h i j k l];
}

#[test]
fn any_number_of_test_threads_will_do() {
    for threads in ["1", "3", "12"] {
        let threads = format!("--test-threads={threads}");
        let output = rerun::command(&["many::", &threads], &[]).output().unwrap();
        let text = rerun::text(&output);
        assert!(output.status.success() && text.contains("12 passed"), "{threads}:\n{text}");
    }
}

#[test]
#[ignore = "run by a_body_that_never_ends_is_ended_with_its_process"]
fn inner_never_ends() {
    let tenth = Duration::from_millis(100);
    Setup::new().body(tenth).teardown(tenth).run(|_| {
        std::thread::sleep(Duration::from_secs(1000));
    });
}

#[test]
fn a_body_that_never_ends_is_ended_with_its_process() {
    let begin = Instant::now();
    let arguments = ["inner_never_ends", "--exact", "--ignored", "--nocapture"];
    let output = rerun::command(&arguments, &[]).output().unwrap();
    let text = rerun::text(&output);
    assert_eq!(output.status.code(), Some(101), "{text}");
    assert!(text.contains("a body cannot be ended, so the whole process is"), "{text}");
    assert!(text.contains("the body took too long, and the body is in no wait of the kit"), "{text}");
    assert!(begin.elapsed() < LIMIT);
}

#[test]
fn a_binary_with_no_such_test_is_told_from_a_role_that_fails() {
    let report = Setup::new().test("no::such::test").run_report(|s| {
        s.spawn(quick, 1);
    });
    let hint = "never came to the role: the binary has no such test, or the test does not call the kit first";
    expect::failed(&report, ascend_testkit::FailureKind::Role, &["quick exited with 0 and without a verdict", hint]);
}
