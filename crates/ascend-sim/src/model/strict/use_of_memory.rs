//! The rule of strict mode about memory of another device: it is copied from device to device only.

use super::finding::{Finding, WRONG_DEVICE};
use super::{is_on, ledger};
use crate::model::memory::{Backing, Region};

/// Memory imported from another device is in a copy to or from the host, or of inferred kind.
pub(crate) fn tell_remote(region: &Region) {
    let Backing::Imported(imported) = region.backing() else { return };
    if is_on() {
        let subject = format!("memory {:#x} of device {}", region.address(), imported.device());
        let what = "it was imported from another device, and is copied to or from the host, or with an inferred kind";
        Finding::new(WRONG_DEVICE, subject, what).with(ledger::allocation(region.address())).report();
    }
}
