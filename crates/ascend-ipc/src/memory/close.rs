//! Ends, in process A, memory that it shared: importers first.

use super::{DeviceBuffer, Element, Shared};
use crate::deadline::Deadline;
use crate::error::Refused;

impl<T: Element> DeviceBuffer<T, Shared> {
    /// `aclrtIpcMemClose(key)`, `aclrtFree(ptr)`, or `aclrtUnmapMem` and `aclrtFreePhysical`—Ends the memory after all
    /// leases are back.
    ///
    /// Copies of this process that still use it keep it. Who opened a ticket that came without a lease is not waited for,
    /// and must be done before. A holder that dies returns its lease by that.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) when a lease is not back before the deadline; the buffer comes back, and the
    /// text says who holds it.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, memory::Shared};
    /// # fn close(buffer: DeviceBuffer<f32, Shared>) {
    /// # let patience = std::time::Duration::from_secs(5);
    /// if let Err(refused) = buffer.close(patience) {
    ///     eprintln!("{}", refused.error);
    ///     let buffer = refused.value; // still there, and still shared
    /// }
    /// # }
    /// ```
    #[doc(alias = "aclrtIpcMemClose")]
    pub fn close(mut self, deadline: impl Into<Deadline>) -> Result<(), Refused<Self>> {
        match self.state.loan.close(deadline.into()) {
            Ok(()) => Ok(()), // dropping does the rest
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}
