//! Initialisation, which is counted, and finalisation.

use std::sync::{Mutex, PoisonError};

use super::fault::{Answer, Fault};

/// What has been initialised.
#[derive(Default)]
pub(crate) struct Init(Mutex<State>);

#[derive(Default)]
struct State {
    count: u64,
    finalized: bool,
    /// The configuration of the first initialisation; later ones must be the same.
    configuration: Option<Vec<u8>>,
}

impl Init {
    /// Initialises, or counts up; `configuration` is the content of the file that the caller names.
    pub(crate) fn begin(&self, configuration: Vec<u8>) -> Answer {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.configuration.as_ref().is_some_and(|first| *first != configuration) {
            return Err(Fault::front(
                "the configuration differs from that of the first aclInit",
                "Use one configuration.",
            ));
        }
        state.configuration = Some(configuration);
        state.count += 1;
        state.finalized = false;
        if state.count == 1 {
            return Ok(());
        }
        let hint = "Treat this code as success, and pair the call with aclFinalizeReference.";
        Err(Fault::new(100_002, "EH0001", "this process is initialised already", hint).at_front())
    }

    /// A first initialisation failed after all.
    pub(crate) fn undo(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.count = state.count.saturating_sub(1);
    }

    /// Ends everything, whatever the count is.
    pub(crate) fn end(&self) -> Answer {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.finalized {
            return Err(finalized());
        }
        state.count = 0;
        state.finalized = true;
        Ok(())
    }

    /// Counts down; ends everything at the last reference. Returns what is left.
    pub(crate) fn release(&self) -> Answer<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.count = state.count.checked_sub(1).ok_or_else(finalized)?;
        state.finalized = state.count == 0;
        Ok(state.count)
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
