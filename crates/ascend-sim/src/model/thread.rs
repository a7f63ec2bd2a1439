//! What a thread is bound to: an explicit context, or the primary context of a device.

use std::cell::Cell;
use std::sync::Arc;

use super::context::Context;
use super::device;
use super::fault::{Answer, Fault};
use super::registry::Raw;
use super::runtime::runtime;
use super::stream::Stream;

thread_local! {
    static EXPLICIT: Cell<Option<Raw>> = const { Cell::new(None) };
    static PRIMARY: Cell<Option<Raw>> = const { Cell::new(None) };
}

/// Binds this thread to a device's primary context; an explicit context is forgotten.
pub(crate) fn bind_primary(context: Raw) {
    EXPLICIT.set(None);
    PRIMARY.set(Some(context));
}

/// Makes a context current on this thread.
pub(crate) fn bind_explicit(context: Raw) {
    EXPLICIT.set(Some(context));
}

/// A device was torn down by this thread: its primary binding is gone, whichever device that was for.
pub(crate) fn unbind_primary() {
    PRIMARY.set(None);
}

/// A context was destroyed by this thread; if it was the current one, there is none now.
pub(crate) fn forget(context: Raw) {
    if EXPLICIT.get() == Some(context) {
        EXPLICIT.set(None);
        PRIMARY.set(None);
    }
}

/// The handle of the current context, which may have been destroyed meanwhile.
pub(crate) fn current_raw() -> Option<Raw> {
    EXPLICIT.get().or_else(|| PRIMARY.get())
}

/// The current context; refused while its device is aborted, or after a failure that stopped it.
pub(crate) fn current() -> Answer<Arc<Context>> {
    let context = bound()?;
    context.status()?;
    Ok(context)
}

/// The current context, in whatever state it is. A thread that has none gets the default device, if `aclInit` named one.
pub(crate) fn bound() -> Answer<Arc<Context>> {
    if current_raw().is_none()
        && let Some(device) = runtime().init.default_device()
    {
        device::set(device)?; // counts, as if the thread had called aclrtSetDevice
    }
    present()
}

/// The context that is current already.
pub(crate) fn present() -> Answer<Arc<Context>> {
    let context = current_raw().and_then(|raw| runtime().contexts.get(raw));
    context.filter(|context| context.is_valid()).ok_or_else(Fault::no_context)
}

/// A stream of the current context: the default one for a null handle.
pub(crate) fn own_stream(raw: Raw) -> Answer<Arc<Stream>> {
    own(named_stream(raw)?)
}

/// As [`own_stream`], for a handle that was looked up before other things were checked.
pub(crate) fn own(named: Option<Arc<Stream>>) -> Answer<Arc<Stream>> {
    let context = current()?;
    match named {
        None => Ok(Arc::clone(context.default_stream())),
        Some(stream) if stream.context() == context.raw() => Ok(stream),
        Some(_) => Err(Fault::foreign_stream()),
    }
}

/// A stream of any context: the default one of the current context for a null handle. A current context is needed anyway.
pub(crate) fn any_stream(raw: Raw) -> Answer<Arc<Stream>> {
    let named = named_stream(raw)?;
    let context = current()?;
    Ok(named.unwrap_or_else(|| Arc::clone(context.default_stream())))
}

/// As [`any_stream`], to wait for it: the real runtime makes the context of a foreign stream current meanwhile, and
/// afterwards leaves the former one explicitly current.
pub(crate) fn awaited_stream(raw: Raw) -> Answer<Arc<Stream>> {
    let stream = any_stream(raw)?;
    if let Some(current) = current_raw()
        && current != stream.context()
    {
        bind_explicit(current);
    }
    Ok(stream)
}

/// The stream behind a handle; `None` for a null one. Which handle is wrong is found out before anything else.
pub(crate) fn named_stream(raw: Raw) -> Answer<Option<Arc<Stream>>> {
    match raw {
        0 => Ok(None),
        raw => runtime().streams.get(raw).map(Some).ok_or_else(|| Fault::handle("stream")),
    }
}
