//! What Slurm says of a job, in its two voices: accounting, and the controller's memory.

use crate::fleet::State;

/// What is known of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// In Slurm's word, such as `COMPLETED`.
    pub(super) word: String,
    /// The exit code of the script, and the signal that ended it.
    pub(super) exit: (u8, u8),
    /// Why it waits or failed, if it is said.
    pub(super) reason: String,
}

/// The first line of `sacct -n -P -X -o State,ExitCode,Reason`.
pub(super) fn from_sacct(text: &str) -> Option<Told> {
    let mut fields = text.lines().find(|line| !line.trim().is_empty())?.split('|');
    // `CANCELLED by 1000` is a state with a remark.
    let word = fields.next()?.split_whitespace().next()?.to_owned();
    let exit = exit(fields.next()?)?;
    Some(Told { word, exit, reason: reason(fields.next().unwrap_or_default()) })
}

/// The one line of `scontrol show job -o`.
pub(super) fn from_scontrol(text: &str) -> Option<Told> {
    let field = |name: &str| {
        text.split_whitespace().find_map(|word| word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')))
    };
    let exit = field("ExitCode").and_then(exit).unwrap_or_default();
    Some(Told { word: field("JobState")?.to_owned(), exit, reason: reason(field("Reason").unwrap_or_default()) })
}

fn exit(text: &str) -> Option<(u8, u8)> {
    let (code, signal) = text.trim().split_once(':')?;
    Some((code.parse().ok()?, signal.parse().ok()?))
}

fn reason(text: &str) -> String {
    if ["None", "(null)"].contains(&text) { String::new() } else { text.to_owned() }
}

/// What it means. `written` is the exit code that the job itself wrote down: it says more than the scheduler can.
pub(super) fn judge(told: &Told, written: Option<u8>) -> State {
    let infra = |why: &str| State::Infra(format!("{}: {why}", told.word));
    match told.word.as_str() {
        "PENDING" | "CONFIGURING" | "REQUEUED" | "REQUEUE_HOLD" | "REQUEUE_FED" | "SPECIAL_EXIT" | "SUSPENDED"
        | "STOPPED" | "RESIZING" => State::Queued(told.reason.clone()),
        "RUNNING" | "COMPLETING" | "SIGNALING" | "STAGE_OUT" => State::Running,
        "COMPLETED" | "FAILED" => match (written, told.exit) {
            (Some(code), _) => State::Ended(code),
            // The script writes its code before it ends, so a code without one is not of hwrun.
            (None, (_, signal)) if signal != 0 => infra(&format!("the job was killed by signal {signal}")),
            (None, (code, _)) => infra(&format!("the job ended with code {code} before hwrun did")),
        },
        "CANCELLED" => State::Cancelled,
        "NODE_FAIL" => infra("the node was lost"),
        "PREEMPTED" => infra("another job took the node"),
        "TIMEOUT" => infra("the time that was asked of the queue was over"),
        "OUT_OF_MEMORY" => infra("the job used more memory than it had asked for"),
        "BOOT_FAIL" | "LAUNCH_FAILED" | "RECONFIG_FAIL" | "DEADLINE" | "REVOKED" => {
            infra("the node did not run the job")
        }
        other => State::Infra(format!("Slurm says {other:?}, which is not known here")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PENDING: &str =
        "JobId=1 JobName=a JobState=PENDING Reason=Resources Dependency=(null) ExitCode=0:0 RunTime=0";

    #[test]
    fn both_voices_are_understood() {
        let told = from_sacct("FAILED|100:0|None\n").unwrap();
        assert_eq!(told, Told { word: "FAILED".into(), exit: (100, 0), reason: String::new() });
        assert_eq!(from_sacct("\nCANCELLED by 1000|0:15|x\n").unwrap().word, "CANCELLED");
        let told = from_scontrol(PENDING).unwrap();
        assert_eq!(judge(&told, None), State::Queued("Resources".into()));
    }

    #[test]
    fn what_is_cut_short_is_no_answer_and_no_panic() {
        for text in ["FAILED|100:0|None\n", PENDING] {
            for end in 0..text.len() {
                let _ = (from_sacct(&text[..end]), from_scontrol(&text[..end]));
            }
        }
        assert_eq!(from_sacct(""), None);
        assert_eq!(from_sacct("FAILED"), None);
        assert_eq!(from_scontrol("slurm_load_jobs error: Invalid job id specified"), None);
    }

    #[test]
    fn a_lost_node_a_preemption_and_a_timeout_are_the_environments_fault() {
        let told = |word: &str, exit| Told { word: word.into(), exit, reason: String::new() };
        for word in ["NODE_FAIL", "PREEMPTED", "TIMEOUT", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "NEW_WORD"] {
            assert!(matches!(judge(&told(word, (0, 15)), None), State::Infra(_)), "{word}");
        }
        assert_eq!(judge(&told("FAILED", (100, 0)), Some(100)), State::Ended(100));
        assert_eq!(judge(&told("COMPLETED", (0, 0)), Some(0)), State::Ended(0));
        assert!(matches!(judge(&told("FAILED", (0, 9)), None), State::Infra(_)), "killed from outside");
        assert!(matches!(judge(&told("COMPLETED", (0, 0)), None), State::Infra(_)), "hwrun never ended");
        assert_eq!(judge(&told("CANCELLED", (0, 15)), None), State::Cancelled);
        assert_eq!(judge(&told("COMPLETING", (0, 0)), Some(0)), State::Running);
    }
}
