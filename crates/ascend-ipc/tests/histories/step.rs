//! The steps of a history: what they are, when each is possible, and how histories are drawn.

use proptest::prelude::*;
use proptest::strategy::Union;
use proptest_state_machine::ReferenceStateMachine;
use serde::{Deserialize, Serialize};

use crate::world::{Fate, PEERS, Place, Stage, World};

/// A step; what it names is counted in the order of creation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// A process creates an event.
    Create(usize),
    /// Its creator shares it.
    Share(usize),
    /// Its creator records it.
    Record(usize),
    /// Its creator sends the ticket to a process, with a lease.
    Send(usize, usize),
    /// Its creator gives the ticket to a process as text, without a lease.
    Write(usize, usize),
    /// A copy of a ticket is received.
    Receive(usize),
    /// The holder of a copy opens it; once more, if it has done so.
    Open(usize),
    /// The creator opens its own ticket.
    OpenOwn(usize),
    /// The holder of an opening lets its stream wait.
    Wait(usize),
    /// The holder of an opening waits on the host.
    WaitHost(usize),
    /// The same, with the record of another event.
    WaitForeign(usize, usize),
    /// The creator waits on the host for its own record.
    WaitOwn(usize),
    /// The creator asks who holds the event.
    Leases(usize),
    /// The creator closes it.
    Close(usize),
    /// The creator drops it.
    Drop(usize),
    /// An opening is dropped.
    DropOpening(usize),
    /// A copy is dropped.
    DropTicket(usize),
    /// A process holds its stream at a latch.
    Hold(usize),
    /// It lets go.
    Release(usize),
    /// A process waits for its stream.
    Synchronize(usize),
    /// Looks how far a process's stream has come.
    Look(usize),
    /// A process is killed.
    Kill(usize),
}

/// Events of a history; more would only meet less often.
const EVENTS: usize = 4;

impl Step {
    /// Whether the step can be taken, and its answer is certain.
    pub(crate) fn is_possible(&self, world: &World) -> bool {
        let lives = |peer: usize| peer < PEERS && !world.peers[peer].dead;
        // A stream that is stuck, or waits for what may be lost, is left alone.
        let streams = |peer: usize| lives(peer) && !world.peers[peer].stuck && !world.limbo;
        let owned = |event: usize| event < world.events.len() && lives(world.owner(event));
        let shared = |event: usize| owned(event) && world.events[event].stage == Stage::Shared;
        let travels = |event: usize, to: usize| {
            owned(event) && world.events[event].stage != Stage::Created && lives(to) && to != world.owner(event)
        };
        let copy_at = |copy: usize, place: Place| {
            copy < world.copies.len() && world.copies[copy].place == place && lives(world.copies[copy].to)
        };
        let opening = |opening: usize| opening < world.openings.len() && !world.openings[opening].gone;
        let recorded = |event: usize| event < world.events.len() && world.fate(event).is_some();
        match *self {
            Self::Create(peer) => lives(peer) && world.events.len() < EVENTS,
            Self::Share(event) => owned(event) && world.events[event].stage == Stage::Created,
            Self::Record(event) => shared(event) && streams(world.owner(event)),
            Self::Send(event, to) => travels(event, to) && world.was_shared(event),
            Self::Write(event, to) => travels(event, to) && world.was_shared(event),
            Self::Receive(copy) => copy_at(copy, Place::UnderWay) && world.is_next(copy),
            Self::Open(copy) => copy_at(copy, Place::Held) && world.exists(copy).is_some(),
            Self::OpenOwn(event) => owned(event) && world.was_shared(event),
            Self::Wait(at) => opening(at) && recorded(world.event_of(at)) && streams(world.holder(at)),
            Self::WaitHost(at) => opening(at) && recorded(world.event_of(at)) && !world.limbo,
            Self::WaitForeign(at, other) => opening(at) && recorded(other) && world.event_of(at) != other,
            Self::WaitOwn(event) => shared(event) && recorded(event) && !world.limbo,
            Self::Leases(event) => shared(event),
            Self::Close(event) => shared(event) && !world.limbo,
            Self::Drop(event) => owned(event) && matches!(world.events[event].stage, Stage::Created | Stage::Shared),
            Self::DropOpening(at) => opening(at),
            Self::DropTicket(copy) => copy_at(copy, Place::Held),
            Self::Hold(peer) => streams(peer) && !world.peers[peer].latched,
            Self::Release(peer) => streams(peer) && world.peers[peer].latched,
            Self::Synchronize(peer) => lives(peer) && !world.peers[peer].told && !world.limbo,
            Self::Look(peer) => lives(peer),
            Self::Kill(peer) => lives(peer) && !world.limbo && world.peers.iter().filter(|peer| !peer.dead).count() > 1,
        }
    }

    /// How often it is to be drawn among others: so that histories get somewhere, and rare states are used when they are there.
    fn weight(&self, world: &World) -> u32 {
        let fate = |opening: usize| world.fate(world.event_of(opening));
        let owns = |peer: usize, event: &usize| world.owner(*event) == peer;
        let events = || 0..world.events.len();
        match *self {
            Self::Create(_) if world.events.len() > 1 => 2,
            Self::Send(event, _) | Self::Write(event, _) if world.events[event].stage != Stage::Shared => 1,
            Self::Kill(peer) => {
                let pending = |event: &usize| owns(peer, event) && world.fate(*event) == Some(Fate::Pending);
                let opened = |event: usize| world.copies.iter().any(|copy| copy.event == event && copy.opened);
                let holds = world.copies.iter().any(|copy| copy.to == peer && copy.opened && copy.lease);
                u32::from(!world.copies.is_empty())
                    + 4 * u32::from(events().filter(pending).any(opened))
                    + u32::from(holds)
            }
            Self::WaitHost(opening) if fate(opening) == Some(Fate::Lost) => 40,
            Self::Wait(opening) if fate(opening) == Some(Fate::Lost) => 20,
            Self::Synchronize(peer) if world.peers[peer].stuck => 80,
            Self::Hold(peer) if events().any(|event| owns(peer, &event)) => 10,
            Self::Record(event) if world.events[event].poisoned => 20,
            Self::Leases(event) | Self::WaitOwn(event) if world.events[event].died > 0 => 20,
            Self::Share(_) | Self::Receive(_) | Self::Open(_) => 24,
            Self::Record(_) | Self::Wait(_) | Self::WaitHost(_) => 14,
            Self::Create(_) | Self::Send(..) => 8,
            Self::Release(_) | Self::Leases(_) | Self::Synchronize(_) | Self::Look(_) | Self::WaitOwn(_) => 4,
            _ => 2,
        }
    }

    /// All that can be done.
    fn all(world: &World) -> Vec<Self> {
        let mut all = Vec::new();
        for peer in 0..PEERS {
            all.extend([Self::Look(peer), Self::Create(peer), Self::Hold(peer), Self::Release(peer)]);
            all.extend([Self::Synchronize(peer), Self::Kill(peer)]);
        }
        for event in 0..world.events.len() {
            all.extend([Self::Share(event), Self::Record(event), Self::OpenOwn(event), Self::WaitOwn(event)]);
            all.extend([Self::Leases(event), Self::Close(event), Self::Drop(event)]);
            all.extend((0..PEERS).flat_map(|to| [Self::Send(event, to), Self::Write(event, to)]));
            all.extend((0..world.openings.len()).map(|at| Self::WaitForeign(at, event)));
        }
        for copy in 0..world.copies.len() {
            all.extend([Self::Receive(copy), Self::Open(copy), Self::DropTicket(copy)]);
        }
        for at in 0..world.openings.len() {
            all.extend([Self::Wait(at), Self::WaitHost(at), Self::DropOpening(at)]);
        }
        all.retain(|step| step.is_possible(world));
        all
    }
}

impl World {
    /// Its ticket exists.
    fn was_shared(&self, event: usize) -> bool {
        self.events[event].shared
    }

    /// No other copy is before it between these two processes.
    fn is_next(&self, copy: usize) -> bool {
        let path = |copy: usize| (self.owner(self.copies[copy].event), self.copies[copy].to);
        (0..copy).all(|before| self.copies[before].place != Place::UnderWay || path(before) != path(copy))
    }

    /// Whether a step that was answered may have left something in the processes for good.
    pub(crate) fn leaves_something(&self) -> bool {
        let lost = self.records.contains(&Fate::Lost);
        lost || self.events.iter().any(|event| event.died > 0) || self.openings.iter().any(|opening| opening.poisoned)
    }
}

impl ReferenceStateMachine for World {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(world: &Self) -> BoxedStrategy<Step> {
        let all = Step::all(world).into_iter().map(|step| (step.weight(world), Just(step)));
        // What comes first does least harm: shrinking moves there.
        Union::new_weighted(all.filter(|(weight, _)| *weight > 0).collect()).boxed()
    }

    fn apply(mut world: Self, step: &Step) -> Self {
        let answer = world.take(step);
        world.answer = Some(answer);
        world
    }

    fn preconditions(world: &Self, step: &Step) -> bool {
        step.is_possible(world)
    }
}
