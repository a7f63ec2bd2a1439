//! Streams: work in order, on a device.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ascend_sys::Status;

use crate::deadline::Deadline;
use crate::error::Result;
use crate::ffi;
use crate::ffi::device::RawDevice;
use crate::ffi::in_flight::InFlight;
use crate::ffi::stream::RawStream;

/// A stream; on any thread.
///
/// What its copies use stays allocated until the stream has passed them, which [`synchronize`](Self::synchronize) and
/// [`is_complete`](Self::is_complete) find out.
///
/// ```
/// # use std::time::Duration;
/// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
/// let stream = device.create_stream()?;
/// let mut buffer = device.allocate::<f32>(1024)?;
/// stream.fill_zero(buffer.slice_mut(..)?)?; // submitted; the host goes on
/// drop(buffer); // kept until the stream has passed it
/// stream.synchronize(Duration::from_secs(5))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Stream {
    raw: Arc<RawStream>,
    in_flight: Mutex<Flights>,
}

/// Copies that the stream may not have passed, oldest first.
#[derive(Default)]
struct Flights {
    /// How many were let go: the number of the oldest one.
    passed: u64,
    copies: VecDeque<InFlight>,
}

/// Streams that were dropped with work under way; swept whenever a stream is created or dropped.
static DROPPED: Mutex<Vec<(Arc<RawStream>, Flights)>> = Mutex::new(Vec::new());

impl Stream {
    pub(crate) fn create(device: &Arc<RawDevice>) -> Result<Self> {
        sweep();
        Ok(Self { raw: Arc::new(RawStream::create(device)?), in_flight: Mutex::default() })
    }

    pub(crate) fn of_raw(raw: RawStream) -> Self {
        Self { raw: Arc::new(raw), in_flight: Mutex::default() }
    }

    /// `aclrtSynchronizeStreamWithTimeout(stream, ms)`—Blocks the host until all work submitted so far is done.
    ///
    /// Failures of earlier asynchronous work surface here.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) at the deadline, while the work goes on;
    /// [`Expired`](crate::ErrorKind::Expired) when a wait of the stream ran into its limit; whatever the work failed with.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{ErrorKind, Result, Stream};
    /// # fn finish(stream: &Stream) -> Result<()> {
    /// match stream.synchronize(Duration::from_secs(5)) {
    ///     Err(error) if error.kind() == ErrorKind::Timeout => eprintln!("still busy"), // and it can be waited for again
    ///     other => other?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtSynchronizeStreamWithTimeout")]
    pub fn synchronize(&self, deadline: impl Into<Deadline>) -> Result<()> {
        // What is submitted meanwhile by others is not covered, so only what was there before is let go.
        let covered = self.submitted();
        self.raw.synchronize(deadline.into())?;
        self.landed(covered);
        Ok(())
    }

    /// `aclrtStreamQuery(stream, out)`—Whether all work submitted so far is done.
    ///
    /// # Errors
    /// Whatever the call answers.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// # let stream = device.create_stream()?;
    /// stream.synchronize(Duration::from_secs(5))?;
    /// assert!(stream.is_complete()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclrtStreamQuery")]
    pub fn is_complete(&self) -> Result<bool> {
        let covered = self.submitted();
        let complete = self.raw.is_complete()?;
        if complete {
            self.landed(covered);
        }
        Ok(complete)
    }

    /// `aclrtLaunchHostFunc(stream, fn, args)`—Calls a function on a thread of the runtime, in stream order.
    ///
    /// The stream goes on when it has returned. It must not call AscendCL. If the stream is destroyed first, it is
    /// neither called nor dropped. A panic in it ends there; the stream goes on.
    ///
    /// # Errors
    /// [`MissingSymbol`](crate::ErrorKind::MissingSymbol) on older runtimes; whatever the call answers.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let device = ascend_ipc::Runtime::simulated()?.device(0)?;
    /// # let stream = device.create_stream()?;
    /// let (told, hear) = std::sync::mpsc::channel();
    /// stream.launch_host(move || { let _ = told.send("the work before is done"); })?;
    /// stream.synchronize(Duration::from_secs(5))?;
    /// assert_eq!(hear.recv()?, "the work before is done");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "aclrtLaunchHostFunc")]
    pub fn launch_host(&self, function: impl FnOnce() + Send + 'static) -> Result<()> {
        ffi::host_function::launch(&self.raw, Box::new(function))
    }

    /// The id of its device.
    #[must_use]
    pub fn device_id(&self) -> i32 {
        self.raw.device().id()
    }

    #[inline]
    pub(crate) fn raw(&self) -> &Arc<RawStream> {
        &self.raw
    }

    /// A copy was submitted; what it uses is kept.
    pub(crate) fn keep(&self, in_flight: InFlight) {
        self.lock().copies.push_back(in_flight);
    }

    /// A hot call was refused. If the thread was bound elsewhere, binds it and tries once more.
    #[cold]
    pub(crate) fn retry(&self, call: &'static str, status: Status, again: impl FnOnce() -> Status) -> Result<()> {
        let device = self.raw.device();
        let unbound = [Status::ACL_ERROR_RT_CONTEXT_NULL, Status::ACL_ERROR_RT_STREAM_CONTEXT].contains(&status);
        let status = if unbound {
            device.api().recent_text(); // said about the first try; it must not be shown with a later error
            device.bind()?;
            again()
        } else {
            status
        };
        status.ok().map_err(|status| device.api().failed(call, status))
    }

    /// How many copies were submitted so far.
    fn submitted(&self) -> u64 {
        let flights = self.lock();
        flights.passed + flights.copies.len() as u64
    }

    /// The stream has passed the first so many copies.
    fn landed(&self, covered: u64) {
        let mut flights = self.lock();
        let landed = covered.saturating_sub(flights.passed).min(flights.copies.len() as u64);
        flights.passed += landed;
        let landed: Vec<InFlight> = flights.copies.drain(..landed as usize).collect();
        drop(flights);
        drop(landed); // frees memory, which is done outside the lock
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Flights> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let in_flight = std::mem::take(self.in_flight.get_mut().unwrap_or_else(PoisonError::into_inner));
        if ffi::fork::is_child() {
            std::mem::forget(in_flight); // the parent's
            return;
        }
        if self.raw.is_borrowed() {
            // Its owner may destroy it from now on: it can be asked only once more. What it may still use is given up.
            if !in_flight.copies.is_empty()
                && !self.raw.device().visit(|| self.raw.is_complete().unwrap_or(false)).unwrap_or(false)
            {
                std::mem::forget(in_flight);
            }
            return;
        }
        DROPPED.lock().unwrap_or_else(PoisonError::into_inner).push((Arc::clone(&self.raw), in_flight));
        sweep();
    }
}

/// Destroys dropped streams whose work is done. Destroying the others would block, or lose work.
fn sweep() {
    // Taken out, so that the runtime is asked outside the lock: a call of it that blocks stalls no other thread.
    let dropped = std::mem::take(&mut *DROPPED.lock().unwrap_or_else(PoisonError::into_inner));
    let is_done = |raw: &RawStream| raw.device().visit(|| raw.is_complete().unwrap_or(false)).unwrap_or(false);
    let (done, busy): (Vec<_>, Vec<_>) = dropped.into_iter().partition(|(raw, _)| is_done(raw));
    DROPPED.lock().unwrap_or_else(PoisonError::into_inner).extend(busy);
    drop(done);
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("device", &self.device_id()).finish_non_exhaustive()
    }
}
