//! Initialisation, which is counted, and finalisation.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::configuration::Configuration;
use super::fault::{Answer, Fault};
use super::recent;
use super::runtime::runtime;
use super::setting;

/// What has been initialised.
#[derive(Default)]
pub(crate) struct Init(Mutex<State>);

#[derive(Default)]
struct State {
    count: u64,
    finalized: bool,
    /// The configuration of the first initialisation; later ones must be the same.
    configuration: Option<Vec<u8>>,
    /// Nothing was initialised successfully before.
    is_first: bool,
    /// What the configuration says of it, while initialised.
    default_device: Option<i32>,
}

impl Init {
    /// Initialises, or counts up; `configuration` is the content of the file that the caller names.
    pub(crate) fn begin(&self, configuration: Vec<u8>) -> Answer {
        let mut state = self.lock();
        if state.configuration.as_ref().is_some_and(|first| *first != configuration) {
            return Err(Fault::front(
                "the configuration differs from that of the first aclInit",
                "Use one configuration.",
            ));
        }
        if state.count == 0 {
            state.apply(Configuration::parse(&configuration)?)?;
            state.is_first = state.configuration.is_none();
            state.configuration = Some(configuration);
            state.count = 1;
            state.finalized = false;
            return Ok(());
        }
        state.count += 1;
        let hint = "Treat this code as success, and pair the call with aclFinalizeReference.";
        Err(Fault::new(100_002, "EH0001", "this process is initialised already", hint).at_front())
    }

    /// An initialisation failed after all.
    pub(crate) fn undo(&self) {
        let mut state = self.lock();
        if state.is_first {
            state.configuration = None;
        }
        state.end();
    }

    /// The device that threads without a context get when they need one.
    pub(crate) fn default_device(&self) -> Option<i32> {
        self.lock().default_device
    }

    /// Ends everything, whatever the count is.
    pub(crate) fn end(&self) -> Answer {
        let mut state = self.lock();
        if state.finalized {
            return Err(finalized());
        }
        state.end();
        state.finalized = true;
        Ok(())
    }

    /// Counts down; ends everything at the last reference. Returns what is left.
    pub(crate) fn release(&self) -> Answer<u64> {
        let mut state = self.lock();
        state.count = state.count.checked_sub(1).ok_or_else(finalized)?;
        if state.count == 0 {
            state.end();
            state.finalized = true;
        }
        Ok(state.count)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a configuration says begins to count.
    fn apply(&mut self, says: Configuration) -> Answer {
        if let Some(id) = says.default_device {
            runtime().device(id)?;
        }
        if says.sets_limits {
            setting::require_device_0()?;
        }
        self.default_device = says.default_device;
        recent::share(says.texts_of_process);
        Ok(())
    }

    fn end(&mut self) {
        self.count = 0;
        self.default_device = None;
        recent::share(false);
    }
}

fn finalized() -> Fault {
    let fault = Fault::new(100_037, "EH0001", "this process is finalised already", "Finalise once for each aclInit.");
    fault.at_front()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(answer: Answer<impl Sized>) -> i32 {
        answer.map_or_else(|fault| fault.code, |_| 0)
    }

    #[test]
    fn a_first_finalize_without_init_succeeds_and_the_next_is_refused() {
        let init = Init::default();
        assert_eq!([code(init.end()), code(init.end())], [0, 100_037]);
    }

    #[test]
    fn a_second_init_says_so_and_counts() {
        let init = Init::default();
        assert_eq!([code(init.begin(vec![])), code(init.begin(vec![]))], [0, 100_002]);
        assert_eq!(init.release().unwrap(), 1);
        assert_eq!(init.release().unwrap(), 0);
        assert_eq!(code(init.release()), 100_037);
    }

    #[test]
    fn init_after_finalize_works_again_but_only_with_the_same_configuration() {
        let init = Init::default();
        assert_eq!([code(init.begin(vec![])), code(init.end()), code(init.begin(vec![1]))], [0, 0, 100_000]);
        assert_eq!(code(init.begin(vec![])), 0);
    }
}
