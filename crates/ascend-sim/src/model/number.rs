//! Numbers of a device's hardware resources: the lowest free one is taken, and given back when its owner goes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The numbers from 0 up to a limit, of this process.
pub(crate) struct Numbers {
    most: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Numbers below `next` that were given back.
    free: BTreeSet<u32>,
    next: u32,
}

/// A number in use.
pub(crate) struct Number {
    value: u32,
    of: Arc<Numbers>,
}

impl Numbers {
    /// So many numbers.
    pub(crate) fn new(most: u32) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    /// Takes the lowest free number.
    pub(crate) fn take(self: &Arc<Self>) -> Option<Number> {
        let mut state = self.lock();
        let value = match state.free.pop_first() {
            Some(value) => value,
            None if state.next < self.most => {
                state.next += 1;
                state.next - 1
            }
            None => return None,
        };
        drop(state);
        Some(Number { value, of: Arc::clone(self) })
    }

    /// How many are free.
    pub(crate) fn left(&self) -> u32 {
        let state = self.lock();
        self.most - state.next + state.free.len() as u32
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Number {
    /// The number itself.
    pub(crate) const fn value(&self) -> u32 {
        self.value
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        self.of.lock().free.insert(self.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_unique_while_it_is_used_and_free_afterwards() {
        let numbers = Numbers::new(2);
        let (first, second) = (numbers.take().unwrap(), numbers.take().unwrap());
        assert_eq!((first.value(), second.value(), numbers.left()), (0, 1, 0));
        assert!(numbers.take().is_none());
        drop(first);
        assert_eq!(numbers.left(), 1);
        assert_eq!(numbers.take().unwrap().value(), 0);
    }
}
