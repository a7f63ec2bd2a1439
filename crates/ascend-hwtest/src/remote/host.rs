//! A machine on which scripts can be run: this one, one behind ssh, or a pod.

use std::io::{BufRead as _, BufReader, Read};
use std::time::Duration;

use duct::Expression;

use super::{Error, Result};

/// What a script writes last if it came to its end: without it, whoever carries the script has failed.
const DONE: &str = "ascend-hwtest:done";

/// Where scripts of `sh` can be run. Scripts are our own text; what varies in them is [plain](crate::profile::is_plain).
pub trait Host: Send + Sync {
    /// Its name, for people.
    fn name(&self) -> String;

    /// The command that runs a script there, with its standard streams.
    fn command(&self, script: &str) -> Expression;
}

/// What a script reads.
pub enum Input<'a> {
    /// Nothing.
    Nothing,
    /// Some bytes.
    Bytes(Vec<u8>),
    /// A file of this machine.
    File(&'a std::path::Path),
}

/// Runs a script to its end and returns what it wrote.
///
/// # Errors
/// [`Error::Lost`] if the script did not come to its end within `limit`; [`Error::Refused`] if it failed, with what it said.
pub fn run(host: &dyn Host, script: &str, input: Input<'_>, limit: Duration) -> Result<String> {
    let lost = |said: String| Error::Lost { host: host.name(), said };
    // In a shell of its own, so that the script's `exit` does not skip the last line.
    let whole = format!("( {script}\n); code=$?; echo; echo {DONE} $code");
    let command = host.command(&whole);
    let command = match input {
        Input::Nothing => command.stdin_null(),
        Input::Bytes(bytes) => command.stdin_bytes(bytes),
        Input::File(path) => command.stdin_path(path),
    };
    let output = finish(&command, limit).map_err(lost)?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let Some((said, code)) = stdout.rsplit_once(DONE) else {
        return Err(lost(if stderr.is_empty() { output.status.to_string() } else { stderr }));
    };
    if code.trim() != "0" {
        let said = if stderr.is_empty() { said.trim().to_owned() } else { stderr };
        return Err(Error::Refused { host: host.name(), said: format!("{said} (exit {})", code.trim()) });
    }
    Ok(said.strip_suffix('\n').unwrap_or(said).to_owned())
}

/// Runs a command of this machine that talks to `whom`, and returns what it wrote.
///
/// # Errors
/// [`Error::Lost`] if it does not exist, fails or takes longer than `limit`: such tools do not tell a refusal from a network
/// that is down in a way that could be relied on.
pub fn capture(whom: &str, command: &Expression, limit: Duration) -> Result<String> {
    let lost = |said: String| Error::Lost { host: whom.to_owned(), said };
    let output = finish(command, limit).map_err(lost)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(lost(if said.is_empty() { output.status.to_string() } else { said }))
}

/// Runs a command to its end, or kills it.
fn finish(command: &Expression, limit: Duration) -> std::result::Result<std::process::Output, String> {
    let command = command.stdout_capture().stderr_capture().unchecked();
    let handle = command.start().map_err(|error| error.to_string())?;
    match handle.wait_timeout(limit) {
        Ok(Some(output)) => Ok(output.clone()),
        Ok(None) => {
            let _ = handle.kill(); // it may have ended just now
            Err(format!("no answer within {} s", limit.as_secs()))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Runs a script and hands over what it writes, as it comes. How it ends says nothing: the caller looks afterwards.
///
/// # Errors
/// It cannot be started here, or `take` fails.
pub fn stream(host: &dyn Host, script: &str, mut take: impl FnMut(&[u8]) -> std::io::Result<()>) -> Result<()> {
    let local = |error: std::io::Error| Error::Local(error.to_string());
    let reader = host.command(script).stdin_null().stderr_null().unchecked().reader().map_err(local)?;
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    loop {
        let bytes = match reader.fill_buf() {
            Ok([]) | Err(_) => break,
            Ok(bytes) => bytes,
        };
        take(bytes).map_err(local)?;
        let taken = bytes.len();
        reader.consume(taken);
    }
    let _ = reader.get_ref().kill(); // at its end already, unless it closed its output early
    Ok(())
}

/// Runs a script and hands its output to a reader, such as that of an archive.
///
/// # Errors
/// It cannot be started, or the reader's own.
pub fn pipe<T>(host: &dyn Host, script: &str, read: impl FnOnce(&mut dyn Read) -> std::io::Result<T>) -> Result<T> {
    let lost = |error: std::io::Error| Error::Lost { host: host.name(), said: error.to_string() };
    let mut reader = host.command(script).stdin_null().stderr_null().unchecked().reader().map_err(lost)?;
    let read = read(&mut reader);
    let _ = reader.kill(); // what it still had to say is not wanted
    read.map_err(lost)
}

/// This machine.
#[derive(Clone, Debug, Default)]
pub struct Local {
    /// Further environment of scripts.
    pub environment: Vec<(String, String)>,
}

impl Host for Local {
    fn name(&self) -> String {
        "this machine".into()
    }

    fn command(&self, script: &str) -> Expression {
        let command = duct::cmd("sh", ["-c", script]);
        self.environment.iter().fold(command, |command, (name, value)| command.env(name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    fn local(script: &str) -> Result<String> {
        run(&Local::default(), script, Input::Nothing, LIMIT)
    }

    #[test]
    fn what_a_script_writes_comes_back_as_it_is() {
        assert_eq!(local("printf 'a\\nb'").unwrap(), "a\nb");
        assert_eq!(run(&Local::default(), "cat", Input::Bytes(b"x y".to_vec()), LIMIT).unwrap(), "x y");
    }

    #[test]
    fn a_script_that_fails_refuses_and_one_that_is_cut_off_is_lost() {
        let error = local("echo why >&2; exit 3").unwrap_err();
        assert!(matches!(&error, Error::Refused { said, .. } if said == "why (exit 3)"), "{error}");
        let error = local("kill -KILL $$").unwrap_err();
        assert!(matches!(error, Error::Lost { .. }), "{error}");
    }

    #[test]
    fn a_script_without_an_end_is_lost_in_time() {
        let error = run(&Local::default(), "exec sleep 60", Input::Nothing, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(&error, Error::Lost { said, .. } if said.starts_with("no answer within")), "{error}");
    }
}
