//! The driver: starts the two roles, follows them, and compares what went in with what came out. It never loads AscendCL.

use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ascend_ipc::{Channel, ErrorKind, Runtime};
use indicatif::{ProgressBar, ProgressStyle};
use rustix::event::{PollFd, PollFlags};
use rustix::process::Signal;

use crate::conversation::{Report, Tally};
use crate::options::{Options, Role};
use crate::{Outcome, backend, files};

/// How long the driver waits for a role that has ended to be gone.
const GRACE: Duration = Duration::from_secs(5);
/// How often the driver looks whether it was interrupted.
const GLANCE: rustix::event::Timespec = rustix::event::Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// A started role.
struct Started {
    name: &'static str,
    child: Child,
    channel: Channel,
    tally: Option<Tally>,
}

impl Drop for Started {
    fn drop(&mut self) {
        // Whatever went wrong, no process is left behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs both roles and says how it went.
pub(crate) fn run(options: &Options) -> Outcome {
    let interrupted = interrupts()?; // before there is anything to clean up
    let folder = tempfile::Builder::new().prefix("two_processes-").tempdir()?;
    let mut settled = options.clone();
    let input = match &options.input {
        Some(path) => path.clone(),
        None => {
            let path = folder.path().join("input");
            files::generate(&path, options.size, &interrupted)?;
            path
        }
    };
    let output = options.output.clone().unwrap_or_else(|| folder.path().join("output"));
    // Before any process is started: a wrong path is the most likely mistake.
    let length = files::check(&input, &output)?;
    settled.input = Some(input.clone());
    settled.output = Some(output.clone());
    settled.socket = Some(folder.path().join("socket"));

    let mut roles = [start(&settled, Role::Producer)?, start(&settled, Role::Consumer)?];
    let bar = ProgressBar::new(length)
        .with_style(ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {bytes_per_sec}")?);
    let followed = follow(&mut roles, &bar, &interrupted);
    bar.finish_and_clear();
    followed?;
    let [producer, consumer] = roles;
    let (Some(sent), Some(received)) = (producer.tally, consumer.tally) else {
        return Err("a role did not report".into());
    };
    drop((producer, consumer));
    if received.bytes != length {
        return Err(format!("{} of {length} bytes arrived: the input changed meanwhile", received.bytes).into());
    }
    conclude(&sent, &received, &input, &output)
}

fn conclude(sent: &Tally, received: &Tally, input: &Path, output: &Path) -> Outcome {
    say(&format!(
        "{} chunks, {} bytes in {:.2} s: {:.0} MB/s; {} records, {} waits on the device",
        received.chunks,
        received.bytes,
        received.seconds,
        received.bytes as f64 / 1e6 / received.seconds.max(1e-9),
        sent.records + received.records,
        sent.waits + received.waits,
    ))?;
    let (before, after) = (files::sha256(input)?, files::sha256(output)?);
    if before != after {
        return Err(format!("the output differs from the input: sha256 {after} is not {before}").into());
    }
    say(&format!("sha256 {after}: output and input are identical"))
}

/// A line for whoever reads; nobody has to.
fn say(line: &str) -> Outcome {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn start(options: &Options, role: Role) -> Outcome<Started> {
    let name = if role == Role::Producer { "producer" } else { "consumer" };
    let (channel, theirs) = Channel::pair()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(options.arguments(role));
    theirs.pass_to(&mut command);
    let child = command.spawn().map_err(|error| format!("starting the {name}: {error}"))?;
    Ok(Started { name, child, channel, tally: None })
}

/// Set by the signals that ask a program to end, so that it ends in order and leaves no files.
fn interrupts() -> Outcome<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
    }
    Ok(interrupted)
}

/// Reads both roles' reports until both are done, or one fails or dies.
fn follow(roles: &mut [Started; 2], bar: &ProgressBar, interrupted: &AtomicBool) -> Outcome {
    let mut announced = false;
    loop {
        let mut busy: Vec<&mut Started> = roles.iter_mut().filter(|role| role.tally.is_none()).collect();
        if busy.is_empty() {
            return Ok(());
        }
        let ready: Vec<bool> = {
            let mut polled: Vec<PollFd<'_>> =
                busy.iter().map(|role| PollFd::from_borrowed_fd(role.channel.as_fd(), PollFlags::IN)).collect();
            match rustix::event::poll(&mut polled, Some(&GLANCE)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if interrupted.load(Ordering::Relaxed) {
                return Err("interrupted; both processes were ended".into());
            }
            polled.iter().map(|polled| !polled.revents().is_empty()).collect()
        };
        let Some(position) = ready.iter().position(|ready| *ready) else { continue };
        if let Some(failure) = hear(busy[position], bar, &mut announced)? {
            busy.remove(position);
            return Err(first_cause(failure, busy).into());
        }
    }
}

/// A failure, and whether it only says that the other role is gone.
struct Failure {
    text: String,
    other_is_gone: bool,
}

/// What happened first: a role that only misses the other one is no news when that one says why.
fn first_cause(failure: Failure, others: Vec<&mut Started>) -> String {
    for other in others.into_iter().filter(|_| failure.other_is_gone) {
        while other.tally.is_none() {
            match hear(other, &ProgressBar::hidden(), &mut true) {
                Ok(None) => {} // it got further than that before it failed
                Ok(Some(Failure { text, other_is_gone: false })) => return text,
                Ok(Some(_)) | Err(_) => break,
            }
        }
    }
    failure.text
}

/// Takes a role's next report; answers with its failure.
fn hear(role: &mut Started, bar: &ProgressBar, announced: &mut bool) -> Outcome<Option<Failure>> {
    let failure = |text: String, other_is_gone| Ok(Some(Failure { text, other_is_gone }));
    match role.channel.receive(GRACE) {
        Ok(Report::Backend(text)) if !*announced => {
            *announced = true;
            bar.suspend(|| say(&format!("backend: {text}")))?;
        }
        Ok(Report::Backend(_)) => {}
        Ok(Report::Progress(bytes)) => bar.set_position(bytes),
        Ok(Report::Done(tally)) => role.tally = Some(tally),
        Ok(Report::Failed { why, other_is_gone }) => {
            return failure(format!("the {}: {why}", role.name), other_is_gone);
        }
        Err(error) if error.kind() == ErrorKind::ChannelClosed => return failure(obituary(role), false),
        Err(error) => return failure(format!("the {}: {error}", role.name), false),
    }
    Ok(None)
}

/// Says how a role ended that did not say it itself.
fn obituary(role: &mut Started) -> String {
    let Ok(status) = role.child.wait() else { return format!("the {} is gone", role.name) };
    match (status.signal(), status.code()) {
        (Some(signal), _) => {
            format!("the {} was killed by signal {signal}; the other process was ended too", role.name)
        }
        (None, code) => format!("the {} ended with exit code {} and no report", role.name, code.unwrap_or(-1)),
    }
}

/// Runs one role in a process of its own; it dies with the driver.
pub(crate) fn as_role(options: &Options, role: fn(&Options, &Runtime, &Channel) -> Outcome<Tally>) -> Outcome {
    let driver = Channel::inherited()?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let outcome = backend::choose(&options.backend).and_then(|acl| {
        driver.send(&Report::Backend(backend::describe(&acl)), options.timeout)?;
        role(options, &acl, &driver)
    });
    let report = match outcome {
        Ok(tally) => Report::Done(tally),
        Err(error) => {
            let kind = error.downcast_ref().map(ascend_ipc::Error::kind);
            Report::Failed { why: error.to_string(), other_is_gone: kind == Some(ErrorKind::ChannelClosed) }
        }
    };
    driver.send(&report, options.timeout)?;
    Ok(())
}
