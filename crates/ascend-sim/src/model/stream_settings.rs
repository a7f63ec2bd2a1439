//! What can be set of a stream.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use ascend_sys::abi::{
    ACL_CONTINUE_ON_FAILURE, ACL_STOP_ON_FAILURE, ACL_STREAM_ATTR_CACHE_OP_INFO, ACL_STREAM_ATTR_FAILURE_MODE,
    ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK, ACL_STREAM_ATTR_PRIORITY, ACL_STREAM_ATTR_USER_CUSTOM_TAG,
    ACL_STREAM_PERSISTENT, aclrtStreamAttr,
};

use super::fault::{Answer, Fault};
use super::res_limit::Limits;

/// The least urgent priority; 0 is the most urgent.
pub(crate) const LEAST_PRIORITY: u32 = 7;
/// The flags that exist; others are ignored.
const FLAGS: u32 = 0x3f;

/// A stream's settings.
#[derive(Default)]
pub(crate) struct Settings {
    flags: u32,
    priority: AtomicU32,
    stops: AtomicBool,
    overflow: AtomicU32,
    tag: AtomicU32,
    cache: AtomicU32,
    calls_back: AtomicBool,
    limits: Mutex<Limits>,
}

impl Settings {
    /// The settings of a new stream.
    pub(crate) fn new(priority: u32, flags: u32) -> Self {
        Self { flags: flags & FLAGS, priority: AtomicU32::new(priority.min(LEAST_PRIORITY)), ..Self::default() }
    }

    /// The flags that it was created with.
    pub(crate) const fn flags(&self) -> u32 {
        self.flags
    }

    /// Whether nobody waits for it, since its tasks stay.
    pub(crate) const fn is_persistent(&self) -> bool {
        self.flags & ACL_STREAM_PERSISTENT != 0
    }

    /// Whether a failure stops the whole context.
    pub(crate) fn stops(&self) -> bool {
        self.stops.load(Ordering::Acquire)
    }

    /// Sets whether a failure stops the whole context, which cannot be taken back.
    pub(crate) fn set_failure_mode(&self, mode: u64) -> Answer {
        match u32::try_from(mode) {
            Ok(ACL_CONTINUE_ON_FAILURE) if self.stops() => {
                Err(Fault::unsupported("a stream that stops on failure cannot be made to go on again"))
            }
            Ok(ACL_CONTINUE_ON_FAILURE) => Ok(()),
            Ok(ACL_STOP_ON_FAILURE) => {
                self.stops.store(true, Ordering::Release);
                Ok(())
            }
            _ => Err(Fault::parameter(format!("{mode} is no failure mode"), "Pass 0 to go on, or 1 to stop.")),
        }
    }

    /// Reads an attribute.
    pub(crate) fn attribute(&self, attribute: aclrtStreamAttr) -> Answer<u64> {
        if attribute == ACL_STREAM_ATTR_FAILURE_MODE {
            return Ok(self.stops().into());
        }
        Ok(self.word(attribute)?.load(Ordering::Relaxed).into())
    }

    /// Sets an attribute; only failure modes have 64 bits.
    pub(crate) fn set_attribute(&self, attribute: aclrtStreamAttr, value: u64) -> Answer {
        if attribute == ACL_STREAM_ATTR_FAILURE_MODE {
            return self.set_failure_mode(value);
        }
        let word = self.word(attribute)?;
        let value = value as u32; // the union's member has 32 bits
        let most = match attribute {
            ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK | ACL_STREAM_ATTR_CACHE_OP_INFO => 1,
            ACL_STREAM_ATTR_PRIORITY => LEAST_PRIORITY,
            _ => u32::MAX,
        };
        if value > most {
            return Err(Fault::parameter(format!("{value} is more than {most}"), "Pass a value in range."));
        }
        word.store(value, Ordering::Relaxed);
        Ok(())
    }

    fn word(&self, attribute: aclrtStreamAttr) -> Answer<&AtomicU32> {
        match attribute {
            ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK => Ok(&self.overflow),
            ACL_STREAM_ATTR_USER_CUSTOM_TAG => Ok(&self.tag),
            ACL_STREAM_ATTR_CACHE_OP_INFO => Ok(&self.cache),
            ACL_STREAM_ATTR_PRIORITY => Ok(&self.priority),
            _ => Err(Fault::parameter(format!("a stream has no attribute {attribute}"), "Pass an ACL_STREAM_ATTR_*.")),
        }
    }

    /// Remembers that the stream has had callbacks.
    pub(crate) fn note_callback(&self) {
        self.calls_back.store(true, Ordering::Release);
    }

    /// Whether the stream has had callbacks.
    pub(crate) fn has_callbacks(&self) -> bool {
        self.calls_back.load(Ordering::Acquire)
    }

    /// Its limits of device resources.
    pub(crate) fn limits(&self) -> Limits {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets its limits of device resources.
    pub(crate) fn set_limits(&self, limits: Limits) {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner) = limits;
    }
}
