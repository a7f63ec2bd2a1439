//! Notifies: binary signals between streams, which other processes can record, too.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ascend_sys::{NotifyExportFlags, NotifyFlags, NotifyImportFlags};
use rustix::io::Errno;

use super::device::Device;
use super::fault::{Answer, Fault};
use super::number::Number;
use super::peer::{self, Direction};
use super::profile::Hangs;
use super::registry::Raw;
use super::runtime::runtime;
use super::strict::finding::{Finding, WRONG_DEVICE};
use super::strict::{is_on, ledger, share};
use super::task::{Halt, Interrupt, SLICE, Task};
use super::{thread, trace};
use crate::shm::export::{ImportFault, Key};
use crate::shm::notify::NotifyBlock;

/// A notify behind a handle.
pub(crate) struct Notify {
    block: Arc<NotifyBlock>,
    /// Given back when the last task that uses the notify has ended and the last importer has gone; an importer has none.
    number: Option<Number>,
}

/// What was destroyed here, and has importers still: its number is in use.
static LINGERING: Mutex<Vec<(Arc<NotifyBlock>, Number)>> = Mutex::new(Vec::new());

/// Gives the numbers back whose last importer has gone.
fn release_numbers() {
    LINGERING.lock().unwrap_or_else(PoisonError::into_inner).retain(|(block, _)| block.is_imported());
}

impl Drop for Notify {
    fn drop(&mut self) {
        if let Some(number) = self.number.take()
            && self.block.is_imported()
        {
            LINGERING.lock().unwrap_or_else(PoisonError::into_inner).push((Arc::clone(&self.block), number));
        }
    }
}

impl Notify {
    /// What names it in all processes.
    pub(crate) fn identity(&self) -> u64 {
        self.block.id().0
    }

    /// The device executes a record of this name.
    pub(crate) fn record(&self, name: u32) {
        self.block.signal().set(name);
    }

    /// A rule has dropped a record: one wait that has no time limit is told so.
    pub(crate) fn lose(&self, rule: &str) {
        self.block.lost().note(LOST, rule);
    }

    /// A wait for which no record comes, while one was dropped; other records may be under way, so it has patience.
    fn missing(&self, waiting: Instant) -> Option<Fault> {
        if runtime().profile.hangs == Hangs::Reproduce || waiting.elapsed() < PATIENCE {
            return None;
        }
        self.block.lost().take(LOST).map(|rule| Fault::dropped(format_args!("a record of the notify"), &rule))
    }

    /// A wait's time limit has passed, perhaps since a record was dropped.
    fn expired(&self) -> Fault {
        // If a record was dropped, this is the wait that it has cost: later ones are not to be told of it.
        let rule = self.block.lost().take(LOST).filter(|_| runtime().profile.hangs == Hangs::Report);
        rule.map_or_else(
            || Fault::timeout(507_012, "wait for a notify"),
            |rule| {
                Fault::dropped(format_args!("the wait for a notify has expired: a record"), &rule).with_code(507_012)
            },
        )
    }

    /// Whether a wait would end at once, or be told of a loss.
    pub(crate) fn is_settled(&self) -> bool {
        self.block.signal().is_set() || self.block.lost().rule_of(LOST).is_some()
    }

    /// Blocks a stream until a record is there, and takes it; answers with its name.
    pub(crate) fn wait(&self, limit: Option<Duration>, interrupt: &Interrupt<'_>) -> Result<u32, Halt> {
        let began = Instant::now();
        let deadline = limit.map(|limit| began + limit);
        loop {
            if let Some(name) = self.block.signal().take() {
                return Ok(name);
            }
            if interrupt.is_set() {
                return Err(Halt::Interrupted);
            }
            let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(Instant::now()).min(SLICE));
            if left.is_zero() {
                return Err(Halt::Failed(self.expired()));
            }
            if limit.is_none()
                && let Some(fault) = self.missing(began)
            {
                return Err(Halt::Stuck(fault));
            }
            self.block.signal().park(left);
        }
    }
}

/// How long a wait without a limit hopes for another record when one was dropped.
const PATIENCE: Duration = Duration::from_millis(500);
/// That a record was dropped.
const LOST: u64 = 1;

/// Creates a notify on the current device.
pub(crate) fn create(flag: u64) -> Answer<Raw> {
    if NotifyFlags::from_bits(flag).is_none() {
        return Err(Fault::parameter(format!("the notify flag {flag:#x} is unknown"), "Pass 0 or 1."));
    }
    let device = current_device()?;
    let exhausted =
        || Fault::new(207_009, "EE1023", "the device has no notify left", "Destroy notifies that are not needed.");
    release_numbers();
    let number = device.notifies().take().ok_or_else(exhausted)?;
    let block = NotifyBlock::create(device.logical(), number.value()).map_err(|error| match error {
        Errno::MFILE | Errno::NFILE => exhausted(), // descriptors are what a notify costs here
        error => Fault::system(error, "creating a notify"),
    })?;
    Ok(insert(block, Some(number)))
}

/// Destroys a notify; tasks that use it keep what they need until they end.
pub(crate) fn destroy(raw: Raw) -> Answer {
    find(raw)?;
    thread::current()?;
    let notify = runtime().notifies.remove(raw).ok_or_else(unknown)?;
    if notify.block.is_own() {
        share::ended(&*notify.block, &subject(&notify.block), "destroyed");
    }
    notify.block.close_key();
    Ok(())
}

/// Records a notify on a stream of the current context.
pub(crate) fn record(notify: Raw, stream: Raw) -> Answer {
    let notify = find(notify)?;
    let stream = thread::named_stream(stream)?;
    thread::own(stream)?.submit(Task::RecordNotify(notify, trace::flow::notify_record()))
}

/// Makes a stream of the current context wait for a record, at most so long.
pub(crate) fn wait(raw: Raw, stream: Raw, limit: Option<Duration>) -> Answer {
    let notify = find(raw)?;
    let stream = thread::named_stream(stream)?;
    let stream = thread::own(stream)?;
    let (here, there) = (current_device()?.logical(), notify.block.device());
    if here != there {
        tell_wrong_device(raw, &notify.block, here);
        let cause = format!("device {here} cannot wait for a notify of device {there}");
        return Err(Fault::new(107_000, "EE1012", cause, "Wait on the device that created it; record anywhere."));
    }
    stream.submit(Task::WaitNotify(notify, limit, None))
}

/// The notify's number on its device.
pub(crate) fn id(raw: Raw) -> Answer<u32> {
    Ok(find(raw)?.block.number())
}

/// Forgets the records of several notifies, or of none if one handle is wrong.
pub(crate) fn reset(raws: &[Raw]) -> Answer {
    let named = |raw: &Raw| match *raw {
        0 => Err(Fault::parameter("a notify is a null pointer", "Pass notifies only.")),
        raw => find(raw),
    };
    let notifies = raws.iter().map(named).collect::<Answer<Vec<_>>>()?;
    notifies.iter().for_each(|notify| {
        notify.block.lost().clear();
        notify.block.signal().clear();
    });
    Ok(())
}

/// Exports a notify under a key that fits into `room` bytes.
pub(crate) fn export(raw: Raw, room: usize, flags: u64) -> Answer<String> {
    let notify = find(raw)?;
    if room <= Key::LENGTH {
        let cause = format!("the key needs {} bytes, but there is room for {room}", Key::LENGTH + 1);
        return Err(Fault::parameter(cause, "Pass a buffer of 65 bytes."));
    }
    let flags = NotifyExportFlags::from_bits(flags).ok_or_else(bad_flags)?;
    let restricted = !flags.contains(NotifyExportFlags::DISABLE_PID_VALIDATION);
    let shared =
        || Fault::new(507_000, "EE1018", "the notify is exported already", "Export it once, and keep the key.");
    let key = notify.block.export(restricted).ok_or_else(shared)?;
    share::exported(&*notify.block);
    Ok(key.notify_text())
}

/// Lists processes that may import a notify of this process.
pub(crate) fn allow(raw: Raw, pids: &[u32]) -> Answer {
    let notify = find(raw)?;
    if pids.is_empty() {
        return Err(Fault::parameter("no process is listed", "List 1 to 65535 processes."));
    }
    if !notify.block.is_own() {
        return Err(Fault::parameter("the notify was imported", "Let the process list importers that created it."));
    }
    if notify.block.allow(pids) {
        return Ok(());
    }
    Err(Fault::parameter("the notify's list of processes is full", "List 1 to 65535 processes."))
}

/// Opens the notify that another process exported under a key.
pub(crate) fn import(key: &str, flags: u64) -> Answer<Raw> {
    let highest = NotifyImportFlags::ENABLE_PEER_ACCESS.bits() | 1;
    if flags > highest {
        return Err(bad_flags());
    }
    thread::current()?;
    let key = Key::parse_notify(key).ok_or_else(unknown_key)?;
    let own = || {
        let cause = "the notify was exported by this very process, which may not import it";
        Fault::new(507_899, "EE1001", cause, "Use the notify itself, or import it in another process.")
    };
    let block = NotifyBlock::import(key);
    if key.is_own() && !matches!(block, Err(ImportFault::Unknown)) {
        return Err(own());
    }
    let block = block.map_err(|fault| match fault {
        ImportFault::Unknown => unknown_key(),
        ImportFault::Refused => {
            let hint = "Let the exporter list this process with aclrtNotifySetImportPid.";
            Fault::new(507_899, "EE1001", "the exporter does not allow this process to import the notify", hint)
        }
        ImportFault::System(error) => Fault::system(error, "importing a notify"),
    })?;
    if flags & NotifyImportFlags::ENABLE_PEER_ACCESS.bits() != 0 {
        peer::connect(current_device()?, block.device(), Direction::One)?;
    }
    Ok(insert(block, None))
}

fn insert(block: NotifyBlock, number: Option<Number>) -> Raw {
    if block.is_own() {
        share::created(&block);
    } else {
        share::opened(&block);
    }
    runtime().notifies.insert(Arc::new(Notify { block: Arc::new(block), number }))
}

/// How a report names a notify.
fn subject(block: &NotifyBlock) -> String {
    format!("notify {} of device {}", block.number(), block.device())
}

fn tell_wrong_device(raw: Raw, block: &NotifyBlock, here: u32) {
    if is_on() {
        let what = format!("a stream of device {here} waits for it, which only its own device can");
        let made = ledger::entry(raw).map(|entry| entry.created());
        Finding::new(WRONG_DEVICE, subject(block), what).with(made).report();
    }
}

fn find(raw: Raw) -> Answer<Arc<Notify>> {
    runtime().notifies.get(raw).ok_or_else(unknown)
}

fn current_device() -> Answer<&'static Device> {
    runtime().device(i32::try_from(thread::current()?.device()).unwrap_or(-1))
}

fn unknown() -> Fault {
    Fault::handle("notify")
}

fn unknown_key() -> Fault {
    let hint = "Export a notify and send its key.";
    Fault::parameter("the notify key is unknown, or its notify was destroyed, or its exporter is gone", hint)
}

fn bad_flags() -> Fault {
    Fault::parameter("the flags are out of range", "Use the ACL_RT_NOTIFY_* flags.")
}
