//! IPC events: shared with other processes, one slot a record.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::device::Device;
use super::fault::{Answer, Fault};
use super::peer::{self, Direction};
use super::profile::{Family, Hangs};
use super::registry::Raw;
use super::runtime::runtime;
use super::schedule::Blocking;
use super::task::{Halt, Interrupt, SLICE};
use crate::shm::event::{EventBlock, OpenFault};
use crate::shm::find::{Id, NotFound, Whose};
use crate::sync::ring::{Progress, RingFault, Ticket};

/// Times the vendor's synchronise looks before it sleeps, and for how long it sleeps then.
const POLLS: u32 = 1000;
const POLL_SLEEP: Duration = Duration::from_millis(100);

/// An event that this process created or opened.
pub(crate) struct IpcEvent {
    block: EventBlock,
    /// The context in which it was created or opened.
    context: Option<Raw>,
    local: Mutex<Local>,
}

/// What this process knows by itself; lost when it dies, which is what frees its slots.
#[derive(Default)]
struct Local {
    /// How many of this process's tasks hold each slot.
    holds: BTreeMap<u32, u32>,
    /// This process's own latest record was recycled while it was the current one. As the real runtime does, only a
    /// record of this process clears it.
    finished: bool,
}

impl IpcEvent {
    /// Creates an event on a device.
    pub(crate) fn create(device: u32) -> Answer<Self> {
        EventBlock::create(device).map(Self::new).map_err(|fault| open_fault(fault, None))
    }

    /// Opens the event behind a handle's live bytes, and connects its device with the one that uses it.
    pub(crate) fn open(bytes: u64, user: &Device) -> Answer<Self> {
        let id = Id(bytes);
        if !id.is_plausible() {
            return Err(unknown(id));
        }
        let whose = if runtime().profile.family() == Family::A5 { Whose::Creators } else { Whose::Anybodys };
        let block = EventBlock::open(id, whose).map_err(|fault| match fault {
            // Somebody who opened it before, perhaps this very process, may still have it.
            OpenFault::NotFound(NotFound::Unknown)
                if whose == Whose::Creators && EventBlock::open(id, Whose::Anybodys).is_ok() =>
            {
                destroyed(id)
            }
            fault => open_fault(fault, Some(id)),
        })?;
        if id.creator() == std::process::id() && runtime().profile.family() == Family::A2A3 {
            let cause = "the event was created by this very process, which may not open it";
            return Err(Fault::new(507_899, "EE1001", cause, "Use the event itself, or open it in another process."));
        }
        peer::connect(user, block.device(), Direction::Both)?;
        Ok(Self::new(block))
    }

    fn new(block: EventBlock) -> Self {
        Self { block, context: super::thread::current_raw(), local: Mutex::default() }
    }

    /// What it shares with other processes.
    pub(crate) const fn block(&self) -> &EventBlock {
        &self.block
    }

    /// The handle's live bytes; the same every time.
    pub(crate) fn export(&self) -> u64 {
        self.block.id().0
    }

    /// The host calls record: takes the lowest free slot and makes it current.
    pub(crate) fn record(&self) -> Answer<Ticket> {
        let mut local = self.lock();
        loop {
            match self.block.ring().claim(self.block.participant()) {
                Ok(ticket) => {
                    *local.holds.entry(ticket.slot()).or_default() += 1;
                    return Ok(ticket);
                }
                Err(RingFault::Corrupted) => return Err(self.corrupted()),
                Err(RingFault::Exhausted) => {
                    let before = self.block.ring().held();
                    self.block.reap();
                    if self.block.ring().held() < before {
                        continue; // dead processes held some
                    }
                }
            }
            if runtime().profile.hangs == Hangs::Report {
                let cause = format!(
                    "all slots of event {:016x} are held by records and waits that have not been recycled; \
                     the real runtime spins here for ever",
                    self.block.id().0
                );
                return Err(Fault::new(207_005, "EE1023", cause, "Synchronise the streams that use the event."));
            }
            drop(local);
            self.status()?; // an abort of the device is the only way out
            std::thread::yield_now();
            local = self.lock();
        }
    }

    /// The record was submitted.
    pub(crate) fn submitted(&self) {
        self.lock().finished = false;
    }

    /// The host calls wait: binds to the current record; `None` if there is nothing to wait for.
    pub(crate) fn bind(&self) -> Answer<Option<Ticket>> {
        let mut local = self.lock();
        let ticket = self.block.ring().bind(self.block.participant()).map_err(|_| self.corrupted())?;
        if let Some(ticket) = ticket {
            *local.holds.entry(ticket.slot()).or_default() += 1;
        }
        Ok(ticket)
    }

    /// The device executes a record, or never will.
    pub(crate) fn signal(&self, ticket: Ticket, progress: Progress) {
        // A corrupted ring cannot be signalled; whoever waits on it is told so by `wait`.
        let _ = self.block.ring().finish(ticket, progress);
    }

    /// A rule has dropped a record: whoever waits for it is told so, in whatever process.
    pub(crate) fn lose(&self, ticket: Ticket, rule: &str) {
        self.block.lost().note(ticket.pack(), rule);
        self.signal(ticket, Progress::Abandoned);
    }

    /// Whether a wait would end at once.
    pub(crate) fn is_settled(&self, ticket: Ticket) -> bool {
        match self.block.ring().progress(ticket) {
            Ok(Progress::Signalled) | Err(_) => true,
            Ok(Progress::Abandoned) => self.reports(),
            Ok(Progress::Pending) => self.reports() && self.recorder_died(ticket) != Ok(false),
        }
    }

    /// Blocks a stream until a slot is signalled.
    pub(crate) fn wait(&self, ticket: Ticket, interrupt: &Interrupt<'_>) -> Result<(), Halt> {
        let ring = self.block.ring();
        let corrupted = |_| Halt::Stuck(self.corrupted());
        let mut looked = Instant::now();
        loop {
            match ring.progress(ticket).map_err(corrupted)? {
                Progress::Signalled => return Ok(()),
                Progress::Abandoned if self.reports() => return Err(Halt::Stuck(self.abandoned(ticket))),
                Progress::Abandoned | Progress::Pending => {}
            }
            if interrupt.is_set() {
                return Err(Halt::Interrupted);
            }
            ring.park(ticket, SLICE).map_err(corrupted)?;
            if self.reports() && looked.elapsed() >= SLICE {
                looked = Instant::now();
                if self.recorder_died(ticket).map_err(corrupted)? {
                    return Err(Halt::Stuck(self.orphaned(ticket)));
                }
            }
        }
    }

    /// Whether a pending record's process is gone, so that it will never be executed.
    fn recorder_died(&self, ticket: Ticket) -> Result<bool, RingFault> {
        let ring = self.block.ring();
        let Some(recorder) = ring.recorder(ticket)? else { return Ok(false) };
        // Progress is read after the death is certain: the process may have signalled as its last deed.
        Ok(!self.block.is_alive(recorder) && ring.progress(ticket)? == Progress::Pending)
    }

    /// The host notices that a record was executed.
    pub(crate) fn recycle_record(&self, ticket: Ticket) {
        let mut local = self.lock();
        let ring = self.block.ring();
        let latest = ring.latest() == Ok(Some(ticket));
        self.release(&mut local, ticket);
        // Older releases remember it only if nobody else holds the record.
        if latest && (repaired() || ring.is_held(ticket) == Ok(false)) {
            local.finished = true;
        }
    }

    /// A record will never be executed.
    pub(crate) fn abandon_record(&self, ticket: Ticket) {
        self.signal(ticket, Progress::Abandoned);
        self.release(&mut self.lock(), ticket);
    }

    /// The host notices that a wait has passed.
    pub(crate) fn recycle_wait(&self, ticket: Ticket) {
        let mut local = self.lock();
        self.release(&mut local, ticket);
    }

    fn release(&self, local: &mut Local, ticket: Ticket) {
        let Some(holds) = local.holds.get_mut(&ticket.slot()) else { return };
        *holds -= 1;
        if *holds == 0 {
            local.holds.remove(&ticket.slot());
            self.block.ring().release(self.block.participant(), ticket.slot());
        }
    }

    /// Whether the current record is executed; true if there is none, or if everybody has recycled it.
    pub(crate) fn is_complete(&self) -> Answer<bool> {
        self.status()?;
        let local = self.lock();
        let ring = self.block.ring();
        let executed = |ticket| ring.progress(ticket).map(|progress| progress == Progress::Signalled || local.finished);
        ring.latest().and_then(|latest| latest.map_or(Ok(true), executed)).map_err(|_| self.corrupted())
    }

    /// Blocks the host until the current record is executed.
    pub(crate) fn synchronize(&self, deadline: Option<Instant>) -> Answer {
        self.status()?;
        let ring = self.block.ring();
        let corrupted = |_| self.corrupted();
        let Some(ticket) = ring.latest().map_err(corrupted)? else { return Ok(()) };
        let stale = !repaired() && self.lock().finished;
        if ring.progress(ticket).map_err(corrupted)? == Progress::Signalled
            && !(stale && ring.is_held(ticket).map_err(corrupted)?)
        {
            return Ok(());
        }
        if stale && self.reports() {
            return Err(self.misled(ticket));
        }
        let _waiting = Blocking::begin();
        for poll in 1.. {
            self.status()?;
            let finished = self.lock().finished;
            let progress = ring.progress(ticket).map_err(corrupted)?;
            // The real runtime looks at the slot's byte, which recycling zeroes: it can miss the completion.
            let missed = !self.reports() && !ring.is_held(ticket).map_err(corrupted)?;
            let signalled = progress == Progress::Signalled && !missed;
            let passes = if repaired() { finished || signalled } else { signalled && (self.reports() || !finished) };
            if passes {
                return Ok(());
            }
            if self.reports() && progress == Progress::Abandoned {
                return Err(self.abandoned(ticket));
            }
            if self.reports() && finished {
                return Err(self.misled(ticket)); // pending, so what was finished is another record
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Fault::timeout(507_047, "event"));
            }
            if self.reports() {
                ring.park(ticket, left.unwrap_or(SLICE).min(SLICE)).map_err(corrupted)?;
                if self.recorder_died(ticket).map_err(corrupted)? {
                    return Err(self.orphaned(ticket));
                }
            } else if poll % POLLS == 0 {
                std::thread::park_timeout(left.unwrap_or(POLL_SLEEP).min(POLL_SLEEP));
            }
        }
        Ok(())
    }

    /// Refuses while the device of the event's own context is aborted, or after a failure that stopped the context.
    fn status(&self) -> Answer {
        let context = self.context.and_then(|raw| runtime().contexts.get(raw));
        context.map_or(Ok(()), |context| context.status())
    }

    fn reports(&self) -> bool {
        runtime().profile.hangs == Hangs::Report
    }

    fn name(&self) -> String {
        format!("event {:016x} of device {}", self.block.id().0, self.block.device())
    }

    fn recorder(&self, ticket: Ticket) -> String {
        let recorder = self.block.ring().recorder(ticket).ok().flatten();
        match recorder.map_or(0, |recorder| self.block.pid(recorder)) {
            0 => "a process that is gone".to_owned(),
            pid => format!("process {pid}"),
        }
    }

    fn who(&self, ticket: Ticket) -> String {
        format!("{} was recorded by {}", self.name(), self.recorder(ticket))
    }

    fn orphaned(&self, ticket: Ticket) -> Fault {
        let cause = format!(
            "{}, which died before its device executed the record; the real runtime waits here for ever",
            self.who(ticket)
        );
        Fault::new(507_899, "EE1019", cause, "Let waiters watch their peer, and abandon the event when it dies.")
    }

    fn abandoned(&self, ticket: Ticket) -> Fault {
        if let Some(rule) = self.block.lost().rule_of(ticket.pack()) {
            let what = format_args!("{}: its record by {}", self.name(), self.recorder(ticket));
            return Fault::dropped(what, &rule);
        }
        let cause = format!(
            "{}, which died, or whose stream was aborted or stuck, before the record was executed; \
             the real runtime waits here for ever",
            self.who(ticket)
        );
        Fault::new(507_899, "EE1019", cause, "Do not abort a stream that others wait for.")
    }

    fn misled(&self, ticket: Ticket) -> Fault {
        let cause = format!(
            "{}, while this process remembers that an earlier record of its own was executed; {} takes that for a reason to \
             wait, and does so for ever. 9.1.0 is the first release that does not",
            self.who(ticket),
            runtime().profile.release
        );
        Fault::new(507_899, "EE1019", cause, "Let one process record an event, or wait for it on a stream.")
    }

    fn corrupted(&self) -> Fault {
        let cause = format!("the control block of event {:016x} holds impossible values", self.block.id().0);
        Fault::new(507_899, "EE9999", cause, "A process that shares the event has overwritten it.")
    }

    fn lock(&self) -> MutexGuard<'_, Local> {
        self.local.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the release is one in which `aclrtSynchronizeEvent` understands its own memory.
fn repaired() -> bool {
    runtime().profile.release.synchronizes_ipc_events_correctly()
}

fn destroyed(id: Id) -> Fault {
    let cause = format!(
        "the creator of event {:016x}, process {}, has destroyed it or ended; on {} nobody can open it then",
        id.0,
        id.creator(),
        runtime().profile.soc
    );
    Fault::new(507_899, "EE1017", cause, "Open an event before its creator destroys it; who has it open goes on.")
}

fn unknown(id: Id) -> Fault {
    let code = if runtime().profile.family() == Family::A5 { 507_899 } else { 107_017 };
    let cause = format!("no process has an event {:016x} open", id.0);
    Fault::new(
        code,
        "EE1017",
        cause,
        "The creator may have destroyed it or exited before this import, or the bytes are wrong.",
    )
}

fn open_fault(fault: OpenFault, id: Option<Id>) -> Fault {
    match (fault, id) {
        (OpenFault::NotFound(NotFound::Unknown), Some(id)) => unknown(id),
        (OpenFault::NotFound(NotFound::Denied), _) => {
            let cause = "the event belongs to a process of another user";
            Fault::new(507_899, "EE1001", cause, "Run both processes under one user id.")
        }
        (OpenFault::NotFound(NotFound::Failed(error)) | OpenFault::System(error), _) => {
            Fault::system(error, "sharing an event's control block")
        }
        (OpenFault::Full, _) => {
            let cause = format!("{} openings share the event already", crate::sync::ring::PARTICIPANTS);
            Fault::new(207_005, "EE1023", cause, "Close what is not needed, or use several events.")
        }
        (OpenFault::Foreign | OpenFault::NotFound(NotFound::Unknown), _) => {
            let cause = "what the handle names is not an event of this simulator's version";
            Fault::new(507_899, "EE1017", cause, "Use one version of the simulator in all processes.")
        }
    }
}
