//! Runs a command until a deadline, and then kills it with all that it started.

use std::os::unix::process::CommandExt;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::workspace::Outcome;

/// Runs `command`; the error goes on where "the command" begins.
pub(super) fn run(command: &duct::Expression, limit: Duration) -> Outcome {
    // A group of its own, so that the processes that it starts can be killed with it.
    let grouped = command.unchecked().stdin_null().before_spawn(|command| {
        command.process_group(0);
        Ok(())
    });
    let handle = grouped.start().map_err(|error| format!("cannot start: {error}"))?;
    match handle.wait_timeout(limit)? {
        Some(output) if output.status.success() => Ok(()),
        Some(output) => Err(format!("failed ({})", output.status).into()),
        None => {
            let leader = handle.pids().first().and_then(|pid| Pid::from_raw(i32::try_from(*pid).ok()?));
            if let Some(leader) = leader {
                // Not reaped yet, so the number is still its own; that it has just ended by itself is no error.
                let _ = kill_process_group(leader, Signal::KILL);
            }
            handle.wait()?;
            Err(format!("did not end within {} s, and was killed", limit.as_secs_f64()).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<(), String> {
        run(&duct::cmd("sh", ["-c", script]), limit).map_err(|error| error.to_string())
    }

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(200);

    #[test]
    fn a_command_that_ends_in_time_is_judged_by_its_status() {
        shell("exit 0", LONG).unwrap();
        assert_eq!(shell("exit 3", LONG).unwrap_err(), "failed (exit status: 3)");
    }

    #[test]
    fn a_command_that_does_not_exist_cannot_start() {
        let error = run(&duct::cmd("no-such-command", ["-x"]), LONG).unwrap_err().to_string();
        assert!(error.starts_with("cannot start: "), "{error}");
    }

    #[test]
    fn a_late_command_is_killed_with_the_processes_it_started() {
        let start = Instant::now();
        // The output is captured until the last process that holds it is gone: a survivor would hold up the wait.
        let command = duct::cmd("sh", ["-c", "sleep 50 & sleep 50"]).stdout_capture();
        let error = run(&command, SHORT).unwrap_err().to_string();
        assert_eq!(error, "did not end within 0.2 s, and was killed");
        assert!(start.elapsed() < Duration::from_secs(30), "a process outlived the deadline");
    }
}
