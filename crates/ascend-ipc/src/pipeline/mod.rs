//! A steady flow from one process to another through slots, on the device: no message of the host for each hand-over.
//!
//! A [`Producer`] fills slots in turn and a [`Consumer`] empties them; what a slot is, is up to the program: usually device
//! memory that one of them shares. Each slot has two [notifies](crate::notify): *full*, for which the consumer's stream
//! waits, and *free*, for which the producer's does. With two slots this is a double buffer.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use std::time::Duration;
//! # use ascend_ipc::{Channel, Runtime, pipeline::{Consumer, Producer}};
//! # let (channel, _) = Channel::pair()?;
//! # let device = Runtime::load()?.device(0)?;
//! # let stream = device.create_stream()?;
//! # let mut buffers = [device.allocate::<u8>(4096)?, device.allocate(4096)?];
//! # let (source, mut sink) = (device.allocate::<u8>(4096)?, device.allocate::<u8>(4096)?);
//! // process A
//! let mut producer = Producer::set_up(&channel, &device, 2, Duration::from_secs(5))?;
//! for _ in 0..1000 {
//!     producer.produce(&stream, |slot| stream.copy(source.slice(..)?, buffers[slot].slice_mut(..)?))?;
//! }
//! producer.finish(&stream, Duration::from_secs(30))?;
//!
//! // process B
//! let mut consumer = Consumer::set_up(&channel, &device, 2, Duration::from_secs(5))?;
//! for _ in 0..1000 {
//!     consumer.consume(&stream, |slot| stream.copy(buffers[slot].slice(..)?, sink.slice_mut(..)?))?;
//! }
//! consumer.finish(&stream, Duration::from_secs(30))?;
//! # Ok(())
//! # }
//! ```
//!
//! # Why no record is lost
//! A notify is one bit: a second record before the wait would be lost. Here a slot's *full* is recorded again only after the
//! producer's stream has passed its wait for *free*, which the consumer's stream records only after it has passed its wait
//! for the *full* before; and the same the other way round. That argument needs each end to submit in one order, so an end
//! works on one stream, and another one is refused.
//!
//! # What the host does
//! Only set-up and [`synchronize`](Producer::synchronize) wait on the host, and have deadlines. The calls in between submit and
//! go on, as far ahead as the program lets them: synchronise every so many hand-overs, which also lets go of what copies
//! keep. A stall shows there as [`Timeout`](crate::ErrorKind::Timeout), the other end's death as
//! [`PeerDied`](crate::ErrorKind::PeerDied). A stream that waits for a process that has died stays where it is.
//!
//! # What it costs
//! On the simulator, with two processes on two cores and two slots, a hand-over takes 11 to 15 µs, of which the host submits for
//! less than 1 µs; with events and a message for each it takes 15 to 44 µs, all of them the host's
//! (`cargo bench -p ascend-ipc --bench pipeline`). That is no statement about an NPU; what carries over is that the hosts say
//! nothing to each other.

mod finish;
mod set_up;
mod turn;

use std::fmt;
use std::sync::Weak;

use crate::ffi::stream::RawStream;
use crate::notify::{Notify, Opened, Shared};

/// Most slots of a pipeline; two are enough to overlap the work of both ends.
pub const MOST_SLOTS: usize = 64;

/// The end that fills slots.
///
/// ```no_run
/// # use std::time::Duration;
/// # use ascend_ipc::{Result, Stream, pipeline::Producer};
/// # fn run(mut producer: Producer, stream: &Stream) -> Result<()> {
/// for turn in 1..=1000 {
///     producer.produce(stream, |slot| { /* submit to `stream` what works on this slot */ Ok(()) })?;
///     if turn % 100 == 0 {
///         producer.synchronize(stream, Duration::from_secs(5))?; // the other end's stall or death shows here
///     }
/// }
/// assert_eq!(producer.turns(), 1000);
/// producer.finish(stream, Duration::from_secs(30))?;
/// # Ok(())
/// # }
/// ```
pub struct Producer(End);

/// The end that empties slots.
///
/// ```no_run
/// # use std::time::Duration;
/// # use ascend_ipc::{Result, Stream, pipeline::Consumer};
/// # fn run(mut consumer: Consumer, stream: &Stream) -> Result<()> {
/// for turn in 1..=1000 {
///     consumer.consume(stream, |slot| { /* submit to `stream` what works on this slot */ Ok(()) })?;
///     if turn % 100 == 0 {
///         consumer.synchronize(stream, Duration::from_secs(5))?; // the other end's stall or death shows here
///     }
/// }
/// assert_eq!(consumer.turns(), 1000);
/// consumer.finish(stream, Duration::from_secs(30))?;
/// # Ok(())
/// # }
/// ```
pub struct Consumer(End);

/// Either end: it waits for its own notifies, and records the other end's.
struct End {
    /// One a slot: the other end is done with it.
    mine: Vec<Notify<Shared>>,
    /// One a slot: this end is done with it. Empty once this end has begun to finish.
    theirs: Vec<Notify<Opened>>,
    /// Hand-overs so far.
    turns: u64,
    /// Turns that wait for nothing: the slots that are free at the start.
    head_start: u64,
    /// What this turn waits for is submitted, and perhaps some of its work, which was refused and is tried again.
    begun: bool,
    /// The one stream of this end, once it is known.
    stream: Weak<RawStream>,
}

impl Producer {
    /// How many slots were handed over to the consumer, as submitted.
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.0.turns
    }
}

impl Consumer {
    /// How many slots were handed back to the producer, as submitted.
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.0.turns
    }
}

impl fmt::Debug for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Producer({} slots, {} turns)", self.0.mine.len(), self.0.turns)
    }
}

impl fmt::Debug for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Consumer({} slots, {} turns)", self.0.mine.len(), self.0.turns)
    }
}
