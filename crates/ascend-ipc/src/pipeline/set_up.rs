//! Sets a pipeline up: the two ends introduce themselves over a channel, and exchange tickets.

use std::sync::Weak;

use serde::{Deserialize, Serialize};

use super::{Consumer, End, MOST_SLOTS, Producer};
use crate::access::Access;
use crate::channel::Channel;
use crate::deadline::Deadline;
use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::ffi;
use crate::notify::Notify;
use crate::runtime::BarePid;
use crate::ticket::NotifyTicket;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Producer,
    Consumer,
}

/// The first message of either end.
#[derive(Serialize, Deserialize)]
struct Hello {
    part: Part,
    slots: u64,
    process: BarePid,
}

impl Producer {
    /// Sets the producing end up, while the other process sets the consuming end up on the other end of the channel.
    ///
    /// Each end creates one notify a slot on its device, and lets the other process, and no other, open it. The channel is
    /// used for this only.
    ///
    /// # Errors
    /// [`Misuse`](ErrorKind::Misuse) for no slots, for more than [`MOST_SLOTS`], and when the two ends do not fit: both are
    /// producers, or they count slots differently. [`Timeout`](ErrorKind::Timeout) when the other end does not set up before
    /// the deadline; [`ChannelClosed`](ErrorKind::ChannelClosed) when it is gone; whatever creating, sharing and opening
    /// answer. After a failure there may be half a conversation in the channel: do not use it again.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Channel, Device, Result, pipeline::Producer};
    /// # fn set_up(channel: &Channel, device: &Device) -> Result<()> {
    /// let producer = Producer::set_up(channel, device, 2, Duration::from_secs(5))?; // a double buffer
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_up(channel: &Channel, device: &Device, slots: usize, deadline: impl Into<Deadline>) -> Result<Self> {
        End::set_up(channel, device, Part::Producer, slots, deadline.into()).map(Self)
    }
}

impl Consumer {
    /// Sets the consuming end up, while the other process sets the producing end up on the other end of the channel.
    ///
    /// # Errors
    /// As [`Producer::set_up`].
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Channel, Device, Result, pipeline::Consumer};
    /// # fn set_up(channel: &Channel, device: &Device) -> Result<()> {
    /// let consumer = Consumer::set_up(channel, device, 2, Duration::from_secs(5))?; // a double buffer
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_up(channel: &Channel, device: &Device, slots: usize, deadline: impl Into<Deadline>) -> Result<Self> {
        End::set_up(channel, device, Part::Consumer, slots, deadline.into()).map(Self)
    }
}

impl End {
    fn set_up(channel: &Channel, device: &Device, part: Part, slots: usize, deadline: Deadline) -> Result<Self> {
        if slots == 0 || slots > MOST_SLOTS {
            return Err(Error::misuse(format!("a pipeline has 1 to {MOST_SLOTS} slots, not {slots}")));
        }
        let process = BarePid(ffi::ipc_memory::bare_pid(device.raw.api())?);
        channel.send(&Hello { part, slots: slots as u64, process }, deadline)?;
        let peer: Hello = channel.receive(deadline)?;
        if peer.part == part {
            return Err(Error::misuse(format!("both ends of the pipeline are a {part:?}")));
        }
        if peer.slots != slots as u64 {
            return Err(Error::misuse(format!("this end has {slots} slots, but the other end has {}", peer.slots)));
        }
        let share = || Ok(Notify::create(device)?.share(Access::Processes(&[peer.process]))?);
        let (mine, tickets): (Vec<_>, Vec<_>) =
            (0..slots).map(|_| share()).collect::<Result<Vec<_>>>()?.into_iter().unzip();
        channel.send(&tickets, deadline)?;
        let tickets: Vec<NotifyTicket> = channel.receive(deadline)?;
        if tickets.len() != slots {
            let what = format!("{} tickets came for {slots} slots", tickets.len());
            return Err(Error::new(ErrorKind::Protocol, what));
        }
        let theirs = tickets.iter().map(|ticket| ticket.open(device)).collect::<Result<Vec<_>>>()?;
        channel.send(&(), deadline)?;
        channel.receive::<()>(deadline)?; // the other end has opened everything, too
        let head_start = if part == Part::Producer { slots as u64 } else { 0 };
        Ok(Self { mine, theirs, turns: 0, head_start, begun: false, stream: Weak::new() })
    }
}
