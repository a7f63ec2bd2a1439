//! The model: what is known of processes, events, copies of tickets, openings and streams, and what a step must answer.

use std::collections::VecDeque;

use ascend_ipc::ErrorKind;

use crate::step::Step;

/// Processes of a history.
pub(crate) const PEERS: usize = 3;

/// What a step must answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Success, or an error of this kind.
    Outcome(Option<ErrorKind>),
    /// Leases: sent, the processes that have opened (in order), died.
    Leases(u32, Vec<usize>, u32),
    /// Records and waits that a stream has passed; `None` if nobody knows.
    Passed(Option<u32>),
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Pending,
    Executed,
    /// Its process died before it was executed.
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Holds the stream until it is released.
    Latch,
    Record(usize),
    /// Waits for a record.
    Wait(usize),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Peer {
    pub(crate) dead: bool,
    pub(crate) stream: VecDeque<Task>,
    pub(crate) latched: bool,
    /// Its stream ran into a wait for a lost record, and stays there.
    pub(crate) stuck: bool,
    /// It has said so.
    pub(crate) told: bool,
    /// Records and waits that its stream has passed.
    pub(crate) passed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Created,
    Shared,
    Dropped,
    Closed,
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) owner: usize,
    pub(crate) stage: Stage,
    /// Its ticket exists.
    pub(crate) shared: bool,
    pub(crate) latest: Option<usize>,
    /// Its owner does not touch it any more.
    pub(crate) poisoned: bool,
    /// Holders that died.
    pub(crate) died: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    UnderWay,
    Held,
    Gone,
}

/// A ticket that was given to another process.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    pub(crate) event: usize,
    pub(crate) to: usize,
    pub(crate) place: Place,
    /// It came through a channel, and its lease is not back.
    pub(crate) lease: bool,
    pub(crate) opened: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) copy: usize,
    pub(crate) poisoned: bool,
    pub(crate) gone: bool,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) peers: [Peer; PEERS],
    pub(crate) events: Vec<Event>,
    pub(crate) copies: Vec<Copy>,
    pub(crate) openings: Vec<Opening>,
    pub(crate) records: Vec<Fate>,
    /// Events that were sent with a lease, ever.
    pub(crate) lent: Vec<usize>,
    /// A stream is stuck with records behind the wait: nobody says what becomes of these.
    pub(crate) limbo: bool,
    /// What the latest step must answer.
    pub(crate) answer: Option<Answer>,
}

impl World {
    pub(crate) fn owner(&self, event: usize) -> usize {
        self.events[event].owner
    }

    pub(crate) fn fate(&self, event: usize) -> Option<Fate> {
        self.events[event].latest.map(|record| self.records[record])
    }

    pub(crate) fn event_of(&self, opening: usize) -> usize {
        self.copies[self.openings[opening].copy].event
    }

    pub(crate) fn holder(&self, opening: usize) -> usize {
        self.copies[self.openings[opening].copy].to
    }

    /// Leases of an event that are out.
    fn out(&self, event: usize) -> impl Iterator<Item = &Copy> {
        self.copies.iter().filter(move |copy| copy.event == event && copy.lease)
    }

    /// Whether an importer finds the event; `None` if that depends on what others do meanwhile.
    pub(crate) fn exists(&self, copy: usize) -> Option<bool> {
        let copy = &self.copies[copy];
        let event = &self.events[copy.event];
        if self.peers[event.owner].dead {
            return Some(false);
        }
        let others = || self.copies.iter().filter(|other| other.event == copy.event);
        match event.stage {
            Stage::Created | Stage::Shared => Some(true),
            Stage::Dropped | Stage::Closed if copy.lease || event.poisoned => Some(true),
            Stage::Dropped if self.out(copy.event).next().is_some() => Some(true),
            // Work under way, other openings and the keeper may have it still.
            _ if event.latest.is_some() || event.died > 0 || others().any(|other| other.opened) => None,
            _ => self.never_lent(copy.event).then_some(false),
        }
    }

    /// Nobody ever had a lease that the keeper might still be waiting for.
    fn never_lent(&self, event: usize) -> bool {
        self.events[event].stage == Stage::Closed || !self.lent.contains(&event)
    }

    /// Takes a step, and says what it must answer.
    pub(crate) fn take(&mut self, step: &Step) -> Answer {
        let outcome = match *step {
            Step::Create(owner) => {
                let stage = Stage::Created;
                self.events.push(Event { owner, stage, shared: false, latest: None, poisoned: false, died: 0 });
                None
            }
            Step::Share(event) => {
                self.events[event].stage = Stage::Shared;
                self.events[event].shared = true;
                None
            }
            Step::Record(event) => self.record(event),
            Step::Send(event, to) => {
                if self.events[event].stage == Stage::Shared {
                    self.copies.push(Copy { event, to, place: Place::UnderWay, lease: true, opened: false });
                    self.lent.push(event);
                    None
                } else {
                    Some(ErrorKind::Stale)
                }
            }
            Step::Write(event, to) => {
                self.copies.push(Copy { event, to, place: Place::Held, lease: false, opened: false });
                None
            }
            Step::Receive(copy) => {
                self.copies[copy].place = Place::Held;
                None
            }
            Step::Open(copy) => {
                if self.exists(copy) == Some(true) {
                    self.copies[copy].opened = true;
                    self.openings.push(Opening { copy, poisoned: false, gone: false });
                    None
                } else {
                    Some(ErrorKind::Stale)
                }
            }
            Step::OpenOwn(_) => Some(ErrorKind::Ticket),
            Step::Wait(opening) => self.wait(opening),
            Step::WaitHost(opening) => self.wait_host(opening),
            Step::WaitForeign(..) => Some(ErrorKind::Misuse),
            Step::WaitOwn(event) => {
                self.notice(event);
                match (self.events[event].poisoned, self.fate(event)) {
                    (true, _) => Some(ErrorKind::Poisoned),
                    (false, Some(Fate::Pending)) => Some(ErrorKind::Timeout),
                    (false, _) => None,
                }
            }
            Step::Leases(event) => return self.leases(event),
            Step::Close(event) => self.close(event),
            Step::Drop(event) => {
                self.notice(event);
                self.events[event].stage = Stage::Dropped;
                None
            }
            Step::DropOpening(opening) => {
                self.openings[opening].gone = true;
                self.give_back(self.openings[opening].copy);
                None
            }
            Step::DropTicket(copy) => {
                self.copies[copy].place = Place::Gone;
                self.give_back(copy);
                None
            }
            Step::Hold(peer) => {
                self.peers[peer].latched = true;
                self.peers[peer].stream.push_back(Task::Latch);
                None
            }
            Step::Release(peer) => {
                self.peers[peer].latched = false;
                None
            }
            Step::Synchronize(peer) => self.synchronize(peer),
            Step::Look(peer) => return self.look(peer),
            Step::Kill(peer) => {
                self.kill(peer);
                None
            }
        };
        self.run();
        Answer::Outcome(outcome)
    }

    fn record(&mut self, event: usize) -> Option<ErrorKind> {
        if self.events[event].poisoned {
            return Some(ErrorKind::Poisoned);
        }
        self.events[event].latest = Some(self.records.len());
        let owner = self.owner(event);
        self.peers[owner].stream.push_back(Task::Record(self.records.len()));
        self.records.push(Fate::Pending);
        None
    }

    fn wait(&mut self, opening: usize) -> Option<ErrorKind> {
        if self.openings[opening].poisoned {
            return Some(ErrorKind::Poisoned);
        }
        let latest = self.events[self.event_of(opening)].latest?;
        let holder = self.holder(opening);
        self.peers[holder].stream.push_back(Task::Wait(latest));
        None
    }

    fn wait_host(&mut self, opening: usize) -> Option<ErrorKind> {
        if self.openings[opening].poisoned {
            return Some(ErrorKind::Poisoned);
        }
        match self.fate(self.event_of(opening)) {
            Some(Fate::Pending) => Some(ErrorKind::Timeout),
            Some(Fate::Lost) => {
                self.openings[opening].poisoned = true;
                Some(ErrorKind::PeerDied)
            }
            Some(Fate::Executed) | None => None,
        }
    }

    /// The owner looks at its leases.
    fn notice(&mut self, event: usize) {
        let event = &mut self.events[event];
        event.poisoned |= event.died > 0;
    }

    fn leases(&mut self, event: usize) -> Answer {
        self.notice(event);
        let sent = self.out(event).filter(|copy| !copy.opened).count();
        let opened = self.out(event).filter(|copy| copy.opened).map(|copy| copy.to).collect();
        Answer::Leases(u32::try_from(sent).expect("few"), opened, self.events[event].died)
    }

    fn close(&mut self, event: usize) -> Option<ErrorKind> {
        let pending = self.fate(event) == Some(Fate::Pending) && !self.events[event].poisoned;
        if pending || self.out(event).next().is_some() {
            return Some(ErrorKind::Timeout);
        }
        self.notice(event);
        self.events[event].stage = Stage::Closed;
        None
    }

    /// The lease of a copy is back once the ticket and all that was opened with it are gone.
    fn give_back(&mut self, copy: usize) {
        let open = self.openings.iter().any(|opening| opening.copy == copy && !opening.gone);
        if self.copies[copy].place == Place::Gone && !open {
            self.copies[copy].lease = false;
        }
    }

    fn synchronize(&mut self, peer: usize) -> Option<ErrorKind> {
        let peer = &mut self.peers[peer];
        if peer.stuck {
            peer.told = true;
            return Some(ErrorKind::Runtime);
        }
        (!peer.stream.is_empty()).then_some(ErrorKind::Timeout)
    }

    pub(crate) fn look(&self, peer: usize) -> Answer {
        Answer::Passed((!self.limbo).then_some(self.peers[peer].passed))
    }

    fn kill(&mut self, peer: usize) {
        self.peers[peer].dead = true;
        for task in std::mem::take(&mut self.peers[peer].stream) {
            if let Task::Record(record) = task {
                self.records[record] = Fate::Lost;
            }
        }
        for copy in self.copies.iter_mut().filter(|copy| copy.to == peer) {
            copy.place = Place::Gone;
            if std::mem::take(&mut copy.lease) && copy.opened {
                self.events[copy.event].died += 1;
            }
        }
        for opening in &mut self.openings {
            opening.gone |= self.copies[opening.copy].to == peer;
        }
    }

    /// Lets all streams run as far as they can.
    fn run(&mut self) {
        let mut moved = true;
        while std::mem::take(&mut moved) {
            for peer in self.peers.iter_mut().filter(|peer| !peer.dead && !peer.stuck) {
                while let Some(task) = peer.stream.front() {
                    match *task {
                        Task::Latch if peer.latched => break,
                        Task::Latch => {}
                        Task::Record(record) => self.records[record] = Fate::Executed,
                        Task::Wait(record) => match self.records[record] {
                            Fate::Executed => {}
                            Fate::Pending => break,
                            Fate::Lost => {
                                peer.stuck = true;
                                self.limbo |= peer.stream.iter().any(|task| matches!(task, Task::Record(_)));
                                break;
                            }
                        },
                    }
                    peer.passed += u32::from(*task != Task::Latch);
                    peer.stream.pop_front();
                    moved = true;
                }
            }
        }
    }
}
