//! Waits on the host, bounded: until what was submitted is done, or until both ends are done.

use std::time::Duration;

use super::{Consumer, End, Producer};
use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Refused, Result};
use crate::stream::Stream;

/// How long the host waits for the stream before it looks after the other end.
const GLANCE: Duration = Duration::from_millis(100);

macro_rules! both_ends {
    ($($end:ident)*) => {$(
        impl $end {
            /// `aclrtSynchronizeStreamWithTimeout(stream, ms)`—Blocks the host until all hand-overs so far are done here.
            ///
            /// # Errors
            /// [`Timeout`](ErrorKind::Timeout) at the deadline, while the stream goes on waiting: the other end stalls.
            /// [`PeerDied`](ErrorKind::PeerDied) when the other process has died and the stream is not done: if it waits for
            /// that process, it waits for ever. [`Misuse`](ErrorKind::Misuse) for another stream than that of the hand-overs;
            /// whatever the work failed with.
            pub fn synchronize(&mut self, stream: &Stream, deadline: impl Into<Deadline>) -> Result<()> {
                self.0.synchronize(stream, deadline.into())
            }

            /// `aclrtSynchronizeStreamWithTimeout`, `aclrtDestroyNotify`—Ends this end: waits for its hand-overs, then until the other end is done with this one's notifies.
            ///
            /// Both ends call it, in any order. An end that is dropped instead leaves its notifies until the other is done;
            /// synchronise before.
            ///
            /// # Errors
            /// As [`synchronize`](Self::synchronize), and [`Timeout`](ErrorKind::Timeout) when the other end is not done before
            /// the deadline. This end comes back, to be finished again; once its own hand-overs were done, it makes no more.
            pub fn finish(mut self, stream: &Stream, deadline: impl Into<Deadline>) -> Result<(), Refused<Self>> {
                match self.0.finish(stream, deadline.into()) {
                    Ok(()) => Ok(()),
                    Err(error) => Err(Refused { error, value: self }),
                }
            }
        }
    )*};
}

both_ends! { Producer Consumer }

impl End {
    fn synchronize(&mut self, stream: &Stream, deadline: Deadline) -> Result<()> {
        self.keep_to(stream)?;
        loop {
            let error = match stream.synchronize(deadline.min(Deadline::after(GLANCE))) {
                Err(error) if error.kind() == ErrorKind::Timeout => error,
                outcome => return outcome,
            };
            let died = self.mine.iter().any(|notify| notify.leases().died > 0);
            if died && !stream.is_complete()? {
                let what = "the process at the other end of the pipeline died, and the stream is not done: if it waits for that \
                            process, it waits for ever";
                return Err(Error::new(ErrorKind::PeerDied, what));
            }
            if deadline.has_passed() {
                return Err(error);
            }
        }
    }

    fn finish(&mut self, stream: &Stream, deadline: Deadline) -> Result<()> {
        self.synchronize(stream, deadline)?;
        self.theirs.clear(); // so that the other end, which may be waiting for just that, can finish as well
        while let Some(notify) = self.mine.pop() {
            if let Err(Refused { error, value }) = notify.close(deadline) {
                self.mine.push(value);
                return Err(error);
            }
        }
        Ok(())
    }
}
