//! Shares, in process B, the notify that it created and waits for.

use ascend_sys::NotifyExportFlags;

use super::{Notify, Shared, Shares};
use crate::access::Access;
use crate::error::{Error, Refused, Result};
use crate::ffi::notify::RawNotify;
use crate::lease::{Leases, Lent, Loan};
use crate::runtime::BarePid;
use crate::ticket::NotifyTicket;

/// The runtime takes no longer list.
const MOST_PROCESSES: usize = 65535;

impl<S> Notify<S> {
    /// `aclrtNotifyGetExportKey(notify, key, 65, flags)`—Exports the notify, once, to the processes that may record it.
    ///
    /// A notify is one bit, so more than one recorder makes sense only if it does not matter who recorded. Sent through a
    /// [`Channel`](crate::Channel) the ticket takes a lease along: the notify then stays until that is back, also when it is
    /// dropped here.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorKind::Misuse) for a list of more than 65535 processes; whatever the call, or
    /// `aclrtNotifySetImportPid`, answers. The notify comes back. If it was the list that was refused, the notify is exported
    /// all the same, and sharing it again answers 507000: create another.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use ascend_ipc::{Access, BarePid, Channel, Device, Notify, WaitLimit};
    /// # fn share(device: &Device, channel: &Channel) -> Result<(), Box<dyn std::error::Error>> {
    /// let recorder: BarePid = channel.receive(Duration::from_secs(5))?; // it told who it is
    /// let (notify, ticket) = Notify::create(device)?.share(Access::Processes(&[recorder]))?;
    /// channel.send(&ticket, Duration::from_secs(5))?;
    /// let stream = device.create_stream()?;
    /// notify.wait(&stream, WaitLimit::NONE)?; // before or after the record
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtNotifyGetExportKey")]
    pub fn share(self, access: Access<'_>) -> Result<(Notify<Shared>, NotifyTicket), Refused<Self>>
    where
        S: Shares,
    {
        let loan = Loan::new(self.raw.clone());
        let ticket = export(&self.raw, access)
            .and_then(|key| NotifyTicket::of_notify(self.raw.device(), self.id, &key, loan.lender()));
        match ticket {
            Ok(ticket) => Ok((Notify { raw: self.raw, id: self.id, state: Shared { loan } }, ticket)),
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}

impl Notify<Shared> {
    /// `aclrtNotifySetImportPid(notify, pids, num)`—Lets one more process open the notify; it told its [`BarePid`].
    ///
    /// # Errors
    /// Whatever the call answers, also when the notify was shared with [`Access::AnyProcess`].
    ///
    /// ```no_run
    /// # use ascend_ipc::{BarePid, Notify, Result, notify::Shared};
    /// # fn allow(notify: &Notify<Shared>, latecomer: BarePid) -> Result<()> {
    /// notify.allow(latecomer)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "aclrtNotifySetImportPid")]
    pub fn allow(&self, process: BarePid) -> Result<()> {
        self.raw.allow(vec![process.0])
    }

    /// Who holds a ticket that was sent through a [`Channel`](crate::Channel), or has opened it, or died with it.
    ///
    /// ```no_run
    /// # use ascend_ipc::{Notify, notify::Shared};
    /// # fn recorder_is_gone(notify: &Notify<Shared>) -> bool {
    /// notify.leases().died > 0
    /// # }
    /// ```
    #[must_use]
    pub fn leases(&self) -> Leases {
        self.state.loan.leases()
    }
}

fn export(notify: &RawNotify, access: Access<'_>) -> Result<std::ffi::CString> {
    match access {
        Access::AnyProcess => notify.export(NotifyExportFlags::DISABLE_PID_VALIDATION),
        // Checked first: an export that has no list cannot be repeated.
        Access::Processes(list) if list.len() > MOST_PROCESSES => {
            Err(Error::misuse(format!("{} processes are listed; the runtime takes {MOST_PROCESSES}", list.len())))
        }
        Access::Processes(list) => {
            let key = notify.export(NotifyExportFlags::empty())?;
            if !list.is_empty() {
                notify.allow(list.iter().map(|process| process.0).collect())?;
            }
            Ok(key)
        }
    }
}

impl Lent for RawNotify {
    /// Nothing is locked that the dead process could hold.
    fn holder_died(&self) {}
}
