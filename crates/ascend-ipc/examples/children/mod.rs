//! An example's child processes: the same program again with a role, each at a channel; none is left behind.

mod place;

use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};
use std::time::Duration;

use ascend_ipc::{Channel, Deadline, Error, ErrorKind};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::Signal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backend::Outcome;
pub(crate) use place::Place;

/// Runs the parent's part, or the part of the child that this process is.
pub(crate) fn run(
    place: &Place,
    parent: impl FnOnce() -> Outcome<String>,
    child: impl FnOnce(u32, &Parent) -> Outcome,
) -> ExitCode {
    let outcome = match place.role {
        None => parent().and_then(|line| say(&line)),
        Some(role) => as_child(place, |parent| child(role, parent)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", env!("CARGO_CRATE_NAME"));
            ExitCode::FAILURE
        }
    }
}

/// A line for whoever reads; nobody has to.
fn say(line: &str) -> Outcome {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// A child's end of the conversation.
pub(crate) struct Parent {
    channel: Channel,
    patience: Duration,
}

impl Parent {
    pub(crate) fn tell<T: Serialize>(&self, message: &T) -> Outcome {
        Ok(self.channel.send(&Ok::<&T, String>(message), self.patience)?)
    }

    pub(crate) fn hear<T: DeserializeOwned>(&self) -> Outcome<T> {
        Ok(self.channel.receive(self.patience)?)
    }
}

/// Dies with the parent, and tells it why the role failed, if it does.
fn as_child(place: &Place, role: impl FnOnce(&Parent) -> Outcome) -> Outcome {
    let parent = Parent { channel: Channel::inherited()?, patience: place.timeout };
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if let Err(error) = role(&parent) {
        parent.channel.send(&Err::<(), String>(error.to_string()), parent.patience)?;
    }
    Ok(())
}

/// The parent's children; they are ended when it is dropped.
pub(crate) struct Children {
    children: Vec<Child>,
    patience: Duration,
}

struct Child {
    name: String,
    process: std::process::Child,
    channel: Channel,
}

impl Children {
    /// Starts the program again so many times, with the same arguments and the roles 0, 1, 2 and so on.
    pub(crate) fn start(name: &str, count: u32, place: &Place) -> Outcome<Self> {
        let children = (0..count).map(|role| Child::start(format!("{name} {role}"), role)).collect::<Outcome<_>>()?;
        Ok(Self { children, patience: place.timeout })
    }

    /// Sends every child its message.
    pub(crate) fn tell<T: Serialize>(&mut self, message: impl Fn(usize) -> T) -> Outcome {
        for (role, child) in self.children.iter_mut().enumerate() {
            child.channel.send(&message(role), self.patience).map_err(|error| child.explain(&error))?;
        }
        Ok(())
    }

    /// Waits for the next message of every child.
    pub(crate) fn hear<T: DeserializeOwned>(&mut self) -> Outcome<Vec<T>> {
        self.hear_within(self.patience)
    }

    /// The same, where the children take longer; whoever fails or dies first ends the wait.
    pub(crate) fn hear_within<T: DeserializeOwned>(&mut self, patience: Duration) -> Outcome<Vec<T>> {
        let deadline = Deadline::after(patience);
        let mut heard: Vec<Option<T>> = self.children.iter().map(|_| None).collect();
        while let Some(missing) = heard.iter().position(Option::is_none) {
            if deadline.has_passed() {
                return Err(format!("{} did not answer in time", self.children[missing].name).into());
            }
            for role in self.ready(|role| heard[role].is_none(), deadline)? {
                heard[role] = Some(self.children[role].hear(self.patience)?);
            }
        }
        Ok(heard.into_iter().flatten().collect())
    }

    /// The children among these that have said something, or are gone.
    fn ready(&self, among: impl Fn(usize) -> bool, deadline: Deadline) -> Outcome<Vec<usize>> {
        let roles: Vec<usize> = (0..self.children.len()).filter(|role| among(*role)).collect();
        let watch = |role: &usize| PollFd::from_borrowed_fd(self.children[*role].channel.as_fd(), PollFlags::IN);
        let mut watched: Vec<PollFd<'_>> = roles.iter().map(watch).collect();
        match rustix::event::poll(&mut watched, Timespec::try_from(deadline.left()).ok().as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let said = roles.iter().zip(&watched).filter(|(_, watched)| !watched.revents().is_empty());
        Ok(said.map(|(role, _)| *role).collect())
    }

    /// Waits until every child has ended well.
    pub(crate) fn finish(mut self) -> Outcome {
        for child in &mut self.children {
            match child.channel.receive::<Result<(), String>>(self.patience) {
                Err(error) if error.kind() == ErrorKind::ChannelClosed => {}
                Err(error) => return Err(child.explain(&error).into()),
                Ok(Err(why)) => return Err(format!("{}: {why}", child.name).into()),
                Ok(Ok(())) => return Err(format!("{} went on after the end", child.name).into()),
            }
            if !child.process.wait()?.success() {
                return Err(child.obituary().into());
            }
        }
        Ok(())
    }
}

impl Child {
    fn start(name: String, role: u32) -> Outcome<Self> {
        let (channel, theirs) = Channel::pair()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(format!("--role={role}")).args(std::env::args_os().skip(1));
        theirs.pass_to(&mut command);
        let process = command.spawn().map_err(|error| format!("starting the {name}: {error}"))?;
        Ok(Self { name, process, channel })
    }

    fn hear<T: DeserializeOwned>(&mut self, patience: Duration) -> Outcome<T> {
        match self.channel.receive::<Result<T, String>>(patience) {
            Ok(Ok(message)) => Ok(message),
            Ok(Err(why)) => Err(format!("{}: {why}", self.name).into()),
            Err(error) => Err(self.explain(&error).into()),
        }
    }

    /// Why a child cannot be talked to: what it said last, or how it ended.
    fn explain(&mut self, error: &Error) -> String {
        if error.kind() != ErrorKind::ChannelClosed {
            return format!("{}: {error}", self.name);
        }
        loop {
            match self.channel.receive::<Result<(), String>>(Duration::ZERO) {
                Ok(Err(why)) => return format!("{}: {why}", self.name),
                Err(error) if error.kind() != ErrorKind::Protocol => return self.obituary(),
                Ok(Ok(())) | Err(_) => {} // said before it failed
            }
        }
    }

    fn obituary(&mut self) -> String {
        let Ok(status) = self.process.wait() else { return format!("{} is gone", self.name) };
        match (status.signal(), status.code()) {
            (Some(signal), _) => format!("{} was killed by signal {signal}", self.name),
            (None, code) => format!("{} ended early with exit code {}", self.name, code.unwrap_or(-1)),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Whatever went wrong, no process is left behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
