//! What a code, a verdict or an exit code means, for `explain`.

use crate::event::Severity;
use crate::exit::Exit;
use crate::preflight::{self, CODES};
use crate::verdict::Verdict;

const VERDICTS: [(Verdict, &str); 9] = [
    (Verdict::Pass, "The case did what it says."),
    (Verdict::Skip, "The case was not run. The reason is told: a device, a capability or a program that is missing."),
    (Verdict::XFail, "The case failed as an entry of the known issues says it must. It does not count as a failure."),
    (
        Verdict::XPass,
        "The case passed although a known issue says that it fails. It counts as a failure, so that the entry is taken out.",
    ),
    (
        Verdict::Fail,
        "The case failed. The cause comes first in the report, then where, then the logs and how to run it alone.",
    ),
    (Verdict::Leak, "The case passed and left processes, descriptors or memory behind. It counts as a failure."),
    (
        Verdict::Hang,
        "The case did not end within its time and was killed. What its processes were doing is in hang.txt of its logs.",
    ),
    (
        Verdict::HangInDriver,
        "A process of the case survives SIGKILL: it is stuck in the driver. Its device is not used any more in the run; only a reset or reboot frees it. The exit code is 102.",
    ),
    (
        Verdict::Infra,
        "The environment failed, not the code: a device or a connection was lost, a node was preempted. Such cases are tried again if --retries-infra allows it, and two in a row put the device aside.",
    ),
];

const EXITS: [(Exit, &str); 14] = [
    (Exit::Ok, "Everything that was asked for was done, and passed."),
    (Exit::Internal, "A fault of this program: please report it with the run's folder."),
    (Exit::Usage, "The command line makes no sense; --help shows what does."),
    (Exit::NothingSelected, "The filter selects no case; `list` shows all."),
    (Exit::StillOpen, "What was run again passed, but other cases of that run are still open."),
    (
        Exit::NoHardware,
        "There is no usable hardware; doctor says why. The simulator is never taken silently: --backend sim.",
    ),
    (
        Exit::CannotRun,
        "The hardware works, but cannot run what was asked for: all its cases are skipped, or --require is not met.",
    ),
    (Exit::Busy, "Devices are in use. Try again later, or wait with --wait; schedulers may requeue (EX_TEMPFAIL)."),
    (Exit::Failed, "Cases failed; XPASS, LEAK and HANG count."),
    (Exit::BuildFailed, "The test programs do not build; the compiler's messages are above."),
    (
        Exit::Infra,
        "The environment failed: a device, a connection or a node was lost, or a process is stuck in the driver.",
    ),
    (Exit::Dirty, "Devices were left other than they were found: memory, processes or health."),
    (Exit::OutOfTime, "The time of --max-time was up; what was finished is in the report."),
    (Exit::Interrupted, "Somebody interrupted the run; what was finished is in the report."),
];

/// What `P16`, `HANG` or `102` means, in whatever case it is written; `None` for what is none of these.
#[must_use]
pub fn explain(word: &str) -> Option<String> {
    if let Some(entry) = preflight::entry(word) {
        let severity = match entry.severity {
            Severity::Error => "error: nothing can be run",
            Severity::Skip => "skip: some cases are skipped",
            Severity::Warning => "warning",
        };
        return Some(format!("{} {} ({severity})\n\n{}\n", entry.code, entry.title, entry.about));
    }
    if let Some((verdict, about)) = VERDICTS.iter().find(|(verdict, _)| verdict.word().eq_ignore_ascii_case(word)) {
        return Some(format!("{}\n\n{about}\n", verdict.word()));
    }
    let (exit, about) = EXITS.iter().find(|(exit, _)| exit.code().to_string() == word)?;
    Some(format!("exit code {}\n\n{about}\n", exit.code()))
}

/// Everything that can be explained.
#[must_use]
pub fn known() -> Vec<String> {
    let codes = CODES.iter().map(|entry| entry.code.to_owned());
    let verdicts = VERDICTS.iter().map(|(verdict, _)| verdict.word().to_owned());
    codes.chain(verdicts).chain(EXITS.iter().map(|(exit, _)| exit.code().to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_verdict_and_exit_code_is_explained() {
        let known = known();
        assert_eq!(known.len(), 28 + 9 + 14);
        for word in &known {
            let text = explain(word).unwrap();
            assert!(text.contains(word) && text.len() > word.len() + 20, "{text}");
        }
        assert!(explain("p16").unwrap().contains("26.0.RC1"));
        assert!(explain("hang(d-state)").unwrap().contains("SIGKILL"));
        assert_eq!((explain("P29"), explain("3"), explain("")), (None, None, None));
    }

    #[test]
    fn codes_are_numbered_without_gaps() {
        for (index, entry) in CODES.iter().enumerate() {
            assert_eq!(entry.code, format!("P{:02}", index + 1));
        }
    }
}
