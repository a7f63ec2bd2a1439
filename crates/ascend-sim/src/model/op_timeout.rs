//! How long a wait of a stream lasts that names no time itself: for ever, unless the program says otherwise.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Seconds; 0 is for ever. One value for the whole process.
static SECONDS: AtomicU32 = AtomicU32::new(0);

/// Sets the time, for waits that are called from now on.
pub(crate) fn set(seconds: u32) {
    SECONDS.store(seconds, Ordering::Relaxed);
}

/// The time of a wait that names none.
pub(crate) fn limit() -> Option<Duration> {
    match SECONDS.load(Ordering::Relaxed) {
        0 => None,
        seconds => Some(Duration::from_secs(seconds.into())),
    }
}

/// The time of a wait that names so many seconds: 0 is for ever, the greatest number leaves it to the process's setting.
pub(crate) fn of_seconds(seconds: u32) -> Option<Duration> {
    match seconds {
        0 => None,
        u32::MAX => limit(),
        seconds => Some(Duration::from_secs(seconds.into())),
    }
}
