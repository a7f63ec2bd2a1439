//! Counting notifies: a 32-bit value that streams of this process change, and wait for.
//!
//! The facts give names, modes and layouts. The rest follows notifies: contexts, devices, seconds and codes.

use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ascend_sys::NotifyFlags;
use ascend_sys::abi::{
    ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE, ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE, ACL_RT_CNT_NOTIFY_RECORD_BIT_OR_MODE,
    ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE, ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE,
    ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE, ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE,
    ACL_RT_CNT_NOTIFY_WAIT_EQUAL_WITH_BITMASK_MODE, ACL_RT_CNT_NOTIFY_WAIT_LESS_MODE, aclrtCntNotifyRecordMode,
    aclrtCntNotifyWaitMode,
};

use super::fault::{Answer, Fault};
use super::number::{Number, Numbers};
use super::op_timeout;
use super::registry::Raw;
use super::runtime::runtime;
use super::task::{Halt, Interrupt, SLICE, Task};
use super::thread;

/// How many a process has: invented.
const MOST: u32 = 1024;

/// A counting notify behind a handle.
pub(crate) struct CountingNotify {
    value: Mutex<u32>,
    changed: Condvar,
    device: u32,
    number: Number,
}

/// What a record does to the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    mode: aclrtCntNotifyRecordMode,
    operand: u32,
}

impl Change {
    /// Makes the value 0.
    pub(crate) const RESET: Self = Self { mode: ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE, operand: 0 };

    /// What a mode means; `None` for one that means nothing.
    pub(crate) fn of(mode: aclrtCntNotifyRecordMode, operand: u32) -> Option<Self> {
        let change = Self { mode, operand };
        change.apply(0).map(|_| change)
    }

    const fn apply(self, value: u32) -> Option<u32> {
        Some(match self.mode {
            ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE => self.operand,
            ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE => value.wrapping_add(self.operand),
            ACL_RT_CNT_NOTIFY_RECORD_BIT_OR_MODE => value | self.operand,
            ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE => value & self.operand,
            _ => return None,
        })
    }
}

/// What a stream waits for, how long, and whether the value is 0 afterwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    mode: aclrtCntNotifyWaitMode,
    operand: u32,
    limit: Option<Duration>,
    clears: bool,
}

impl Wait {
    /// What a mode means; `None` for one that means nothing. The time is in seconds.
    pub(crate) fn of(mode: aclrtCntNotifyWaitMode, operand: u32, seconds: u32, clears: bool) -> Option<Self> {
        let wait = Self { mode, operand, limit: op_timeout::of_seconds(seconds), clears };
        wait.holds(0).map(|_| wait)
    }

    /// How long it may wait.
    pub(crate) const fn limit(&self) -> Option<Duration> {
        self.limit
    }

    /// It has waited as long as it may.
    pub(crate) const fn expire(&mut self) {
        self.limit = Some(Duration::ZERO);
    }

    const fn holds(self, value: u32) -> Option<bool> {
        Some(match self.mode {
            ACL_RT_CNT_NOTIFY_WAIT_LESS_MODE => value < self.operand,
            ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE => value == self.operand,
            ACL_RT_CNT_NOTIFY_WAIT_BIGGER_MODE => value > self.operand,
            ACL_RT_CNT_NOTIFY_WAIT_BIGGER_OR_EQUAL_MODE => value >= self.operand,
            // One operand is both the mask and what is wanted: all its bits are set.
            ACL_RT_CNT_NOTIFY_WAIT_EQUAL_WITH_BITMASK_MODE => value & self.operand == self.operand,
            _ => return None,
        })
    }
}

impl CountingNotify {
    /// The device executes a record or a reset.
    pub(crate) fn change(&self, change: Change) {
        let mut value = self.lock();
        *value = change.apply(*value).unwrap_or(*value);
        drop(value);
        self.changed.notify_all();
    }

    /// Whether a wait would end at once.
    pub(crate) fn is_settled(&self, wait: Wait) -> bool {
        wait.holds(*self.lock()) != Some(false)
    }

    /// Blocks a stream until the condition holds; whoever clears the value does so before anybody else sees it.
    pub(crate) fn wait(&self, wait: Wait, interrupt: &Interrupt<'_>) -> Result<(), Halt> {
        let deadline = wait.limit.map(|limit| Instant::now() + limit);
        let mut value = self.lock();
        while wait.holds(*value) == Some(false) {
            if interrupt.is_set() {
                return Err(Halt::Interrupted);
            }
            let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(Instant::now()).min(SLICE));
            if left.is_zero() {
                return Err(Halt::Failed(Fault::timeout(507_012, "wait for a counting notify")));
            }
            value = self.changed.wait_timeout(value, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        if wait.clears {
            *value = 0;
            drop(value);
            self.changed.notify_all(); // somebody may wait for a smaller value
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, u32> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Creates a counting notify on the current device.
pub(crate) fn create(flag: u64) -> Answer<Raw> {
    static NUMBERS: LazyLock<Arc<Numbers>> = LazyLock::new(|| Numbers::new(MOST));
    if NotifyFlags::from_bits(flag).is_none() {
        return Err(Fault::parameter(format!("the notify flag {flag:#x} is unknown"), "Pass 0 or 1."));
    }
    let device = thread::current()?.device();
    let number = NUMBERS.take().ok_or_else(|| {
        Fault::new(207_009, "EE1023", "no counting notify is left", "Destroy counting notifies that are not needed.")
    })?;
    let notify = CountingNotify { value: Mutex::new(0), changed: Condvar::new(), device, number };
    Ok(runtime().counting_notifies.insert(Arc::new(notify)))
}

/// Destroys a counting notify; tasks that use it keep it until they end.
pub(crate) fn destroy(raw: Raw) -> Answer {
    find(raw)?;
    thread::current()?;
    runtime().counting_notifies.remove(raw).map(drop).ok_or_else(unknown)
}

/// Changes the value on a stream of the current context.
pub(crate) fn change(notify: Raw, stream: Raw, change: Option<Change>) -> Answer {
    let notify = find(notify)?;
    let stream = thread::named_stream(stream)?;
    let change = change.ok_or_else(bad_mode)?;
    thread::own(stream)?.submit(Task::ChangeCount(notify, change))
}

/// Makes a stream of the current context wait.
pub(crate) fn wait(notify: Raw, stream: Raw, wait: Option<Wait>) -> Answer {
    let notify = find(notify)?;
    let stream = thread::named_stream(stream)?;
    let wait = wait.ok_or_else(bad_mode)?;
    let stream = thread::own(stream)?;
    if stream.device() != notify.device {
        let cause = format!("device {} cannot wait for a counting notify of device {}", stream.device(), notify.device);
        return Err(Fault::new(107_000, "EE1012", cause, "Wait on the device that created it; record anywhere."));
    }
    stream.submit(Task::WaitCount(notify, wait))
}

/// The number.
pub(crate) fn id(raw: Raw) -> Answer<u32> {
    Ok(find(raw)?.number.value())
}

fn find(raw: Raw) -> Answer<Arc<CountingNotify>> {
    runtime().counting_notifies.get(raw).ok_or_else(unknown)
}

fn unknown() -> Fault {
    Fault::handle("counting notify")
}

fn bad_mode() -> Fault {
    Fault::parameter("the mode is unknown", "Use the ACL_RT_CNT_NOTIFY_* modes.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_sets_adds_or_combines_bits() {
        let after = |mode, operand, value| Change::of(mode, operand).and_then(|change| change.apply(value));
        assert_eq!(after(ACL_RT_CNT_NOTIFY_RECORD_SET_VALUE_MODE, 7, 9), Some(7));
        assert_eq!(after(ACL_RT_CNT_NOTIFY_RECORD_ADD_MODE, 2, u32::MAX), Some(1));
        assert_eq!(after(ACL_RT_CNT_NOTIFY_RECORD_BIT_OR_MODE, 6, 9), Some(15));
        assert_eq!(after(ACL_RT_CNT_NOTIFY_RECORD_BIT_AND_MODE, 6, 12), Some(4));
        assert!(Change::of(3, 0).is_none() && Change::of(5, 0).is_none());
    }

    #[test]
    fn a_wait_compares_without_sign() {
        let holds = |mode, operand, value| Wait::of(mode, operand, 0, false).and_then(|wait| wait.holds(value));
        assert_eq!([4, 5, 6].map(|value| holds(0, 5, value)), [Some(true), Some(false), Some(false)]);
        assert_eq!([4, 5, 6].map(|value| holds(1, 5, value)), [Some(false), Some(true), Some(false)]);
        assert_eq!([4, 5, u32::MAX].map(|value| holds(2, 5, value)), [Some(false), Some(false), Some(true)]);
        assert_eq!([4, 5, 6].map(|value| holds(3, 5, value)), [Some(false), Some(true), Some(true)]);
        assert_eq!([4, 5, 7].map(|value| holds(4, 5, value)), [Some(false), Some(true), Some(true)]);
        assert_eq!(holds(5, 0, 0), None);
    }
}
