//! A shared object together with its leases: closed when they are back, kept when it is dropped before.

use std::sync::Arc;

use super::keeper;
use super::lender::{Leases, Lender};
use crate::deadline::Deadline;
use crate::error::Result;

/// What can be lent to other processes.
pub(crate) trait Lent: Send + Sync + 'static {
    /// A holder ended without returning it.
    fn holder_died(&self);
}

/// A shared object of this process. Dropped while leases are out, it goes to the keeper instead of being destroyed.
pub(crate) struct Loan<T: Lent> {
    /// `None` once it is closed.
    object: Option<Arc<T>>,
    lender: Arc<Lender>,
}

impl<T: Lent> Loan<T> {
    pub(crate) fn new(object: T) -> Self {
        Self { object: Some(Arc::new(object)), lender: Arc::default() }
    }

    /// The object, unless it is closed.
    pub(crate) fn object(&self) -> Option<&T> {
        self.object.as_deref()
    }

    /// For tickets.
    pub(crate) fn lender(&self) -> &Arc<Lender> {
        &self.lender
    }

    /// Who holds it; tells the object if somebody died.
    pub(crate) fn leases(&self) -> Leases {
        if crate::ffi::fork::is_child() {
            return Leases::default(); // what holders say is for the parent
        }
        let leases = self.lender.leases();
        self.note(&leases);
        leases
    }

    /// Waits until nobody holds it. On success the object may go.
    pub(crate) fn close(&mut self, deadline: Deadline) -> Result<()> {
        crate::ffi::fork::refuse()?;
        let leases = self.lender.close(deadline)?;
        self.note(&leases);
        self.object = None;
        Ok(())
    }

    fn note(&self, leases: &Leases) {
        if leases.died > 0
            && let Some(object) = &self.object
        {
            object.holder_died();
        }
    }
}

impl<T: Lent> Drop for Loan<T> {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        if crate::ffi::fork::is_child() {
            return; // the leases are the parent's, which alone listens to their holders
        }
        self.lender.shut();
        let leases = self.lender.leases();
        if leases.died > 0 {
            object.holder_died();
        }
        if leases.is_out() {
            keeper::keep(object, Arc::clone(&self.lender));
        }
    }
}
