//! Errors of calls that `Drop` makes: they go to a hook, never to a later call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use super::Error;

type Hook = Arc<dyn Fn(&Error) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);

/// Hears of every error of a call that a `Drop` of this crate made; replaces the hook that was set before.
///
/// Such an error has nobody to return to: an event, stream or buffer was released, and the runtime refused. The hook is
/// called on the thread that dropped, and must not block; a panic in it ends there. Without a hook nobody hears of it,
/// except `tracing` (feature `tracing`), which gets an event in any case.
///
/// ```
/// ascend_ipc::on_drop_error(|error| eprintln!("while dropping: {error}"));
/// ```
pub fn on_drop_error(hook: impl Fn(&Error) + Send + Sync + 'static) {
    *HOOK.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(hook));
}

/// Passes an error on.
#[cold]
pub(crate) fn report(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::error!(
        call = error.failed_call(),
        code = error.status().map(|status| status.0),
        message_id = error.message_id(),
        "while dropping: {}",
        error.to_line()
    );
    // Called outside the lock: the hook may drop something whose release fails as well.
    let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(hook) = hook {
        // Drop never panics; the panic hook has spoken already.
        let _ = catch_unwind(AssertUnwindSafe(|| hook(error)));
    }
}
