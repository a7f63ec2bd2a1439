//! The thread that listens to all roles of a scenario: what they say, what they print, and that they end.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{EventfdFlags, Timespec, epoll};
use rustix::io::Errno;
use rustix::net::RecvFlags;
use rustix::process::{Signal, WaitId, WaitIdOptions};

use crate::Backend;
use crate::clock::Phase;
use crate::report::{End, Failure, FailureKind};
use crate::state::{Lines, Shared};
use crate::wire::frame::{self, LIMIT};
use crate::wire::socket::{self, Received};

/// How long after its deadline a body that is not in a wait of the kit may still run.
const GRACE: Duration = Duration::from_secs(1);

const CONTROL: u64 = 0;
const PROCESS: u64 = 1;
const STDOUT: u64 = 2;
const STDERR: u64 = 3;
const WAKE: u64 = u64::MAX;

/// The listening thread, seen from the one that runs the body.
pub(crate) struct Listener {
    epoll: Arc<OwnedFd>,
    wake: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Starts listening for a scenario that has no role yet.
    pub(crate) fn start(shared: Arc<Shared>, backend: Backend) -> std::io::Result<Self> {
        let epoll = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC)?);
        let wake = Arc::new(rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        epoll::add(&epoll, &wake, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN)?;
        let ears = Ears { shared, backend, epoll: Arc::clone(&epoll), wake: Arc::clone(&wake), buffer: vec![0; LIMIT] };
        let thread = std::thread::Builder::new().name("ascend-testkit-listener".to_owned());
        Ok(Self { epoll, wake, thread: Some(thread.spawn(move || ears.listen())?) })
    }

    /// Listens to one more role, which the scenario already knows under `index`.
    pub(crate) fn add(&self, index: usize, lines: &Lines) -> Result<(), Errno> {
        let sources = [&lines.control, &lines.process, &lines.stdout, &lines.stderr];
        for (kind, source) in sources.into_iter().enumerate() {
            let data = epoll::EventData::new_u64((index as u64) << 2 | kind as u64);
            epoll::add(&self.epoll, source, data, epoll::EventFlags::IN)?;
        }
        Ok(())
    }

    /// Has the thread read the clock again.
    pub(crate) fn look_again(&self) {
        let _ = rustix::io::write(&self.wake, &1_u64.to_ne_bytes()); // fails only when it is awake already
    }

    /// Ends the thread, and with it the listening.
    pub(crate) fn stop(&mut self, shared: &Shared) {
        shared.lock().closed = true;
        if let Some(thread) = self.thread.take() {
            self.look_again();
            let _ = thread.join(); // if it panicked, what it did not book is missing in the report
        }
    }
}

/// The thread itself.
struct Ears {
    shared: Arc<Shared>,
    backend: Backend,
    epoll: Arc<OwnedFd>,
    wake: Arc<OwnedFd>,
    buffer: Vec<u8>,
}

impl Ears {
    fn listen(mut self) {
        let mut events = Vec::with_capacity(64);
        loop {
            let Some(limit) = self.watch() else { return };
            let limit = Timespec {
                tv_sec: limit.as_secs().try_into().unwrap_or(i64::MAX),
                tv_nsec: limit.subsec_nanos().into(),
            };
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&limit)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return, // our own descriptor is gone
            }
            for event in events.drain(..) {
                let data = event.data.u64();
                if data == WAKE {
                    let _ = rustix::io::read(&self.wake, &mut [0; 8]);
                } else {
                    self.hear((data >> 2) as usize, data & 3);
                }
            }
            // Once for all that came together: whoever waits looks at everything.
            self.shared.changed.notify_all();
        }
    }

    /// Looks at the clock; how long to listen from now, or `None` at the end.
    fn watch(&self) -> Option<Duration> {
        let mut state = self.shared.lock();
        if state.closed {
            return None;
        }
        if state.clock.phase() == Phase::Teardown {
            return Some(Duration::from_secs(3600)); // that phase watches itself
        }
        let now = Instant::now();
        let stuck = state.clock.deadline() + GRACE;
        let beyond_help = stuck + state.clock.budget(Phase::Teardown) + GRACE;
        if now >= beyond_help {
            let text = state.failures.iter().map(|failure| format!("{}\n", failure.text())).collect::<String>();
            crate::skip::say(&format!("ascend-testkit: a body cannot be ended, so the whole process is:\n{text}"));
            std::process::exit(101);
        }
        if now < stuck {
            return Some(stuck - now);
        }
        // The body is blocked somewhere else. It may be waiting for a role: without them, it may come back.
        let text = format!("the {} took too long, and the body is in no wait of the kit", state.clock.phase());
        state.fail(Failure::new(FailureKind::Deadline, text));
        for role in state.roles.iter_mut().filter(|role| role.end.is_none()) {
            role.cancelled = true;
            let _ = rustix::process::pidfd_send_signal(&role.lines.process, Signal::KILL);
        }
        self.shared.changed.notify_all();
        Some(beyond_help - now)
    }

    fn hear(&mut self, index: usize, kind: u64) {
        let lines = Arc::clone(&self.shared.lock().roles[index].lines);
        match kind {
            CONTROL => self.read_control(index, &lines),
            STDOUT | STDERR => drop(self.read_output(index, &lines, kind)),
            PROCESS => self.read_end(index, &lines),
            _ => {}
        }
    }

    /// Reads what the role says, as far as it has come.
    fn read_control(&mut self, index: usize, lines: &Lines) {
        loop {
            let received = socket::receive(&lines.control, &mut self.buffer, RecvFlags::DONTWAIT);
            let offence = match received {
                Ok(Received::Nothing) => return,
                Ok(Received::Closed) | Err(_) => {
                    let _ = epoll::delete(&self.epoll, &lines.control);
                    return;
                }
                Ok(Received::Packet(length, _)) => match frame::decode(&self.buffer[..length]) {
                    Ok(message) => {
                        let mut state = self.shared.lock();
                        state.roles[index].hear(message, &self.backend);
                        state.set_clock();
                        continue;
                    }
                    Err(error) => error.to_string(),
                },
                Ok(Received::TooLong) => format!("is longer than {LIMIT} bytes"),
                Ok(Received::Cut) => "brought descriptors along".to_owned(),
            };
            // Nothing that comes behind it can be trusted.
            let _ = epoll::delete(&self.epoll, &lines.control);
            let text = format!("wrote garbage to its control socket: a frame that {offence}");
            let mut state = self.shared.lock();
            state.roles[index].deaf = true;
            state.roles[index].offend(FailureKind::Protocol, text);
            return;
        }
    }

    /// Reads once, so that no role starves the others.
    fn read_output(&mut self, index: usize, lines: &Lines, kind: u64) -> bool {
        let pipe = if kind == STDOUT { &lines.stdout } else { &lines.stderr };
        match rustix::io::read(pipe, &mut self.buffer[..]) {
            Ok(length) if length > 0 => {
                let role = &mut self.shared.lock().roles[index];
                let output = if kind == STDOUT { &mut role.stdout } else { &mut role.stderr };
                output.push(&self.buffer[..length]);
                true
            }
            Err(Errno::INTR) => true,
            Err(Errno::AGAIN) => false,
            Ok(_) | Err(_) => {
                let _ = epoll::delete(&self.epoll, pipe);
                false
            }
        }
    }

    /// Books the end of the process, behind everything that it said and printed.
    fn read_end(&mut self, index: usize, lines: &Lines) {
        let id = WaitId::PidFd(lines.process.as_fd());
        let end = match rustix::process::waitid(id, WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
            Ok(None) | Err(Errno::INTR) => return,
            Ok(Some(status)) => match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => End::Exited(code),
                (_, Some(number)) => crate::fault::signal(number).map_or(End::Exited(-1), End::Killed),
                _ => End::Exited(-1),
            },
            Err(_) => End::Exited(-1), // somebody else has waited for it
        };
        let _ = epoll::delete(&self.epoll, &lines.process);
        if !self.shared.lock().roles[index].deaf {
            self.read_control(index, lines);
        }
        for kind in [STDOUT, STDERR] {
            // As much as a pipe holds: what the role printed is there, and a grandchild that goes on printing ends nobody.
            for _ in 0..64 {
                if !self.read_output(index, lines, kind) {
                    break;
                }
            }
        }
        let mut state = self.shared.lock();
        state.roles[index].finish(end);
        state.set_clock();
    }
}
