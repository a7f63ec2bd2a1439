//! Descriptors that travel with a message: those of the leases that its tickets take along.
//!
//! A message is encoded and decoded by serde, which knows nothing of descriptors. So while this crate's channel encodes or
//! decodes, the thread has a place where tickets put their lease, or find it, in the order in which they are met.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::os::fd::OwnedFd;

use crate::error::{Error, Result};

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// What a thread has at hand while it encodes or decodes.
#[derive(Default)]
struct Place {
    descriptors: VecDeque<OwnedFd>,
    /// Why a ticket refused; serde would reduce it to "an error".
    refusal: Option<Error>,
}

/// Encodes or decodes with these descriptors at hand; gives back what is there afterwards.
pub(super) fn with<R, E>(
    descriptors: VecDeque<OwnedFd>,
    work: impl FnOnce() -> Result<R, E>,
    otherwise: impl FnOnce(E) -> Error,
) -> Result<(R, VecDeque<OwnedFd>)> {
    struct Outer(Option<Place>);
    impl Drop for Outer {
        fn drop(&mut self) {
            let outer = self.0.take();
            PLACE.with_borrow_mut(|place| *place = outer); // also when `work` panics
        }
    }
    let _outer = Outer(PLACE.replace(Some(Place { descriptors, refusal: None })));
    let result = work();
    let place = PLACE.take().unwrap_or_default();
    match result {
        Ok(result) => Ok((result, place.descriptors)),
        Err(error) => Err(place.refusal.unwrap_or_else(|| otherwise(error))),
    }
}

/// Whether a channel of ours encodes or decodes on this thread.
pub(crate) fn is_travelling() -> bool {
    PLACE.with_borrow(Option::is_some)
}

/// Takes a descriptor along.
pub(crate) fn board(descriptor: OwnedFd) {
    PLACE.with_borrow_mut(|place| place.get_or_insert_default().descriptors.push_back(descriptor));
}

/// The next descriptor that came along.
pub(crate) fn alight() -> Option<OwnedFd> {
    PLACE.with_borrow_mut(|place| place.as_mut()?.descriptors.pop_front())
}

/// Says why a ticket cannot travel; the text is for other serializers.
pub(crate) fn refuse(error: Error) -> String {
    let text = error.to_string();
    PLACE.with_borrow_mut(|place| {
        if let Some(place) = place {
            place.refusal = Some(error);
        }
    });
    text
}
