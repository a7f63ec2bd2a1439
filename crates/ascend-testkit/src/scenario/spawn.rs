//! Starts a role: the test binary once more, for the same test, with a socket as its stdin.

use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};

use rustix::net::SendFlags;
use rustix::pipe::PipeFlags;
use serde::Serialize;

use super::handle::Role;
use super::{Scenario, wait};
use crate::fault::At;
use crate::process::listing;
use crate::process::nursery::{self, Started};
use crate::report::{Failure, FailureKind};
use crate::role::{MARK, RoleCx, RoleResult, registry};
use crate::state::{Lines, RoleState};
use crate::wire::frame::{self, FrameError};
use crate::wire::message::{Start, ToRole};
use crate::wire::{diary, socket};

/// A role that is about to start.
#[must_use = "nothing is started before `start`"]
pub struct Spawn<'s> {
    scenario: &'s mut Scenario,
    path: &'static str,
    name: String,
    args: Result<Vec<u8>, FrameError>,
    armed: Option<At>,
    descriptors: Option<u64>,
    environment: Vec<(String, String)>,
}

impl<'s> Spawn<'s> {
    pub(super) fn new<A: Serialize, F: Fn(&mut RoleCx, A) -> RoleResult>(
        scenario: &'s mut Scenario,
        role: F,
        args: &A,
    ) -> Self {
        let (path, name) = registry::names(&role);
        let args = frame::pack(args);
        Self { scenario, path, name: name.to_owned(), args, armed: None, descriptors: None, environment: Vec::new() }
    }

    /// What it is called, if not like its function.
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// Where it stops, and what [`Role::strike`] does to it there.
    pub fn armed(self, at: At) -> Self {
        Self { armed: Some(at), ..self }
    }

    /// How many descriptors it may have; about ten are its own.
    pub fn descriptors(self, limit: u64) -> Self {
        Self { descriptors: Some(limit), ..self }
    }

    /// One more variable in its environment, or another value of one.
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.environment.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Starts it.
    #[track_caller]
    pub fn start(self) -> Role {
        let shared = Arc::clone(&self.scenario.shared);
        match self.try_start() {
            Ok(role) => role,
            Err(text) => wait::stop(&shared, Failure::new(FailureKind::Setup, text)),
        }
    }

    fn try_start(self) -> Result<Role, String> {
        let Self { scenario, path, mut name, args, armed, descriptors, environment } = self;
        let fail = |what: &'static str| {
            let name = name.clone();
            move |error: &dyn std::fmt::Display| format!("cannot start {name}: {what}: {error}")
        };
        if registry::find(path).is_none() {
            return Err(format!("`{path}` is no role: name it in `roles![…]`"));
        }
        let args = args.map_err(|error| fail("its arguments")(&error))?;
        let (control, theirs) = socket::pair().map_err(|error| fail("its socket")(&error))?;
        let pipe = || rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(|error| fail("a pipe")(&error));
        let ((stdout, stdout_end), (stderr, stderr_end)) = (pipe()?, pipe()?);
        for reader in [&stdout, &stderr] {
            rustix::io::ioctl_fionbio(reader, true).map_err(|error| fail("a pipe")(&error))?;
        }
        let diary = diary::create().map_err(|error| fail("its diary")(&error))?;

        let state = scenario.shared.lock();
        let index = state.roles.len();
        name = unique(name, |name| state.roles.iter().any(|role| role.name == name));
        let start = Start {
            role: path.to_owned(),
            name: name.clone(),
            args,
            backend: scenario.backend.clone(),
            armed: armed.as_ref().map(|at| (at.point.clone(), at.nth)),
            descriptors,
            left: state.clock.left(),
        };
        drop(state);
        let fail = |what: &'static str| {
            let name = name.clone();
            move |error: &dyn std::fmt::Display| format!("cannot start {name}: {what}: {error}")
        };
        let packet = frame::encode(&ToRole::Start(start)).map_err(|error| fail("its arguments")(&error))?;
        // Queued before the process exists, so that the role need not ask and nobody need wait.
        socket::send(&control, &packet, &[stdout_end.as_fd(), diary.as_fd()], SendFlags::DONTWAIT)
            .map_err(|error| fail("its arguments")(&error))?;
        [&control, &theirs, &stdout, &stderr, &diary].into_iter().for_each(|file| scenario.made(file));

        let command =
            command(scenario, theirs, stderr_end, &environment).map_err(|error| fail("its program")(&error))?;
        let Started { pid, process } = nursery::spawn(command, std::thread::current().id() == scenario.thread)
            .map_err(|error| fail("its process")(&error))?;
        let lines = Arc::new(Lines { control, process, stdout, stderr, diary });
        let mut state = scenario.shared.lock();
        state.roles.push(RoleState::new(name.clone(), pid, Arc::clone(&lines), armed));
        let clock_changed = state.set_clock();
        drop(state);
        scenario.listener.add(index, &lines).map_err(|error| fail("its sockets")(&error))?;
        if clock_changed {
            scenario.listener.look_again();
        }
        Ok(Role { shared: Arc::clone(&scenario.shared), index })
    }
}

/// The test binary, for the same test. stdout comes later, with the arguments: what the harness prints is not the role's.
fn command(
    scenario: &Scenario,
    control: OwnedFd,
    stderr: OwnedFd,
    environment: &[(String, String)],
) -> std::io::Result<Command> {
    let mut command = Command::new(program()?);
    command.arg(&scenario.test).args(["--exact", "--nocapture", "--test-threads=1", "--include-ignored"]);
    command.stdin(Stdio::from(control)).stdout(Stdio::null()).stderr(Stdio::from(stderr));
    let scenarios = match std::env::var(listing::MARK) {
        Ok(outer) => format!("{outer}/{}", scenario.id), // this process belongs to a scenario itself
        Err(_) => scenario.id.clone(),
    };
    command
        .env(MARK, std::process::id().to_string())
        .env(listing::MARK, scenarios)
        .env("ASCEND_LOG_DEVICE_FLUSH_TIMEOUT", "0") // else CANN takes up to 2 s to exit
        .env("ASCEND_COREDUMP_SIGNAL", "none"); // else CANN catches the signals that we send
    command.envs(environment.iter().map(|(key, value)| (key, value)));
    Ok(command)
}

/// This binary.
fn program() -> std::io::Result<&'static Path> {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    if let Some(program) = PROGRAM.get() {
        return Ok(program);
    }
    let program = std::env::current_exe()?;
    Ok(PROGRAM.get_or_init(|| program))
}

/// The name, with a number behind it if it is taken.
fn unique(name: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&name) {
        return name;
    }
    (2_u32..).map(|number| format!("{name}#{number}")).find(|numbered| !taken(numbered)).unwrap_or(name)
}
