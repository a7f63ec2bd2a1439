//! Hands one slot over: the stream waits for it, works on it, and passes it on.

use std::sync::Arc;

use super::{Consumer, End, Producer};
use crate::error::{Error, Result};
use crate::stream::Stream;
use crate::wait_limit::WaitLimit;

impl Producer {
    /// `aclrtWaitAndResetNotify`, `aclrtRecordNotify`—Fills the next slot: the stream waits until it is free, does what `work` submits, and says that it is full.
    ///
    /// `work` gets the slot's number, from 0, and submits to this very stream. The host goes on at once.
    ///
    /// # Errors
    /// Whatever `work` returns: then the slot is not handed over, and the next call is for the same slot again.
    /// [`Misuse`](crate::ErrorKind::Misuse) for another stream than that of the calls before, or one of another device;
    /// whatever the calls answer. If it is the record that fails, the next call does the work again.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, Result, Stream, memory::Shared, pipeline::Producer};
    /// # fn fill(end: &mut Producer, stream: &Stream, slots: &mut [DeviceBuffer<f32, Shared>], source: &DeviceBuffer<f32>) -> Result<()> {
    /// end.produce(stream, |slot| stream.copy(source.slice(..)?, slots[slot].slice_mut(..)?))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn produce<T>(&mut self, stream: &Stream, work: impl FnOnce(usize) -> Result<T>) -> Result<T> {
        self.0.hand_over(stream, work)
    }
}

impl Consumer {
    /// `aclrtWaitAndResetNotify`, `aclrtRecordNotify`—Empties the next slot: the stream waits until it is full, does what `work` submits, and says that it is free.
    ///
    /// `work` gets the slot's number, from 0, and submits to this very stream. The host goes on at once.
    ///
    /// # Errors
    /// As [`Producer::produce`].
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, Result, Stream, memory::Opened, pipeline::Consumer};
    /// # fn empty(end: &mut Consumer, stream: &Stream, slots: &[DeviceBuffer<f32, Opened>], sink: &mut DeviceBuffer<f32>) -> Result<()> {
    /// end.consume(stream, |slot| stream.copy(slots[slot].slice(..)?, sink.slice_mut(..)?))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn consume<T>(&mut self, stream: &Stream, work: impl FnOnce(usize) -> Result<T>) -> Result<T> {
        self.0.hand_over(stream, work)
    }
}

impl End {
    fn hand_over<T>(&mut self, stream: &Stream, work: impl FnOnce(usize) -> Result<T>) -> Result<T> {
        self.keep_to(stream)?;
        let slot = (self.turns % self.mine.len() as u64) as usize;
        let (Some(mine), Some(theirs)) = (self.mine.get(slot), self.theirs.get(slot)) else {
            return Err(Error::misuse("the pipeline has begun to finish"));
        };
        if !self.begun {
            if self.turns >= self.head_start {
                mine.wait(stream, WaitLimit::NONE)?;
            }
            self.begun = true;
        }
        let done = work(slot)?;
        theirs.record(stream)?;
        self.begun = false;
        self.turns += 1;
        Ok(done)
    }

    /// Refuses another stream than the first: two streams could pass a slot's waits in the wrong order.
    pub(super) fn keep_to(&mut self, stream: &Stream) -> Result<()> {
        let raw = stream.raw();
        // The weak reference keeps the address from being used again, also when the stream is gone.
        if self.stream.as_ptr() == Arc::as_ptr(raw) {
            return Ok(());
        }
        if self.turns > 0 || self.begun {
            return Err(Error::misuse("an end of a pipeline works on one stream, and this is another one"));
        }
        if let Some(notify) = self.mine.first() {
            notify.admit(stream)?; // now, so that a stream of another device is not kept to
        }
        self.stream = Arc::downgrade(raw);
        Ok(())
    }
}
