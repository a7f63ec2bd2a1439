//! The numbers of a device's streams, of which there are only so many.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::fault::{Answer, Fault};
use super::stream::Kind;

/// The numbers in use.
#[derive(Default)]
pub(crate) struct StreamIds(Mutex<Used>);

#[derive(Default)]
struct Used {
    /// Numbers below `next` that are free again.
    free: BTreeSet<u32>,
    next: u32,
    /// Streams that the program made; default streams do not count.
    created: u32,
}

impl StreamIds {
    /// The lowest free number.
    pub(crate) fn claim(&self, kind: Kind, most: u32) -> Answer<u32> {
        let mut used = self.lock();
        if kind == Kind::Created {
            if used.created >= most {
                let cause = format!("the device has {most} streams already");
                return Err(Fault::new(207_008, "EE1023", cause, "Destroy streams that are not needed."));
            }
            used.created += 1;
        }
        Ok(used.free.pop_first().unwrap_or_else(|| {
            used.next += 1;
            used.next - 1
        }))
    }

    /// A stream has ended.
    pub(crate) fn release(&self, id: u32, kind: Kind) {
        let mut used = self.lock();
        used.free.insert(id);
        used.created -= u32::from(kind == Kind::Created);
    }

    /// How many streams the program has made.
    pub(crate) fn created(&self) -> u32 {
        self.lock().created
    }

    fn lock(&self) -> MutexGuard<'_, Used> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
