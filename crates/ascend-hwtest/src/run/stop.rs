//! Why a run has to end early: somebody interrupts it, or its time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The said reasons.
#[derive(Debug)]
pub(super) struct Stop {
    interrupted: Arc<AtomicBool>,
    end: Instant,
}

/// What is said of cases that an interrupt stopped.
const INTERRUPTED: &str = "interrupted";

impl Stop {
    /// From now on SIGINT, SIGTERM and SIGHUP end the run in good order; a second one ends it at once.
    ///
    /// # Errors
    /// If the signals cannot be caught.
    pub(super) fn new(max_time: Duration) -> std::io::Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
            let code = i32::from(crate::exit::Exit::Interrupted.code());
            signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&interrupted))?;
            signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
        }
        let now = Instant::now();
        Ok(Self { interrupted, end: now.checked_add(max_time).unwrap_or(now + Duration::from_secs(1 << 32)) })
    }

    /// Whether somebody interrupted it.
    #[must_use]
    pub(super) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed) // nothing else is handed over with it
    }

    /// Whether its time is up.
    #[must_use]
    pub(super) fn is_late(&self) -> bool {
        Instant::now() >= self.end
    }

    /// The reason, if there is one.
    #[must_use]
    pub(super) fn reason(&self) -> Option<&'static str> {
        if self.interrupted() {
            Some(INTERRUPTED)
        } else {
            self.is_late().then_some("the time for the run is up (--max-time)")
        }
    }
}
