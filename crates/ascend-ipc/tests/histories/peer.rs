//! A process of the histories: does what it is told, step by step, and answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use ascend_ipc::event::{Created, Opened, Shared};
use ascend_ipc::{Channel, Device, Error, IpcEvent, Leases, Recorded, Refused, Result, Runtime, Stream, Ticket};
use ascend_testkit::{Latch, RoleCx, RoleResult};
use serde::{Deserialize, Serialize};

use crate::step::Step;
use crate::{PATIENCE, name_of};

/// What the driver tells a process.
#[derive(Serialize, Deserialize)]
pub(crate) enum Order {
    /// Take this step; waits that are to fail get little time. The record is the one that a wait is for.
    Take { step: Step, copy: Option<Given>, brief: bool, recorded: Option<Recorded> },
    /// A new connection to a process is there, under this name.
    Connect { to: usize, name: String },
    /// Count the records and waits that the stream has passed, at least so many.
    Passed(u32),
    /// Let go what is held; the history is over.
    Release,
    /// Drop everything.
    Reset,
    /// End.
    End,
}

/// A ticket that is given or received: its number, the other process, and the text if it travels as one.
#[derive(Serialize, Deserialize)]
pub(crate) struct Given {
    pub(crate) number: usize,
    pub(crate) with: usize,
    pub(crate) text: Option<String>,
}

/// What a process answers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Said {
    /// Kind and text of the error.
    pub(crate) error: Option<(String, String)>,
    pub(crate) leases: Option<Leases>,
    pub(crate) recorded: Option<Recorded>,
    pub(crate) text: Option<String>,
    pub(crate) passed: u32,
}

/// An event of this process.
enum Own {
    Created(IpcEvent<Created>),
    Shared(IpcEvent<Shared>),
}

#[derive(Default)]
struct Objects {
    events: HashMap<usize, Own>,
    tickets: HashMap<usize, Ticket>,
    copies: HashMap<usize, Ticket>,
    openings: HashMap<usize, IpcEvent<Opened>>,
    latch: Option<Latch>,
}

struct Process<'c> {
    cx: &'c RoleCx,
    device: Device,
    stream: Stream,
    objects: Objects,
    channels: HashMap<usize, Channel>,
    passed: Arc<AtomicU32>,
}

/// The role.
pub(crate) fn peer(cx: &mut RoleCx, (index, number): (usize, u32)) -> RoleResult {
    let driver = Channel::from(cx.socket(&name_of("driver", index, number))?);
    let device = cx.start_up(|| Runtime::simulated()?.device(i32::try_from(index % 2).unwrap_or_default()))??;
    let stream = device.create_stream()?;
    driver.send(&std::process::id(), PATIENCE)?;
    let (objects, channels) = (Objects::default(), HashMap::new());
    let mut process = Process { cx, device, stream, objects, channels, passed: Arc::default() };
    loop {
        let order: Order = match driver.receive(Duration::from_secs(3600)) {
            Ok(order) => order,
            Err(error) if error.kind() == ascend_ipc::ErrorKind::ChannelClosed => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if matches!(order, Order::End) {
            return Ok(());
        }
        let mut said = Said::default();
        if let Err(error) = process.obey(order, &mut said) {
            said.error = Some((format!("{:?}", error.kind()), error.to_string()));
        }
        driver.send(&said, PATIENCE)?;
    }
}

impl Process<'_> {
    fn obey(&mut self, order: Order, said: &mut Said) -> Result<()> {
        match order {
            Order::Take { step, copy, brief, recorded } => self.take(&step, copy, brief, recorded, said),
            Order::Connect { to, name } => {
                let socket = self.cx.socket(&name).expect("the scenario connects the two");
                self.channels.insert(to, Channel::from(socket));
                Ok(())
            }
            Order::Passed(least) => {
                let end = Instant::now() + PATIENCE;
                while self.passed.load(Ordering::Acquire) < least && Instant::now() < end {
                    std::thread::sleep(Duration::from_micros(50));
                }
                said.passed = self.passed.load(Ordering::Acquire);
                Ok(())
            }
            Order::Release => {
                self.objects.latch = None;
                Ok(())
            }
            Order::Reset => {
                self.objects = Objects::default();
                self.stream = self.device.create_stream()?;
                self.passed = Arc::default();
                Ok(())
            }
            Order::End => Ok(()),
        }
    }

    fn take(
        &mut self,
        step: &Step,
        given: Option<Given>,
        brief: bool,
        recorded: Option<Recorded>,
        said: &mut Said,
    ) -> Result<()> {
        let limit = if brief { Duration::from_millis(1) } else { PATIENCE };
        let objects = &mut self.objects;
        match *step {
            Step::Create(_) => {
                let number = given.expect("a number").number;
                objects.events.insert(number, Own::Created(IpcEvent::create(&self.device)?));
            }
            Step::Share(event) => {
                let Some(Own::Created(created)) = objects.events.remove(&event) else {
                    panic!("{event} is not created")
                };
                let (shared, ticket) = created.share()?;
                objects.events.insert(event, Own::Shared(shared));
                objects.tickets.insert(event, ticket);
            }
            Step::Record(event) => {
                said.recorded = Some(objects.shared(event).record(&self.stream)?);
                self.count()?;
            }
            Step::Send(event, to) => self.channels[&to].send(&objects.tickets[&event], PATIENCE)?,
            Step::Write(event, _) => said.text = Some(objects.tickets[&event].to_hex()),
            Step::Receive(copy) => {
                let given = given.expect("where it comes from");
                let ticket = match given.text {
                    Some(text) => text.parse()?,
                    None => self.channels[&given.with].receive(PATIENCE)?,
                };
                objects.copies.insert(copy, ticket);
            }
            Step::Open(copy) => {
                let opened = objects.copies[&copy].open(&self.device)?;
                objects.openings.insert(given.expect("a number").number, opened);
            }
            Step::OpenOwn(event) => drop(objects.tickets[&event].open(&self.device)?),
            Step::Wait(opening) => {
                objects.openings[&opening].wait(&self.stream, &recorded.expect("a record"))?;
                self.count()?;
            }
            Step::WaitHost(opening) | Step::WaitForeign(opening, _) => {
                objects.openings[&opening].wait_host(&recorded.expect("a record"), limit)?;
            }
            Step::WaitOwn(event) => objects.shared(event).wait_host(&recorded.expect("a record"), limit)?,
            Step::Leases(event) => said.leases = Some(objects.shared(event).leases()),
            Step::Close(event) => {
                let Some(Own::Shared(shared)) = objects.events.remove(&event) else { panic!("{event} is not shared") };
                shared.close(limit).map_err(|Refused { error, value }| {
                    objects.events.insert(event, Own::Shared(value));
                    error
                })?;
            }
            Step::Drop(event) => drop(objects.events.remove(&event).expect("an event")),
            Step::DropOpening(opening) => drop(objects.openings.remove(&opening).expect("an opening")),
            Step::DropTicket(copy) => drop(objects.copies.remove(&copy).expect("a copy")),
            Step::Hold(_) => {
                let latch = Latch::new();
                let held = latch.clone();
                self.stream.launch_host(move || {
                    held.hold();
                })?;
                objects.latch = Some(latch);
            }
            Step::Release(_) => objects.latch.take().expect("a latch").release(),
            Step::Synchronize(_) => self.stream.synchronize(limit)?,
            Step::Look(_) => unreachable!("asked for otherwise"),
            Step::Kill(_) => {
                rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)?;
            }
        }
        Ok(())
    }

    /// Counts when the stream has come so far.
    fn count(&self) -> Result<(), Error> {
        let passed = Arc::clone(&self.passed);
        self.stream.launch_host(move || {
            passed.fetch_add(1, Ordering::Release);
        })
    }
}

impl Objects {
    fn shared(&self, event: usize) -> &IpcEvent<Shared> {
        match &self.events[&event] {
            Own::Shared(shared) => shared,
            Own::Created(_) => panic!("{event} is not shared"),
        }
    }
}
