//! Keeps shared objects that were dropped while other processes hold them, until these are done.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::lender::{Lender, wait_for};
use super::loan::Lent;
use crate::deadline::Deadline;

/// How long the thread sleeps at most before it looks whether more was dropped.
const NAP: Duration = Duration::from_millis(200);

/// What is kept, and whether the thread lives.
static KEPT: Mutex<Kept> = Mutex::new(Kept { objects: Vec::new(), thread: false });

struct Kept {
    objects: Vec<(Arc<dyn Lent>, Arc<Lender>)>,
    thread: bool,
}

/// Keeps an object until its leases are back.
pub(super) fn keep(object: Arc<dyn Lent>, lender: Arc<Lender>) {
    let mut kept = lock();
    kept.objects.push((object, lender));
    if !kept.thread {
        // Without a thread the object stays until the process ends, which is what the holders want.
        kept.thread = std::thread::Builder::new().name("ascend-ipc-keeper".to_owned()).spawn(run).is_ok();
    }
}

/// Lets objects go as their leases come back; ends when nothing is left.
fn run() {
    loop {
        let mut kept = lock();
        let objects = std::mem::take(&mut kept.objects);
        let (out, back): (Vec<_>, Vec<_>) = objects.into_iter().partition(|(object, lender)| {
            let leases = lender.leases();
            if leases.died > 0 {
                object.holder_died();
            }
            leases.is_out()
        });
        kept.objects = out;
        let near: Vec<_> = kept.objects.iter().filter_map(|(_, lender)| lender.near().ok()).flatten().collect();
        kept.thread = !kept.objects.is_empty();
        let done = !kept.thread;
        drop(kept);
        drop(back); // destroyed outside the lock
        if done {
            return;
        }
        let _ = wait_for(&near, Some(Deadline::after(NAP)));
    }
}

fn lock() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}
