//! How streams come and go: created in the current context, destroyed after their work or at once.

use ascend_sys::abi::{ACL_RT_STREAM_STATE_CREATE_POST, ACL_RT_STREAM_STATE_DESTROY_PRE, aclrtStreamState};

use super::fault::{Answer, Fault};
use super::registry::Raw;
use super::runtime::runtime;
use super::stream::{Kind, Stream};
use super::stream_settings::Settings;
use super::thread;

/// Creates a stream in the current context.
pub(crate) fn create(priority: u32, flags: u32) -> Answer<Raw> {
    let context = thread::current()?;
    let device = runtime().device(i32::try_from(context.device()).unwrap_or(-1))?;
    let id = device.stream_ids().claim(Kind::Created, runtime().profile.most_streams())?;
    let settings = Settings::new(priority, flags);
    let raw = Stream::make(context.raw(), context.device(), id, Kind::Created, settings).0;
    tell(raw, ACL_RT_STREAM_STATE_CREATE_POST);
    Ok(raw)
}

fn tell(raw: Raw, state: aclrtStreamState) {
    for listener in runtime().audience.stream.all() {
        listener.call(raw, state);
    }
}

/// Destroys a stream of the current context, after its work or at once.
pub(crate) fn destroy(raw: Raw, wait: bool) -> Answer {
    let stream = runtime().streams.get(raw).ok_or_else(|| Fault::handle("stream"))?;
    if thread::bound()?.raw() != stream.context() {
        return Err(Fault::foreign_stream());
    }
    if stream.is_default() {
        let hint = "It goes with its context.";
        return Err(Fault::parameter("a context's default stream cannot be destroyed", hint));
    }
    tell(raw, ACL_RT_STREAM_STATE_DESTROY_PRE);
    if runtime().streams.remove(raw).is_none() {
        return Err(Fault::handle("stream")); // somebody was faster
    }
    if wait {
        stream.close()
    } else {
        stream.close_now()
    }
    Ok(())
}

/// How many more streams can be created on the current device.
pub(crate) fn available() -> Answer<u32> {
    let device = runtime().device(i32::try_from(thread::current()?.device()).unwrap_or(-1))?;
    Ok(runtime().profile.most_streams().saturating_sub(device.stream_ids().created()))
}
