//! The process that draws histories, has the others take their steps, and compares their answers with the model's.

use std::collections::{BTreeMap, HashMap};
use std::os::fd::OwnedFd;
use std::time::Duration;

use ascend_ipc::{Channel, ErrorKind, Recorded};
use ascend_testkit::{RoleCx, RoleResult};
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};
use proptest_state_machine::ReferenceStateMachine;
use rustix::event::{PollFd, PollFlags};
use rustix::process::{Pid, PidfdFlags};
use serde::{Deserialize, Serialize};

use crate::peer::{Given, Order, Said};
use crate::step::Step;
use crate::world::{Answer, PEERS, Place, World};
use crate::{PATIENCE, name_of};

/// Histories after which a process that keeps poisoned events, as it must, is replaced.
const WORN: u32 = 40;

/// What was done, and how it was answered.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) histories: u32,
    pub(crate) steps: u32,
    /// Answers of steps, by kind.
    pub(crate) answers: BTreeMap<String, u32>,
}

/// A process that takes steps.
struct Process {
    number: u32,
    pid: u32,
    channel: Channel,
    ended: OwnedFd,
    /// Histories since it was started in which something was left in it for good.
    wear: u32,
    dead: bool,
}

/// What is to be started, and with which living processes it is to be connected.
pub(crate) type Wanted = Option<(usize, u32, Vec<(usize, u32)>)>;

struct Driver<'c> {
    cx: &'c RoleCx,
    processes: Vec<Process>,
    next: u32,
    recorded: HashMap<usize, Recorded>,
    tally: Tally,
}

type Outcome<T = ()> = Result<T, String>;

/// The role: runs so many histories, and asks the scenario for processes.
pub(crate) fn driver(cx: &mut RoleCx, cases: u32) -> RoleResult {
    let config = Config {
        cases,
        max_shrink_iters: 300,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/histories/regressions.txt"
        )))),
        ..Config::default()
    };
    let mut driver = Driver { cx, processes: Vec::new(), next: 0, recorded: HashMap::new(), tally: Tally::default() };
    for index in 0..PEERS {
        driver.start(index)?;
    }
    let driver = std::cell::RefCell::new(driver);
    let outcome = TestRunner::new(config).run(&World::sequential_strategy(1..40), |(world, steps, seen)| {
        let mut driver = driver.borrow_mut();
        let mut done = World::clone(&world);
        let result = steps.iter().try_for_each(|step| {
            if let Some(seen) = &seen {
                seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            }
            let next = World::apply(done.clone(), step);
            let answered = driver.take(&done, &next, step).map_err(|error| format!("at {step:?}: {error}"));
            done = next;
            answered
        });
        let result = result.and_then(|()| driver.end(&done));
        result.map_err(|error| {
            driver.replace_all().expect("new processes");
            TestCaseError::fail(error)
        })
    });
    let mut driver = driver.into_inner();
    driver.processes.iter().for_each(|process| drop(process.channel.send(&Order::End, PATIENCE)));
    cx.send("wanted", &Wanted::None)?;
    cx.send("tally", &std::mem::take(&mut driver.tally))?;
    match outcome {
        Ok(()) => Ok(()),
        Err(TestError::Fail(reason, (_, steps, _))) => Err(format!("{reason}\nthe shortest history: {steps:?}").into()),
        Err(TestError::Abort(reason)) => Err(reason.to_string().into()),
    }
}

impl Driver<'_> {
    /// Starts a process, in the place of one that is gone.
    fn start(&mut self, index: usize) -> Outcome {
        let text = |error: &dyn std::fmt::Display| format!("process {index} cannot be started: {error}");
        let number = self.next;
        self.next += 1;
        let others = self.processes.iter().enumerate().filter(|(other, process)| *other != index && !process.dead);
        let others: Vec<(usize, u32)> = others.map(|(other, process)| (other, process.number)).collect();
        self.cx.send("wanted", &Wanted::Some((index, number, others.clone()))).map_err(|error| text(&error))?;
        let socket = self.cx.socket(&name_of("driver", index, number)).map_err(|error| text(&error))?;
        let channel = Channel::from(socket);
        let pid: u32 = channel.receive(PATIENCE).map_err(|error| text(&error))?;
        let ended = Pid::from_raw(pid.cast_signed())
            .and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok())
            .ok_or_else(|| format!("process {index} has ended already"))?;
        let process = Process { number, pid, channel, ended, wear: 0, dead: false };
        if index < self.processes.len() {
            self.processes[index] = process;
        } else {
            self.processes.push(process);
        }
        for (other, theirs) in others {
            let name = pair(index, number, other, theirs);
            self.ask(index, &Order::Connect { to: other, name: name.clone() })?;
            self.ask(other, &Order::Connect { to: index, name })?;
        }
        Ok(())
    }

    fn ask(&self, index: usize, order: &Order) -> Outcome<Said> {
        let channel = &self.processes[index].channel;
        let said = channel.send(order, PATIENCE).and_then(|()| channel.receive(PATIENCE + PATIENCE));
        said.map_err(|error| format!("process {index} does not answer: {error}"))
    }

    /// Has a step taken, and compares the answer.
    fn take(&mut self, before: &World, after: &World, step: &Step) -> Outcome {
        let expected = after.answer.as_ref().expect("every step has an answer");
        let actor = actor(before, step);
        self.tally.steps += 1;
        let answer = match *step {
            Step::Look(_) => {
                let Answer::Passed(Some(passed)) = *expected else { return Ok(()) };
                Answer::Passed(Some(self.ask(actor, &Order::Passed(passed))?.passed))
            }
            Step::Kill(_) => {
                self.settle(before, actor)?;
                let order = Order::Take { step: step.clone(), copy: None, brief: false, recorded: None };
                self.processes[actor].channel.send(&order, PATIENCE).map_err(|error| error.to_string())?;
                self.await_end(actor)?;
                Answer::Outcome(None)
            }
            _ => self.step(before, after, step, actor, expected)?,
        };
        let kind = match &answer {
            Answer::Outcome(None) => "Ok".to_owned(),
            Answer::Outcome(Some(kind)) => format!("{kind:?}"),
            Answer::Leases(..) => "leases".to_owned(),
            Answer::Passed(_) => "passed".to_owned(),
        };
        *self.tally.answers.entry(kind).or_default() += 1;
        if answer == *expected { Ok(()) } else { Err(format!("expected {expected:?}, but came {answer:?}")) }
    }

    fn step(&mut self, before: &World, after: &World, step: &Step, actor: usize, expected: &Answer) -> Outcome<Answer> {
        let (mut copy, mut recorded) = (None, None);
        let given = |number: usize, with: usize| Some(Given { number, with, text: None });
        match *step {
            Step::Create(_) => copy = given(after.events.len() - 1, actor),
            Step::Open(_) => copy = given(after.openings.len().max(1) - 1, actor),
            Step::Receive(number) => copy = given(number, before.owner(before.copies[number].event)),
            Step::Wait(opening) | Step::WaitHost(opening) => recorded = Some(before.event_of(opening)),
            Step::WaitForeign(_, event) | Step::WaitOwn(event) => recorded = Some(event),
            _ => {}
        }
        let recorded = recorded.and_then(|event| self.recorded.get(&event).copied());
        let brief = *expected == Answer::Outcome(Some(ErrorKind::Timeout));
        let said = self.ask(actor, &Order::Take { step: step.clone(), copy, brief, recorded })?;
        if let (Step::Record(event), Some(recorded)) = (step, said.recorded) {
            self.recorded.insert(*event, recorded);
        }
        if let (Step::Write(_, to), Some(text)) = (step, said.text) {
            let number = after.copies.len() - 1;
            let copy = Some(Given { number, with: actor, text: Some(text) });
            self.ask(*to, &Order::Take { step: Step::Receive(number), copy, brief: false, recorded: None })?;
        }
        if let Some(leases) = said.leases {
            let index = |pid: &u32| self.processes.iter().position(|process| process.pid == *pid).unwrap_or(PEERS);
            return Ok(Answer::Leases(leases.sent, leases.opened.iter().map(index).collect(), leases.died));
        }
        match (said.error, expected) {
            (None, _) => Ok(Answer::Outcome(None)),
            (Some((kind, _)), Answer::Outcome(Some(expected))) if kind == format!("{expected:?}") => {
                Ok(Answer::Outcome(Some(*expected)))
            }
            (Some((kind, text)), _) => Err(format!("expected {expected:?}, but came {kind}: {text}")),
        }
    }

    /// Waits until a process's stream is where the model says, and no further.
    fn settle(&self, world: &World, index: usize) -> Outcome {
        let Answer::Passed(Some(passed)) = world.look(index) else { return Ok(()) };
        let found = self.ask(index, &Order::Passed(passed))?.passed;
        if found == passed {
            Ok(())
        } else {
            Err(format!("process {index}: its stream passed {found} tasks, not {passed}"))
        }
    }

    /// Waits until a process is gone, with all that it had open.
    fn await_end(&mut self, index: usize) -> Outcome {
        let process = &mut self.processes[index];
        process.dead = true;
        let mut watched = [PollFd::new(&process.ended, PollFlags::IN)];
        let limit = rustix::event::Timespec { tv_sec: 10, tv_nsec: 0 };
        match rustix::event::poll(&mut watched, Some(&limit)) {
            Ok(1) => Ok(()),
            other => Err(format!("process {index} does not end: {other:?}")),
        }
    }

    /// Ends a history: looks at every stream, lets everybody go, and replaces who died or is worn.
    fn end(&mut self, world: &World) -> Outcome {
        self.tally.histories += 1;
        let alive = |index: &usize| !world.peers[*index].dead;
        for index in (0..PEERS).filter(alive) {
            self.settle(world, index).map_err(|error| format!("at the end: {error}"))?;
        }
        for (number, copy) in world.copies.iter().enumerate() {
            if copy.place == Place::UnderWay && alive(&copy.to) {
                let copy_of = Some(Given { number, with: world.owner(copy.event), text: None });
                let step = Step::Receive(number);
                self.ask(copy.to, &Order::Take { step, copy: copy_of, brief: false, recorded: None })?;
            }
        }
        for order in [Order::Release, Order::Reset] {
            for index in (0..PEERS).filter(alive) {
                self.ask(index, &order)?;
            }
        }
        self.recorded.clear();
        for index in 0..PEERS {
            self.processes[index].wear += u32::from(world.leaves_something());
            if world.peers[index].stuck || self.processes[index].wear >= WORN {
                self.stop(index)?;
            }
        }
        (0..PEERS).try_for_each(|index| if self.processes[index].dead { self.start(index) } else { Ok(()) })
    }

    /// Ends a process in good order, unless it has ended.
    fn stop(&mut self, index: usize) -> Outcome {
        if !self.processes[index].dead {
            self.processes[index].channel.send(&Order::End, PATIENCE).map_err(|error| error.to_string())?;
            self.await_end(index)?;
        }
        Ok(())
    }

    /// Ends all processes, whatever they are at, and starts new ones.
    fn replace_all(&mut self) -> Outcome {
        self.recorded.clear();
        for index in (0..PEERS).filter(|index| !self.processes[*index].dead).collect::<Vec<_>>() {
            let pid = Pid::from_raw(self.processes[index].pid.cast_signed()).ok_or("no process")?;
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).map_err(|error| error.to_string())?;
            self.await_end(index)?;
        }
        (0..PEERS).try_for_each(|index| self.start(index))
    }
}

/// Which process takes a step.
fn actor(world: &World, step: &Step) -> usize {
    match *step {
        Step::Create(peer) | Step::Hold(peer) | Step::Release(peer) | Step::Synchronize(peer) => peer,
        Step::Look(peer) | Step::Kill(peer) => peer,
        Step::Share(event) | Step::Record(event) | Step::Send(event, _) | Step::Write(event, _) => world.owner(event),
        Step::OpenOwn(event) | Step::WaitOwn(event) | Step::Leases(event) => world.owner(event),
        Step::Close(event) | Step::Drop(event) => world.owner(event),
        Step::Receive(copy) | Step::Open(copy) | Step::DropTicket(copy) => world.copies[copy].to,
        Step::Wait(opening) | Step::WaitHost(opening) | Step::WaitForeign(opening, _) => world.holder(opening),
        Step::DropOpening(opening) => world.holder(opening),
    }
}

/// What the connection between two processes is called.
pub(crate) fn pair(a: usize, a_number: u32, b: usize, b_number: u32) -> String {
    format!("{a}.{a_number}-{b}.{b_number}")
}

/// How long a batch of so many histories may take.
pub(crate) fn budget(cases: u32) -> Duration {
    Duration::from_secs(120) + Duration::from_millis(200) * cases
}
