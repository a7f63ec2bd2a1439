//! Shares, in process A, memory that it allocated.

use std::marker::PhantomData;

use super::export::Export;
use super::{DeviceBuffer, Element, Shared, Shares};
use crate::access::Access;
use crate::error::{Error, ErrorKind, Refused, Result};
use crate::lease::{Leases, Loan};
use crate::runtime::BarePid;
use crate::ticket::{Extent, MemoryTicket};

impl<T: Element, S> DeviceBuffer<T, S> {
    /// `aclrtIpcMemGetExportKey(ptr, size, key, len, flags)`, or `aclrtMemExportToShareableHandle(handle, NONE, flags, out)`
    /// for physical memory—Exports the buffer, once; the ticket can go to any number of processes.
    ///
    /// Sent through a [`Channel`](crate::Channel) the ticket takes a lease along: the memory then stays until that is back,
    /// also when the buffer is dropped here. Otherwise keep the buffer until everybody is done with it.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where memory cannot be shared; whatever the calls answer; the buffer
    /// comes back. Physical memory that could be exported, but not listed for a process, cannot be exported again.
    ///
    /// ```no_run
    /// # fn share(device: &ascend_ipc::Device, channel: &ascend_ipc::Channel) -> Result<(), Box<dyn std::error::Error>> {
    /// # let patience = std::time::Duration::from_secs(5);
    /// use ascend_ipc::{Access, BarePid};
    ///
    /// let peer: BarePid = channel.receive(patience)?; // what `Runtime::bare_pid` says there
    /// let (buffer, ticket) = device.allocate::<f32>(1024)?.share(Access::Processes(&[peer]))?;
    /// channel.send(&ticket, patience)?;
    /// /* both processes use it, and order their accesses with IPC events */
    /// buffer.close(patience)?; // when the peer is done
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtIpcMemGetExportKey")]
    #[doc(alias = "aclrtMemExportToShareableHandle")]
    pub fn share(self, access: Access<'_>) -> Result<(DeviceBuffer<T, Shared>, MemoryTicket), Refused<Self>>
    where
        S: Shares,
    {
        match self.export(access) {
            Ok((loan, ticket)) => {
                Ok((DeviceBuffer { memory: self.memory, state: Shared { loan }, elements: PhantomData }, ticket))
            }
            Err(error) => Err(Refused { error, value: self }),
        }
    }

    fn export(&self, access: Access<'_>) -> Result<(Loan<Export>, MemoryTicket)> {
        let export = Export::create(&self.memory, access)?;
        let (kind, payload) = export.name().kind_and_payload();
        let extent = Extent { bytes: self.memory.length() as u64, element: size_of::<T>() as u64 };
        let loan = Loan::new(export);
        let ticket = MemoryTicket::of_memory(self.memory.owner(), kind, payload, extent, loan.lender())?;
        Ok((loan, ticket))
    }
}

impl<T: Element> DeviceBuffer<T, Shared> {
    /// `aclrtIpcMemSetImportPid(key, pids, num)`, or `aclrtMemSetPidToShareableHandle(number, pids, num)`—Lets another
    /// process open the buffer; it told its [`BarePid`].
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) when it is shared with [`Access::AnyProcess`]; whatever the call answers.
    ///
    /// ```no_run
    /// # use ascend_ipc::{BarePid, DeviceBuffer, Result, memory::Shared};
    /// # fn allow(buffer: &DeviceBuffer<f32, Shared>, latecomer: BarePid) -> Result<()> {
    /// buffer.allow(latecomer)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtIpcMemSetImportPid")]
    #[doc(alias = "aclrtMemSetPidToShareableHandle")]
    pub fn allow(&self, process: BarePid) -> Result<()> {
        let closed = || Error::new(ErrorKind::Stale, "the buffer is closed");
        self.state.loan.object().ok_or_else(closed)?.allow(&[process])
    }

    /// Who holds a ticket that was sent through a [`Channel`](crate::Channel), or has the memory open.
    ///
    /// ```no_run
    /// # use ascend_ipc::{DeviceBuffer, memory::Shared};
    /// # fn show(buffer: &DeviceBuffer<f32, Shared>) {
    /// eprintln!("{}", buffer.leases()); // 0 sent and not opened, opened by process 4711
    /// # }
    /// ```
    #[must_use]
    pub fn leases(&self) -> Leases {
        self.state.loan.leases()
    }
}
