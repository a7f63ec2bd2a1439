//! What every rule needs: the backend from outside, two devices, and a channel between the roles.

use std::time::Duration;

use ascend_ipc::{Channel, Device, ErrorKind, IpcEvent, Runtime, Stream};
use ascend_testkit::{Backend, Capabilities, Latch, Needs, RoleCx, RoleResult, Scenario, roles};
use serde::{Deserialize, Serialize};

/// Longer than anything takes that does not hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough to see that something does not happen.
pub(crate) const GLANCE: Duration = Duration::from_millis(40);

/// The devices of the recording and of the waiting process.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) recorder: i32,
    pub(crate) waiter: i32,
}

pub(crate) const SAME_DEVICE: Link = Link { recorder: 0, waiter: 0 };
pub(crate) const CROSS_DEVICE: Link = Link { recorder: 0, waiter: 1 };

/// A rule that holds whatever the link between the two devices.
macro_rules! on_each_link {
    ($($(#[$meta:meta])* fn $name:ident($scenario:ident, $link:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "not every rule needs everything")]
            use super::*;

            fn rule($scenario: &mut ascend_testkit::Scenario, $link: $crate::stage::Link) {
                $crate::stage::require($scenario, $link);
                $body
            }

            #[test]
            fn same_device() {
                ascend_testkit::run(|s| rule(s, $crate::stage::SAME_DEVICE));
            }

            #[test]
            fn cross_device() {
                ascend_testkit::run(|s| rule(s, $crate::stage::CROSS_DEVICE));
            }
        }
    )*};
}
pub(crate) use on_each_link;

/// What a step of a role answers.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

roles![probe, doomed];

/// Opens the runtime that the run was asked for, and proves that it is that one.
pub(crate) fn runtime(cx: &RoleCx) -> Outcome<Runtime> {
    let acl = match cx.backend() {
        Backend::Sim => Runtime::simulated(),
        Backend::Hw => Runtime::load(),
        Backend::Path(path) => Runtime::open(path),
        other => return Err(format!("this suite cannot run on {other:?}").into()),
    }?;
    cx.loaded(&acl.origin().to_string())?;
    Ok(acl)
}

/// A device of that runtime, on the budget for starting up.
pub(crate) fn device(cx: &RoleCx, id: i32) -> Outcome<Device> {
    cx.start_up(|| Ok(runtime(cx)?.device(id)?))?
}

/// The channel between two roles.
pub(crate) fn channel(cx: &RoleCx) -> Outcome<Channel> {
    Ok(Channel::from(cx.socket("channel")?))
}

/// Holds a stream until the latch is released.
pub(crate) fn hold(stream: &Stream) -> Outcome<Latch> {
    let latch = Latch::new();
    let held = latch.clone();
    stream.launch_host(move || {
        held.hold();
    })?;
    Ok(latch)
}

/// Skips, with the reason, where the link is not there.
pub(crate) fn require(s: &mut Scenario, link: Link) {
    let probe = s.spawn(probe, ());
    let (devices, ipc_events) = probe.receive::<(u32, bool)>("capabilities");
    let needs =
        Needs { devices: link.recorder.max(link.waiter).unsigned_abs() + 1, peer_access: false, ipc_events: true };
    s.require(&needs, &Capabilities { devices, peer_access: true, ipc_events });
}

fn probe(cx: &mut RoleCx, (): ()) -> RoleResult {
    let acl = cx.start_up(|| runtime(cx))??;
    let ipc_events = match IpcEvent::create(&acl.device(0)?) {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::Unsupported => false,
        Err(error) => return Err(error.into()),
    };
    cx.send("capabilities", &(acl.device_count()?, ipc_events))?;
    Ok(())
}

/// Records behind a latch that nobody opens, and stands at the point `opened`.
pub(crate) fn doomed(cx: &mut RoleCx, link: Link) -> RoleResult {
    let device = device(cx, link.recorder)?;
    let stream = device.create_stream()?;
    let channel = channel(cx)?;
    let (event, ticket) = IpcEvent::create(&device)?.share()?;
    let _latch = hold(&stream)?;
    let recorded = event.record(&stream)?;
    channel.send(&(ticket, recorded), PATIENCE)?;
    channel.receive::<()>(PATIENCE)?;
    cx.point("opened");
    Ok(())
}
