//! Waits on the host: look, spin, yield, sleep, until something is true, a peer is gone, or the deadline has passed.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};

use crate::deadline::Deadline;
use crate::error::{Error, ErrorKind, Result};

/// Looks with a pause in between, then with a yield, before the first sleep.
const PAUSES: u32 = 64;
const YIELDED: u32 = PAUSES + 16;
/// Sleeps double from the first to the longest.
const FIRST_SLEEP: Duration = Duration::from_micros(20);
const LONGEST_SLEEP: Duration = Duration::from_millis(1);

/// Waits until `done` says so.
///
/// The vendor's own synchronise is never called on an IPC event: it can miss the completion, and sleeps 100 ms at a time.
pub(crate) fn until(
    mut done: impl FnMut() -> Result<bool>,
    deadline: Deadline,
    peer: Option<BorrowedFd<'_>>,
    what: &'static str,
) -> Result<()> {
    let mut sleep = FIRST_SLEEP;
    for look in 0_u32.. {
        if done()? {
            return Ok(());
        }
        match look {
            ..PAUSES => core::hint::spin_loop(),
            PAUSES..YIELDED => std::thread::yield_now(),
            _ => {
                if deadline.has_passed() {
                    return Err(Error::new(ErrorKind::Timeout, format!("{what} did not happen before the deadline")));
                }
                if nap(sleep.min(deadline.left()), peer)? {
                    // The last deed of the peer may have been what we wait for.
                    return if done()? {
                        Ok(())
                    } else {
                        Err(Error::new(ErrorKind::PeerDied, format!("the peer died before {what}")))
                    };
                }
                sleep = (sleep * 2).min(LONGEST_SLEEP);
            }
        }
    }
    Ok(())
}

/// Sleeps, or less if the peer dies; whether it did.
fn nap(duration: Duration, peer: Option<BorrowedFd<'_>>) -> Result<bool> {
    let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(duration.subsec_nanos()) };
    let mut watched: Vec<PollFd<'_>> =
        peer.into_iter().map(|peer| PollFd::from_borrowed_fd(peer, PollFlags::IN)).collect();
    match rustix::event::poll(&mut watched, Some(&limit)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn what_is_true_already_takes_no_wait_even_past_the_deadline() {
        until(|| Ok(true), Deadline::after(Duration::ZERO), None, "it").unwrap();
    }

    #[test]
    fn the_deadline_ends_a_wait() {
        let error = until(|| Ok(false), Deadline::after(Duration::from_millis(5)), None, "the record").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("the record"), "{error}");
    }

    #[test]
    fn the_peers_death_ends_a_wait_but_not_before_a_last_look() {
        let (peer, own) = rustix::pipe::pipe().unwrap();
        drop(own); // the other end hangs up, as a dead process's descriptor would
        let mut looks = 0;
        let second = YIELDED + 2;
        let outcome = until(
            || {
                looks += 1;
                Ok(looks == second)
            },
            Deadline::after(Duration::from_secs(10)),
            Some(peer.as_fd()),
            "the record",
        );
        outcome.unwrap();
        let error = until(|| Ok(false), Deadline::after(Duration::from_secs(10)), Some(peer.as_fd()), "the record");
        assert_eq!(error.unwrap_err().kind(), ErrorKind::PeerDied);
    }
}
