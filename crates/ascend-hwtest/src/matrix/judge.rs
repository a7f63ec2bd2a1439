//! How an attempt ended, from what its process did and printed.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use crate::verdict::Verdict;

/// What is left of a line in a reason.
const LIMIT: usize = 400;

/// What a runtime says when the environment failed, not the test. These count on hardware only.
const INFRA: [(&str, &str); 4] = [
    ("507010", "the device's heartbeat is lost"),
    ("507033", "the device cannot be brought up"),
    ("EL0005", "the device is busy"),
    ("ret is -8012", "the card has dropped off"),
];

/// What a process did.
#[derive(Clone, Copy, Debug)]
pub enum Ended {
    /// By itself.
    Status(ExitStatus),
    /// It was killed at its deadline, or, with `true`, could not be killed.
    Late(bool),
}

/// The verdict and why. `left` are the processes that outlived it.
#[must_use]
pub fn judge(ended: Ended, stdout: &str, stderr: &str, left: &[String], is_hardware: bool) -> (Verdict, String) {
    let status = match ended {
        Ended::Late(true) => {
            return (Verdict::HangInDriver, "a process is stuck in the kernel even after SIGKILL".into());
        }
        Ended::Late(false) => {
            let cause = cause(stderr).map(|cause| format!("; {cause}")).unwrap_or_default();
            return (Verdict::Hang, format!("did not end within its time{cause}"));
        }
        Ended::Status(status) => status,
    };
    if !status.success() {
        let how = status.signal().map(|signal| format!("died by signal {signal}"));
        let how = how.unwrap_or_else(|| format!("exited with {}", status.code().unwrap_or(-1)));
        let cause = cause(stderr).or_else(|| last_line(stderr)).or_else(|| last_line(stdout));
        let reason = match cause {
            Some(cause) if status.code() == Some(101) => cause,
            Some(cause) => format!("{how}: {cause}"),
            None => how,
        };
        let infra = INFRA.iter().find(|(code, _)| is_hardware && stderr.contains(code));
        return match infra {
            Some((code, meaning)) => (Verdict::Infra, format!("{meaning} ({code}): {reason}")),
            None if reason.starts_with("[Leftover]") => (Verdict::Leak, reason),
            None => (Verdict::Fail, reason),
        };
    }
    if !left.is_empty() {
        return (Verdict::Leak, format!("left behind: {}", left.join(", ")));
    }
    if let Some(reason) = skip(stderr) {
        return (Verdict::Skip, reason);
    }
    match passed(stdout) {
        Some((1.., _)) => (Verdict::Pass, String::new()),
        Some((0, 1..)) => (Verdict::Skip, "ignored by its source".to_owned()),
        Some((0, 0)) => (Verdict::Fail, "the program has no test of this name".to_owned()),
        None => (Verdict::Fail, "exited with 0 and without a verdict".to_owned()),
    }
}

/// The reason of the first `SKIP name: reason` line, without the count that follows it.
fn skip(stderr: &str) -> Option<String> {
    let line = stderr.lines().find_map(|line| line.strip_prefix("SKIP "))?;
    let reason = line.split_once(": ").map_or(line, |(_, reason)| reason);
    let end = reason.rfind(" (").filter(|_| reason.ends_with(')')).unwrap_or(reason.len());
    Some(short(&reason[..end]))
}

/// Passed and ignored in the harness's last line.
fn passed(stdout: &str) -> Option<(u32, u32)> {
    let line = stdout.lines().rev().find_map(|line| line.strip_prefix("test result: ok. "))?;
    let count = |word: &str| {
        let part = line.split(';').find_map(|part| part.trim().strip_suffix(word))?;
        part.trim().parse().ok()
    };
    Some((count("passed")?, count("ignored").unwrap_or(0)))
}

/// The cause as the kit gives it, or else the message of a panic.
fn cause(stderr: &str) -> Option<String> {
    let kit = stderr.lines().find_map(|line| line.trim_start().strip_prefix("cause: "));
    let panic = || {
        let mut lines = stderr.lines().skip_while(|line| !line.contains("panicked at "));
        let place = lines.next()?.split_once("panicked at ")?.1;
        let message = lines.next().unwrap_or_default();
        Some(format!("{} (at {})", message.trim(), place.trim_end_matches(':')))
    };
    let follows = |cause: &str| {
        // A cause that ends in a colon goes on in the next line.
        let mut lines = stderr.lines().skip_while(|line| !line.contains(cause)).skip(1);
        if cause.ends_with(':') {
            format!("{cause} {}", lines.next().unwrap_or_default().trim())
        } else {
            cause.to_owned()
        }
    };
    kit.map(follows).or_else(panic).map(|cause| short(&cause))
}

fn last_line(text: &str) -> Option<String> {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(short)
}

fn short(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &str = "\nrunning 1 test\ntest x ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out\n";

    fn ended(raw: i32, stdout: &str, stderr: &str) -> (Verdict, String) {
        judge(Ended::Status(ExitStatus::from_raw(raw)), stdout, stderr, &[], true)
    }

    #[test]
    fn a_pass_needs_the_harness_to_say_that_one_test_has_passed() {
        assert_eq!(ended(0, OK, ""), (Verdict::Pass, String::new()));
        assert_eq!(ended(0, "", "").1, "exited with 0 and without a verdict");
        assert_eq!(ended(0, &OK.replace("1 passed", "0 passed"), "").1, "the program has no test of this name");
        let ignored = OK.replace("1 passed", "0 passed").replace("0 ignored", "1 ignored");
        assert_eq!(ended(0, &ignored, "").0, Verdict::Skip);
    }

    #[test]
    fn a_skip_gives_its_reason_without_the_count() {
        let told = "SKIP x@sim: need 2 devices, have 1 (NOTHING WAS TESTED: all 1 scenarios of this process so far were skipped)\n";
        assert_eq!(ended(0, OK, told), (Verdict::Skip, "need 2 devices, have 1".into()));
    }

    #[test]
    fn a_failure_says_the_cause_first() {
        let kit = "FAIL x@sim (start-up 0.003 s)\n  cause: [Role] holder panicked at a.rs:16:5:\n    only device 1\n  role holder\n";
        assert_eq!(
            ended(101 << 8, "", kit),
            (Verdict::Fail, "[Role] holder panicked at a.rs:16:5: only device 1".into())
        );
        let panic = "\nthread 'x' (1) panicked at a.rs:3:5:\nassertion failed\nnote: run\n";
        assert_eq!(ended(101 << 8, "", panic).1, "assertion failed (at a.rs:3:5)");
        assert_eq!(ended(11, "", "").1, "died by signal 11");
        assert_eq!(ended(3 << 8, "", "oops\n").1, "exited with 3: oops");
    }

    #[test]
    fn what_the_environment_did_is_infra_on_hardware_only() {
        let text = "cause: [Role] aclrtSetDevice answered 507033\n";
        assert_eq!(ended(101 << 8, "", text).0, Verdict::Infra);
        let simulated = judge(Ended::Status(ExitStatus::from_raw(101 << 8)), "", text, &[], false);
        assert_eq!(simulated.0, Verdict::Fail);
    }

    #[test]
    fn what_is_left_behind_is_a_leak_even_after_a_pass() {
        let left = ["process 7 `sleep`".to_owned()];
        let leak = judge(Ended::Status(ExitStatus::from_raw(0)), OK, "", &left, false);
        assert_eq!(leak, (Verdict::Leak, "left behind: process 7 `sleep`".into()));
        assert_eq!(ended(101 << 8, "", "  cause: [Leftover] process 3\n").0, Verdict::Leak);
    }

    #[test]
    fn texts_cut_at_any_byte_are_judged() {
        let text = "SKIP é@sim: need 2 (count)\nthread 'x' panicked at é.rs:1:1:\nbad\n  cause: [Role] x:\n    y\n";
        for (cut, _) in text.char_indices() {
            for raw in [0, 11, 101 << 8] {
                let _ = ended(raw, &OK[..cut.min(OK.len())], &text[..cut]);
            }
        }
    }
}
