//! The exporter's side: counts leases, and waits until they are back.

use std::fmt;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType};

use super::{OPENED, RETURNED};
use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Result};

/// Leases of a shared object, as its exporter sees them now.
///
/// ```no_run
/// # use ascend_ipc::{IpcEvent, event::Shared};
/// # fn watch(event: &IpcEvent<Shared>) {
/// let leases = event.leases();
/// if leases.died > 0 {
///     eprintln!("a holder died; left are {:?}", leases.opened);
/// } else if leases.is_out() {
///     eprintln!("still held: {leases}"); // 1 sent and not opened, opened by process 4711
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Leases {
    /// Tickets that were sent, and neither opened nor dropped yet.
    pub sent: u32,
    /// Process ids of those who have it open, as they count; one for each ticket.
    pub opened: Vec<u32>,
    /// Holders that ended without returning it, ever.
    pub died: u32,
}

impl Leases {
    /// Whether somebody holds one.
    #[must_use]
    pub fn is_out(&self) -> bool {
        self.sent > 0 || !self.opened.is_empty()
    }
}

impl fmt::Display for Leases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sent and not opened", self.sent)?;
        if !self.opened.is_empty() {
            write!(f, ", opened by process")?;
            self.opened.iter().try_for_each(|pid| write!(f, " {pid}"))?;
        }
        if self.died > 0 {
            write!(f, ", {} holders died", self.died)?;
        }
        Ok(())
    }
}

/// Gives leases out, and gets them back.
#[derive(Default)]
pub(crate) struct Lender(Mutex<State>);

#[derive(Default)]
struct State {
    out: Vec<Out>,
    died: u32,
    /// The object is closing or gone: no lease is given out.
    closed: bool,
}

/// A lease that is out.
struct Out {
    near: OwnedFd,
    /// The holder's process id, once it has opened.
    holder: Option<u32>,
    /// What has come of the holder's next word.
    heard: Vec<u8>,
}

/// What a holder has come to.
#[derive(PartialEq, Eq)]
enum Fate {
    Holds,
    Returned,
    Died,
}

impl Lender {
    /// A lease's far end, to be sent along with a ticket.
    pub(crate) fn lend(&self) -> Result<OwnedFd> {
        let mut state = self.lock();
        if state.closed {
            return Err(Error::new(ErrorKind::Stale, "the object of this ticket is closed; nobody could open it"));
        }
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let (near, far) = rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)
            .map_err(|error| Error::new(ErrorKind::ResourceExhausted, format!("no descriptor for a lease: {error}")))?;
        state.out.push(Out { near, holder: None, heard: Vec::new() });
        Ok(far)
    }

    /// Listens to all holders.
    pub(crate) fn leases(&self) -> Leases {
        let mut state = self.lock();
        state.listen();
        state.leases()
    }

    /// Gives no more leases out, and waits until all are back.
    pub(crate) fn close(&self, deadline: Deadline) -> Result<Leases> {
        self.lock().closed = true;
        self.all_back(deadline).inspect_err(|_| self.lock().closed = false) // it can be shared, and closed, later
    }

    /// Waits until all are back.
    fn all_back(&self, deadline: Deadline) -> Result<Leases> {
        loop {
            let leases = self.leases();
            if !leases.is_out() {
                return Ok(leases);
            }
            if deadline.has_passed() {
                let what = format!("leases did not come back before the deadline: {leases}");
                return Err(Error::new(ErrorKind::Timeout, what));
            }
            self.wait(deadline)?;
        }
    }

    /// Gives no more leases out.
    pub(crate) fn shut(&self) {
        self.lock().closed = true;
    }

    /// Waits until a holder says something, at most until the deadline.
    fn wait(&self, deadline: Deadline) -> Result<()> {
        // Copies of the descriptors: the lock is not held while waiting, and a lease may go meanwhile.
        let near = self.near()?;
        wait_for(&near, Some(deadline))
    }

    /// The descriptors of all leases, for waiting.
    pub(super) fn near(&self) -> Result<Vec<OwnedFd>> {
        let state = self.lock();
        state.out.iter().map(|out| Ok(rustix::io::fcntl_dupfd_cloexec(&out.near, 3)?)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn listen(&mut self) {
        let mut died = 0;
        self.out.retain_mut(|out| {
            let fate = out.listen();
            died += u32::from(fate == Fate::Died);
            fate == Fate::Holds
        });
        self.died += died;
    }

    fn leases(&self) -> Leases {
        let opened: Vec<u32> = self.out.iter().filter_map(|out| out.holder).collect();
        Leases { sent: (self.out.len() - opened.len()) as u32, opened, died: self.died }
    }
}

impl Out {
    fn listen(&mut self) -> Fate {
        let mut chunk = [0; 16];
        loop {
            match rustix::net::recv(&self.near, &mut chunk, RecvFlags::DONTWAIT) {
                Ok((0, _)) | Err(Errno::CONNRESET) => {
                    return if self.holder.is_some() { Fate::Died } else { Fate::Returned };
                }
                Ok((count, _)) => self.heard.extend_from_slice(&chunk[..count]),
                Err(Errno::INTR) => continue,
                Err(_) => return Fate::Holds,
            }
            if let [OPENED, pid @ ..] = &self.heard[..]
                && let Some((pid, rest)) = pid.split_first_chunk()
            {
                self.holder = Some(u32::from_le_bytes(*pid));
                self.heard = rest.to_vec();
            }
            match self.heard.first() {
                Some(&RETURNED) => return Fate::Returned,
                // Said once. So a holder is heard for six bytes at most, however much it writes.
                Some(&OPENED) if self.holder.is_none() => {}
                None => {}
                // No word of ours: whatever holds the other end cannot be trusted.
                Some(_) => return Fate::Died,
            }
        }
    }
}

/// Waits until one of these can be read or has hung up.
pub(super) fn wait_for(descriptors: &[OwnedFd], deadline: Option<Deadline>) -> Result<()> {
    let mut watched: Vec<PollFd<'_>> =
        descriptors.iter().map(|near| PollFd::from_borrowed_fd(near.as_fd(), PollFlags::IN)).collect();
    let limit = deadline.map(|deadline| {
        let left = deadline.left();
        Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() }
    });
    match rustix::event::poll(&mut watched, limit.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::Borrowed;
    use super::*;

    fn soon() -> Deadline {
        Deadline::after(Duration::from_millis(20))
    }

    #[test]
    fn a_lease_is_out_from_sending_to_dropping() {
        let lender = Lender::default();
        assert!(!lender.leases().is_out());
        let borrowed = Borrowed::new(lender.lend().unwrap());
        assert_eq!(lender.leases(), Leases { sent: 1, ..Leases::default() });
        borrowed.open();
        borrowed.open(); // twice is once
        assert_eq!(lender.leases(), Leases { opened: vec![std::process::id()], ..Leases::default() });
        drop(borrowed);
        assert_eq!(lender.leases(), Leases::default());
    }

    #[test]
    fn an_end_without_a_word_is_a_death_only_after_opening() {
        let lender = Lender::default();
        drop(lender.lend().unwrap()); // the message was never received
        assert_eq!(lender.leases(), Leases::default());
        Borrowed::new(lender.lend().unwrap()).open_and_die();
        assert_eq!(lender.leases(), Leases { died: 1, ..Leases::default() });
    }

    #[test]
    fn closing_waits_refuses_new_leases_and_can_be_tried_again() {
        let lender = Arc::new(Lender::default());
        let borrowed = Borrowed::new(lender.lend().unwrap());
        let error = lender.close(soon()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("1 sent"), "{error}");
        let second = Borrowed::new(lender.lend().unwrap()); // closing failed, so sharing goes on
        let closing = Arc::clone(&lender);
        let closing = std::thread::spawn(move || closing.close(Deadline::after(Duration::from_secs(10))));
        drop((borrowed, second));
        assert!(!closing.join().unwrap().unwrap().is_out());
        assert_eq!(lender.lend().unwrap_err().kind(), ErrorKind::Stale);
    }

    #[test]
    fn a_holder_that_opens_again_and_again_counts_as_dead() {
        let lender = Lender::default();
        let far = lender.lend().unwrap();
        for _ in 0..100 {
            rustix::io::write(&far, &[OPENED, 1, 0, 0, 0]).unwrap();
        }
        assert_eq!(lender.leases(), Leases { died: 1, ..Leases::default() });
    }

    #[test]
    fn a_holder_that_says_something_else_counts_as_dead() {
        let lender = Lender::default();
        let far = lender.lend().unwrap();
        rustix::io::write(&far, b"x").unwrap();
        assert_eq!(lender.leases(), Leases { died: 1, ..Leases::default() });
    }
}
